"""From the knobs a person turns to the settings the engine takes."""

from __future__ import annotations

from rnntui.engine.parts import Sampling, Settings
from rnntui.knobs import Knobs


def to_settings(knobs: Knobs, *, figures: bool, alternatives: int, sentiment: str = "") -> Settings:
    """Return the engine's settings for some knobs.

    Args:
        knobs: as resolved.
        figures: whether each character's surprise is wanted.
        alternatives: how many candidates for the next character are shown.
        sentiment: what judges the text as it is written; "" for nothing.
    """
    return Settings(
        sampling=Sampling(
            temperature=float(knobs.value("temperature") or 0.0),
            top_n=int(knobs.value("top_n") or 0),
            top_p=float(knobs.value("top_p") or 1.0),
            min_p=float(knobs.value("min_p") or 0.0),
            repetition_penalty=float(knobs.value("repetition_penalty") or 1.0),
        ),
        length=_length(knobs),
        pace=float(knobs.value("pace") or 0.0),
        figures=figures,
        alternatives=alternatives,
        sentiment=sentiment,
    )


def _length(knobs: Knobs) -> int | None:
    value = knobs.value("length")
    return None if value is None else int(value)
