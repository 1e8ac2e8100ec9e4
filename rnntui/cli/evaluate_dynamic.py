"""`rnntui eval --dynamic`: on what the rate is found, and what is left to score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rnntui.cli.output import say
from rnntui.errors import BadOption

if TYPE_CHECKING:
    from rnntui.data.corpus import Corpus
    from rnntui.data.vocabulary import Ids
    from rnntui.inference.models import TextModel
    from rnntui.inference.scoring import Progress, Score

_TRIED = 10_000
"""Symbols on which the rates are compared; each costs a reading."""
_LEAST = 1_000
"""Symbols below which a rate found on a tenth of them would mean nothing."""


@dataclass(frozen=True)
class Text:
    """What is to be scored."""

    corpus: Corpus
    ids: Ids
    """Of the part."""
    part: str
    own: bool
    """Whether it is the text the model learned."""


@dataclass(frozen=True)
class Adapted:
    """A score with weights that adapt, and how they did."""

    score: Score
    how: dict[str, Any]


def check_dynamic(model: TextModel, window: int | None) -> None:
    """Refuse what cannot adapt, before anything is read.

    Raises:
        BadOption: a window is asked for, or the network reads windows.
    """
    if window is not None:
        raise BadOption(
            "--dynamic carries the state, and --window resets it", "leave one of them out"
        )
    if model.config.network.reads == "window":
        raise BadOption(
            f"--dynamic reads a stream, and {model.name} reads windows", "leave --dynamic out"
        )


def evaluate_dynamically(named: str, model: TextModel, text: Text, progress: Progress) -> Adapted:
    """Find the rate on text that is not scored, and score the rest with it.

    On the test part of the model's own corpus the rate is found on the validation part, or, where
    there is none, on the end of the training part. Of any other text the first tenth is given up.

    Args:
        named: the model, as the command line has it.
        model: the same, loaded.
        text: what to score.
        progress: told how far it is.

    Raises:
        BadOption: the text is too short for that.
    """
    if len(text.ids) < _LEAST and not (text.own and text.part == "test"):
        raise BadOption(
            f"{len(text.ids)} symbols are too few to find a rate on the first tenth of them",
            f"bring {_LEAST} or more, or leave --dynamic out",
        )
    from rnntui.checkpoints.folder import read_checkpoint
    from rnntui.checkpoints.library import find_model
    from rnntui.extras import require_torch

    require_torch("dynamic evaluation")

    from rnntui.inference.scoring import starts_of
    from rnntui.training.dynamic import Adaptive

    measured, tried, scored, where = _pieces(model, text)
    say(f"finding the rate on {where} ...")
    weights = read_checkpoint(find_model(named).resolve()).weights
    adaptive = Adaptive(model.config, weights, measured)
    rule = adaptive.find_rate(tried, progress)
    if not rule.rate:
        say("note: no rate helped there; the weights stay as they are")
    score = adaptive.score(scored, rule, starts=starts_of(model.vocabulary), progress=progress)
    how = {"rate": rule.rate, "pull": rule.pull, "segment": rule.segment, "found_on": where}
    return Adapted(score, how)


def _pieces(model: TextModel, text: Text) -> tuple[Ids, Ids, Ids, str]:
    """Return what the gradients are measured on, the rates tried on, and what is scored."""
    from rnntui.data.splits import bounds

    if text.own and text.part == "test":
        split, every = model.config.data.split, text.corpus.ids
        train = every[slice(*bounds(len(every), split, "train"))]
        val = every[slice(*bounds(len(every), split, "val"))]
        if len(val) >= 2:
            return train, val[:_TRIED], text.ids, "the validation part"
        return train, train[-_TRIED:], text.ids, "the end of the training part"
    tenth = len(text.ids) // 10
    first = text.ids[:tenth]
    return first, first[:_TRIED], text.ids[tenth:], "the first tenth, which is not scored"
