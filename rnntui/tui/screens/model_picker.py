"""Choosing a model: what is here, with size and figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from rnntui.display import human_bytes, human_count, visible
from rnntui.engine.parts import Listed


class ModelPicker(ModalScreen[str | None]):
    """Returns the folder of the model chosen, or None.

    Args:
        models: to choose from.
        current: the folder of the one in use.
        what: what they do, for the title.
        none: what to say where there is none.
    """

    AUTO_FOCUS = "OptionList"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="picker.cancel")
    ]

    def __init__(
        self,
        models: Sequence[Listed],
        current: str = "",
        *,
        what: str = "write",
        none: str = "train one with rnntui train text FILE",
    ) -> None:
        super().__init__()
        self.models = models
        self.current = current
        self.what, self.none = what, none

    def compose(self) -> ComposeResult:
        """A title and the list."""
        with Vertical(id="picker"):
            yield Static(f"Models that {self.what}  (Enter chooses, Esc cancels)", markup=False)
            if not self.models:
                yield Static(f"None is here: {self.none}", markup=False)
            width = max((len(model.name) for model in self.models), default=0)
            listed = OptionList(*(Option(_line(model, min(width, 24))) for model in self.models))
            folders = [model.folder for model in self.models]
            if self.current in folders:
                listed.highlighted = folders.index(self.current)
            yield listed

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self.models[event.option_index].folder)


def _line(model: Listed, width: int) -> Content:
    """Name, size, figure; as plain text, whatever a folder is called."""
    problem = f"damaged: {model.problem}" if model.problem else ""
    size = f"{human_count(model.parameters):>7}  {human_bytes(model.bytes):>7}"
    told = f"{model.name:<{width}}  {model.source:<7} {size}  {model.figure}{problem}"
    return Content(visible(told))
