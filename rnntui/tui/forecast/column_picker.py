"""Choosing a column: all of a file's at once, each with its course."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import set_cell_size

from rnntui.display import one_line
from rnntui.engine.protocol.forecast import ColumnOfNumbers
from rnntui.tui.forecast.sheet import sparkline
from rnntui.tui.screens.picker import Choice, Picker

_NAME, _COURSE = 20, 24


class ColumnPicker(Picker):
    """Returns the name of a column, or None.

    Args:
        file: what they are of.
        columns: to choose from.
        current: the one in use.
    """

    def __init__(self, file: str, columns: Sequence[ColumnOfNumbers], current: str = "") -> None:
        choices = [Choice(column.name, column.name, _line(column)) for column in columns]
        super().__init__(f"{len(columns)} columns of {one_line(file, 40)}", choices, current)


def _line(column: ColumnOfNumbers) -> str:
    name = set_cell_size(one_line(column.name, _NAME), _NAME)
    gaps = f", {column.missing:,} missing" if column.missing else ""
    course = sparkline(column.line, _COURSE)
    return f"{name} {course} {column.low:.4g} to {column.high:.4g} · {column.count:,}{gaps}"
