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
        current: the folder of the one that writes now.
    """

    AUTO_FOCUS = "OptionList"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="picker.cancel")
    ]

    def __init__(self, models: Sequence[Listed], current: str = "") -> None:
        super().__init__()
        self.models = models
        self.current = current

    def compose(self) -> ComposeResult:
        """A title and the list."""
        with Vertical(id="picker"):
            yield Static("Models that write  (Enter chooses, Esc cancels)", markup=False)
            if not self.models:
                yield Static("None is here: train one with rnntui train text FILE", markup=False)
            listed = OptionList(*(Option(_line(model)) for model in self.models))
            folders = [model.folder for model in self.models]
            if self.current in folders:
                listed.highlighted = folders.index(self.current)
            yield listed

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self.models[event.option_index].folder)


def _line(model: Listed) -> Content:
    """Name, size, figure; as plain text, whatever a folder is called."""
    figure = model.metrics.get("nats_per_char") or model.metrics.get("val_loss")
    shown = f"{figure:.3f} nats/char" if isinstance(figure, float) else ""
    problem = f"damaged: {model.problem}" if model.problem else ""
    size = f"{human_count(model.parameters):>7}  {human_bytes(model.bytes):>7}"
    return Content(visible(f"{model.name:<24} {model.source:<8} {size}  {shown}{problem}"))
