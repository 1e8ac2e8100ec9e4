"""A plot with its legend in one line above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from rnntui.tui.train.canvas import FRAME, SWATCHES, Row, Series, draw

COLOURS = 6
"""Curves of different colours; more of them begin anew, and their marks tell them apart."""


@dataclass(frozen=True)
class Curve:
    """A curve and what the legend says of it."""

    series: Series
    label: str
    value: str = ""
    """Where it stands now."""


@dataclass(frozen=True)
class Plot:
    """All that is drawn, replaced as a whole."""

    title: str = ""
    curves: tuple[Curve, ...] = ()
    unit: str = ""
    """Of the x axis."""
    log: bool = False
    early: bool = False
    """Whether the first points may lie above what is shown."""
    range_y: tuple[float, float] | None = None
    time: bool = False
    """Whether the x axis is in seconds."""
    empty: str = ""
    """What is said while there is nothing to draw."""


class Curves(Widget):
    """Draws a `Plot`; it is worked out anew when that or the size changes, and not otherwise."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "curves--frame", "curves--title", *(f"curves--{number}" for number in range(COLOURS)),
    }  # fmt: skip

    DEFAULT_CSS = """
    Curves {
        .curves--frame { color: $foreground 55%; }
        .curves--title { text-style: bold; }
        .curves--0 { color: $text-primary; }
        .curves--1 { color: $text-warning; }
        .curves--2 { color: $text-success; }
        .curves--3 { color: $text-error; }
        .curves--4 { color: $text-secondary; }
        .curves--5 { color: $text-accent; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.plot = Plot()
        self._drawn: tuple[Plot, int, int, list[Row]] | None = None

    def show(self, plot: Plot) -> None:
        """Draw something else."""
        self.plot = plot
        self.refresh()

    @property
    def text(self) -> str:
        """What is drawn, without styles."""
        rows = [legend(self.plot, self.size.width), *self._rows()]
        return "\n".join("".join(text for text, _ in row) for row in rows)

    def _rows(self) -> list[Row]:
        width, height = self.size.width, self.size.height - 1
        if not self._drawn or self._drawn[:3] != (self.plot, width, height):
            rows = _draw(self.plot, width, height)
            self._drawn = (self.plot, width, height, rows)
        return self._drawn[3]

    def render_line(self, y: int) -> Strip:
        """Draw a row."""
        width = self.size.width
        if y == 0:
            row = legend(self.plot, width)
        else:
            rows = self._rows()
            row = rows[y - 1] if y <= len(rows) else []
        segments = []
        for text, style in row:
            name = "title" if style == _TITLE else "frame" if style == FRAME else style % COLOURS
            segments.append(Segment(text, self.get_component_rich_style(f"curves--{name}")))
        plain = self.rich_style
        return Strip(segments).adjust_cell_length(width, plain).apply_style(plain)


_TITLE = -2


def legend(plot: Plot, width: int) -> Row:
    """Return the line above a plot; without room values go first, then labels are shortened."""
    for longest, valued in ((40, True), (16, True), (16, False), (8, False), (4, False)):
        row: Row = [(f" {plot.title}", _TITLE)]
        for curve in plot.curves:
            if curve.label:
                label = f"  {_swatch(curve.series)} {_short(curve.label, longest)}"
                row.append((label, curve.series.style))
            row.append((f" {curve.value}" if curve.value and valued else "", FRAME))
        if sum(len(text) for text, _ in row) <= width:
            break
    return row


def _swatch(series: Series) -> str:
    line = SWATCHES[series.line]
    return f"{line[0]}{series.mark}{line[0]}" if series.mark else line


def _draw(plot: Plot, width: int, height: int) -> list[Row]:
    series: Sequence[Series] = [curve.series for curve in plot.curves]
    if not any(each.points for each in series):
        rows: list[Row] = [[] for _ in range(height)]
        if height > 0:
            rows[height // 2] = [(plot.empty.center(width), FRAME)]
        return rows
    return draw(
        series,
        width,
        height,
        unit=plot.unit,
        log=plot.log,
        early=plot.early,
        range_y=plot.range_y,
        time=plot.time,
    )


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
