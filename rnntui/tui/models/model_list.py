"""The list of models: those here, then the Hub's; a line each, marked ones with a sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from rnntui.tui.models.shelf import Row, line
from rnntui.tui.widgets.line_list import LineList

_HEADING = "heading"


class ModelList(LineList):
    """Refreshed while it is used: the highlight stays on its model, lines change in place."""

    class Chosen(Message):
        """Another model has the highlight, or none."""

        def __init__(self, row: Row | None) -> None:
            super().__init__()
            self.row = row

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "open, fetch", key_display="⏎", id="models.open"),
        Binding("j", "cursor_down", show=False, id="models.down"),
        Binding("k", "cursor_up", show=False, id="models.up"),
    ]

    DEFAULT_CSS = """
    ModelList > .option-list--option-disabled { color: $text-muted; text-style: bold; }
    """

    def __init__(self) -> None:
        super().__init__(id="models", markup=False)
        self.here: list[Row] = []
        self.hub: list[Row] = []
        self.heading = ""
        self.marked: list[str] = []
        self._told: str | None = None

    def show(
        self, here: Sequence[Row], heading: str, hub: Sequence[Row], marked: Sequence[str]
    ) -> None:
        """List models.

        Args:
            here: those that are.
            heading: what stands between them and the Hub's.
            hub: those the Hub offers, or that are on their way.
            marked: keys.
        """
        self.here, self.heading, self.hub = list(here), heading, list(hub)
        self.marked = list(marked)
        self._update()

    @property
    def rows(self) -> dict[str, Row]:
        """The models listed, by their keys."""
        return {row.key: row for row in (*self.here, *self.hub)}

    @property
    def chosen(self) -> Row | None:
        """The model with the highlight."""
        option = self.highlighted_option
        return self.rows.get(option.id or "") if option else None

    def choose(self, key: str) -> None:
        """Put the highlight on a model."""
        keys = [option.id for option in self.options]
        if key in keys:
            self.highlighted = keys.index(key)

    def on_resize(self, _: events.Resize) -> None:
        """Lines are as long as there is room."""
        self._update()

    def on_click(self, event: events.Click) -> None:
        """Put the highlight where the mouse is; a click on the highlight opens, as Enter does."""
        option = event.style.meta.get("option")
        if option is not None and option != self.highlighted:
            event.prevent_default()
            if not self.options[option].disabled:
                self.highlighted = option

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Tell which model it is."""
        event.stop()
        self._tell()

    def _tell(self) -> None:
        chosen = self.chosen
        key = chosen.key if chosen else ""
        if key != self._told:
            self._told = key
            self.post_message(self.Chosen(chosen))

    def _update(self) -> None:
        width = (self.scrollable_content_region.width or self.size.width) - 1
        if width < 8:
            return
        lines = [(row.key, line(row, width, marked=row.key in self.marked)) for row in self.here]
        lines.append((_HEADING, f"  {self.heading}"))
        lines += [(row.key, line(row, width, marked=row.key in self.marked)) for row in self.hub]
        if [option.id for option in self.options] == [key for key, _ in lines]:
            for index, (option, (_, text)) in enumerate(zip(self.options, lines, strict=True)):
                if option.prompt != Content(text):
                    self.replace_option_prompt_at_index(index, Content(text))
            return
        before = self.highlighted_option
        self.set_options(
            Option(Content(text), id=key, disabled=key == _HEADING) for key, text in lines
        )
        keys = [key for key, _ in lines if key != _HEADING]
        kept = before.id if before and before.id in keys else (keys[0] if keys else None)
        if kept:
            self.choose(kept)
        self._tell()
