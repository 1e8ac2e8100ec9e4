"""Choosing a model: what is here, with size and figure."""

from __future__ import annotations

from collections.abc import Sequence

from rnntui.display import human_bytes, human_count, visible
from rnntui.engine.parts import Listed
from rnntui.tui.screens.picker import Choice, Picker

_NAME = 24


class ModelPicker(Picker):
    """Returns the folder of the model chosen, or None.

    Args:
        models: to choose from.
        current: the folder of the one in use.
        what: what they do, for the title.
        none: what to say where there is none.
    """

    def __init__(
        self,
        models: Sequence[Listed],
        current: str = "",
        *,
        what: str = "write",
        none: str = "train one with rnntui train text FILE",
    ) -> None:
        width = min(max((len(model.name) for model in models), default=0), _NAME)
        choices = [Choice(model.folder, model.name, _line(model, width)) for model in models]
        super().__init__(f"Models that {what}", choices, current, f"None is here: {none}")


def _line(model: Listed, width: int) -> str:
    """Name, size, figure."""
    problem = f"damaged: {model.problem}" if model.problem else ""
    size = f"{human_count(model.parameters):>7}  {human_bytes(model.bytes):>7}"
    told = f"{model.name:<{width}}  {model.source:<7} {size}  {model.figure}{problem}"
    return visible(told)
