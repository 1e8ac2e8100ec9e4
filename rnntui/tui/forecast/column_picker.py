"""Choosing a column: all of a file's at once, each with its course."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import set_cell_size
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from rnntui.display import one_line
from rnntui.engine.protocol.forecast import ColumnOfNumbers
from rnntui.tui.forecast.sheet import sparkline

_FILTERED = 12
"""Columns from which on a line to type in stands above them."""
_NAME, _COURSE = 20, 24


class ColumnPicker(ModalScreen[str | None]):
    """Returns the name of a column, or None.

    Args:
        file: what they are of.
        columns: to choose from.
        current: the one in use.
    """

    DEFAULT_CSS = """
    ColumnPicker {
        align: center middle;
        OptionList { text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="columns.cancel"),
    ]

    def __init__(self, file: str, columns: Sequence[ColumnOfNumbers], current: str = "") -> None:
        super().__init__()
        self.file, self.columns, self.current = file, columns, current
        self.typed = Input(placeholder="a part of the name", id="columns-filter")
        self.listed = OptionList(id="columns")
        self.shown: list[ColumnOfNumbers] = []
        """The columns that fit what is typed."""

    def compose(self) -> ComposeResult:
        """A title and the list; above a long one a line to type in."""
        with Vertical(id="picker"):
            about = f"{len(self.columns)} columns of {one_line(self.file, 40)}"
            yield Static(f"{about}  (Enter chooses, Esc cancels)", markup=False)
            if len(self.columns) >= _FILTERED:
                yield self.typed
            yield self.listed

    def on_mount(self) -> None:
        """Show all."""
        self._look("")
        self.listed.focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._look(event.value.strip().lower())

    def _look(self, word: str) -> None:
        self.shown = [column for column in self.columns if word in column.name.lower()]
        self.listed.set_options(Option(Content(_line(column))) for column in self.shown)
        names = [column.name for column in self.shown]
        if names:
            self.listed.highlighted = names.index(self.current) if self.current in names else 0

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if self.shown:
            self.dismiss(self.shown[self.listed.highlighted or 0].name)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self.shown[event.option_index].name)


def _line(column: ColumnOfNumbers) -> str:
    name = set_cell_size(one_line(column.name, _NAME), _NAME)
    gaps = f", {column.missing:,} missing" if column.missing else ""
    course = sparkline(column.line, _COURSE)
    return f"{name} {course} {column.low:.4g} to {column.high:.4g} · {column.count:,}{gaps}"
