"""Models beside each other: what they are, and how well they do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from rnntui.display import one_line
from rnntui.engine.protocol.sharing import Description
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.mode_bar import ModeBar
from rnntui.tui.widgets.one_line import OneLine

_NARROWEST = 18
"""Cells of a column at least."""
_LONGEST = 300
"""Characters of a value that are shown."""

Told = Sequence[tuple[str, Description]]


class CompareModels(Screen[None]):
    """A table with a column for each.

    Args:
        told: their names, and what is known of them.
    """

    BINDING_GROUP_TITLE = "Models compared"
    HELP = """
# Models compared

What is the same stands there once with `=`, what differs is bold with `≠`. Losses can be compared
where the models do the same and were measured on the same text; the line below tells.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,c", "back", "back", id="models_compared.back"),
    ]

    DEFAULT_CSS = """
    CompareModels {
        VerticalScroll { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
        #table { width: auto; }
    }
    """

    def __init__(self, told: Told) -> None:
        super().__init__()
        self.told = told
        self.table = Static("", id="table", markup=False)

    def compose(self) -> ComposeResult:
        """The table over a line."""
        yield ModeBar("models")
        with VerticalScroll():
            yield self.table
        yield OneLine(comparable(self.told), id="status")
        yield KeyLine()

    def on_resize(self) -> None:
        """Columns share the width."""
        self.table.update(table(self.told, self.size.width - 3))

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss(None)


def comparable(told: Told) -> str:
    """Return, in a line, whether figures of these models can be compared."""
    facts = [dict(description.facts) for _, description in told]
    if len({description.task for _, description in told}) > 1:
        return "they do different things: only sizes can be compared"
    for name, why in (
        ("trained on", "they learned different data: figures tell of the data too"),
        ("split", "their data was split differently: figures are of different parts"),
        ("vocabulary", "their vocabularies differ: compare nats per character, not per symbol"),
    ):
        if len({each.get(name) for each in facts}) > 1:
            return why
    return "same task, same data, same split: lower losses are better"


def table(told: Told, width: int) -> Text:
    """Return the facts of some models, a column each, long values wrapped, within a width."""
    facts = [dict(description.facts) for _, description in told]
    names = list(dict.fromkeys(name for each in facts for name in each if name != "folder"))
    wide = min(max(map(cell_len, [*names, ""])), 24)
    each = max(_NARROWEST, (width - wide - 3) // max(1, len(told)) - 2)
    lines = list(_row("", "  ", [name for name, _ in told], wide, each, "bold"))
    for name in names:
        values = [one.get(name, "–") for one in facts]
        sign, style = ("= ", "") if len(set(values)) == 1 else ("≠ ", "bold")
        lines += _row(name, sign, values, wide, each, style)
    return Text("\n").join(lines)


def _row(
    name: str, sign: str, values: Sequence[str], wide: int, each: int, style: str
) -> Iterator[Text]:
    """Yield the lines of a row: as many as its longest value needs."""
    wrapped = [textwrap.wrap(one_line(value, _LONGEST), each) or [""] for value in values]
    for number, pieces in enumerate(zip_longest(*wrapped, fillvalue="")):
        first = set_cell_size("" if number else one_line(name, wide), wide)
        shown = "  ".join(set_cell_size(piece, each) for piece in pieces).rstrip()
        yield Text.assemble((f"{first} ", "dim"), "  " if number else sign, (shown, style))
