"""Curves in braille dots: axes, ticks, and lines that can be told apart without colour.

plotext draws 100 x 20 cells in 40 ms and is imported in 110; this takes one or two, and no import.
Knows nothing of Textual: rows of text, each piece with the number of its style.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

FRAME = -1
"""The style of axes and ticks; curves have 0, 1, ..."""

Point = tuple[float, float]
Piece = tuple[str, int]
Row = list[Piece]
Line = Literal["solid", "dashed", "dotted"]

_DASHES: dict[Line, tuple[int, int]] = {"solid": (1, 1), "dashed": (4, 6), "dotted": (1, 3)}
"""Dot columns that are drawn, of so many."""
SWATCHES: dict[Line, str] = {"solid": "──", "dashed": "╌╌", "dotted": "··"}
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bits of a braille cell by row and column."""
_BLANK = 0x2800
_MARKS_APART = 14
"""Cells between two marks of one curve."""
_EARLY = 0.04
"""Share of the x axis whose points do not stretch the y axis: a loss falls from 4 to 2 in the first
hundred steps, and what matters afterwards would be a line at the bottom."""
_NICE = (1.0, 2.0, 5.0, 10.0)
_NICE_TIMES = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
"""Seconds between two ticks of a clock."""


@dataclass(frozen=True)
class Series:
    """One curve."""

    points: Sequence[Point]
    """By rising x."""
    line: Line = "solid"
    mark: str = ""
    """One character that stands on the curve here and there, and at its end."""
    style: int = 0


@dataclass(frozen=True)
class Axis:
    """A range of values and where its ticks are."""

    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool = False
    time: bool = False
    """Whether values are seconds."""

    def share(self, value: float) -> float:
        """Return where a value lies, 0 at the low end and 1 at the high one."""
        if self.log:
            return _share(math.log10(value), math.log10(self.low), math.log10(self.high))
        return _share(value, self.low, self.high)

    def label(self, value: float) -> str:
        """Return a tick's label."""
        if self.time:
            return _clock(value)
        if self.log:
            exponent = round(math.log10(value), 9)
            if exponent.is_integer() and abs(exponent) > 2:
                return f"1e{exponent:.0f}"
            return f"{value:.0e}".replace("e-0", "e-") if value < 0.001 else f"{value:g}"
        step = self.ticks[1] - self.ticks[0] if len(self.ticks) > 1 else abs(value) or 1.0
        if not value:
            return "0"
        if step < 1e-3 or step >= 1e6:
            return f"{value:.3g}".replace("e-0", "e-").replace("e+0", "e")
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        return f"{value:.{decimals}f}"


def draw(
    series: Iterable[Series],
    width: int,
    height: int,
    *,
    unit: str = "",
    log: bool = False,
    early: bool = False,
    range_y: tuple[float, float] | None = None,
    time: bool = False,
) -> list[Row]:
    """Return the rows of a plot: `height` of them, each `width` cells wide.

    Args:
        series: curves, the last on top.
        width: in cells, with the labels of the y axis.
        height: in rows, the last of which is the x axis.
        unit: of the x axis.
        log: whether the y axis is logarithmic; values of 0 and less are left out.
        early: whether the first points may lie above what is shown.
        range_y: the least range of the y axis.
        time: whether the x axis is in seconds.
    """
    shown = [(each, _finite(each.points, positive=log)) for each in series]
    if width < 12 or height < 3 or not any(points for _, points in shown):
        return [[(" " * width, FRAME)] for _ in range(height)]
    xs = [x for _, points in shown for x, _ in (points[0], points[-1]) if points]
    x_axis = linear((min(0.0, *xs), max(xs)), max(2, width // 10), time=time)
    rows = height - 1
    y_axis = (logarithmic if log else linear)(
        _extent(shown, x_axis.high if early else 0.0, range_y), max(2, min(rows // 3, 8))
    )
    labels = {tick: y_axis.label(tick) for tick in y_axis.ticks}
    margin = max(map(len, labels.values())) + 1
    grid = Grid(width - margin - 1, rows)
    for each, points in shown:
        dots = [(x_axis.share(x), y_axis.share(y)) for x, y in points]
        grid.line(dots, each.line, each.style)
    for each, points in shown:
        if each.mark and points:
            grid.marks([(x_axis.share(x), y_axis.share(y)) for x, y in points], each)
    ticks = {grid.row(y_axis.share(tick)): label for tick, label in labels.items()}
    lines: list[Row] = []
    for number in range(rows):
        label = ticks.get(number, "")
        edge = f"{label:>{margin - 1}} {'┤' if label else '│'}"
        lines.append([(edge, FRAME), *grid.pieces(number)])
    return [*lines, [(_bottom(x_axis, margin, width, unit), FRAME)]]


def linear(extent: tuple[float, float], count: int, *, time: bool = False) -> Axis:
    """Return an axis with about `count` ticks at round values, or round times."""
    low, high = extent
    if high - low <= abs(high) * 1e-9:
        low, high = (low - abs(low) * 0.5, high + abs(high) * 0.5) if high else (0.0, 1.0)
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in _NICE if nice * power >= rough * 0.999)
    if time:
        step = next((float(nice) for nice in _NICE_TIMES if nice >= rough), step)
    while not (ticks := _multiples(step, low, high)):  # none may lie in a range just short of one
        step /= 2
    return Axis(low, high, ticks, time=time)


def _multiples(step: float, low: float, high: float) -> tuple[float, ...]:
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return tuple(n * step for n in range(first, last + 1))


def logarithmic(extent: tuple[float, float], count: int) -> Axis:
    """Return a logarithmic axis over whole decades, or over 1, 2 and 5 where they are few."""
    low, high = extent
    if high < low * 1.01:
        low, high = low / 2, high * 2
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = [n for n in range(first, last + 1) if low <= 10.0**n <= high]
    if len(decades) >= 2:
        each = math.ceil(len(decades) / count)
        ticks = [10.0**n for n in decades if (last - n) % each == 0 or len(decades) <= each]
    else:
        between = (n * 10.0**p for p in range(first, last) for n in (1, 2, 5))
        ticks = [tick for tick in between if low <= tick <= high]
    return Axis(low, high, tuple(ticks or [low]), log=True)


class Grid:
    """Dots: two across and four down in each cell."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.bits = [bytearray(columns) for _ in range(rows)]
        self.styles = [[FRAME] * columns for _ in range(rows)]
        self.signs: dict[tuple[int, int], tuple[str, int]] = {}

    def row(self, share: float) -> int:
        """Return the row of cells of a height."""
        return self._dot(share) // 4

    def _dot(self, share: float) -> int:
        """Return the dot of a height; what lies outside is just outside."""
        return round((1 - min(max(share, -0.5), 1.5)) * (4 * self.rows - 1))

    def line(self, dots: Sequence[Point], line: Line, style: int) -> None:
        """Draw a curve through points given as shares of both axes."""
        on, period = _DASHES[line]
        before: tuple[int, int] | None = None
        for column, y in self._by_column(dots):
            across, down = before or (column, y)
            for x in range(across, column + 1):
                to = down + round((y - down) * (x - across) / max(1, column - across))
                if x % period < on:
                    self._stroke(x, before[1] if before else to, to, style)
                before = (x, to)
            before = (column, y)

    def _by_column(self, dots: Sequence[Point]) -> list[tuple[int, int]]:
        """Return the mean height of the points in each column of dots."""
        sums: dict[int, tuple[float, int]] = {}
        for x, y in dots:
            column = round(x * (2 * self.columns - 1))
            total, count = sums.get(column, (0.0, 0))
            sums[column] = (total + y, count + 1)
        return [(x, self._dot(total / count)) for x, (total, count) in sorted(sums.items())]

    def _stroke(self, x: int, begin: int, end: int, style: int) -> None:
        """Set the dots of a column between two heights, the first of them left out."""
        step = 1 if end >= begin else -1
        for y in range(begin + step if begin != end else end, end + step, step):
            if 0 <= y < 4 * self.rows:
                self.bits[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
                self.styles[y // 4][x // 2] = style

    def marks(self, dots: Sequence[Point], series: Series) -> None:
        """Put a curve's mark at its end and, going back, at every so many cells."""
        column = self.columns + _MARKS_APART
        for x, y in reversed(dots):
            cell = round(x * (2 * self.columns - 1)) // 2
            place = (self.row(y), cell)
            if cell <= column - _MARKS_APART and place not in self.signs and 0 <= y <= 1:
                self.signs[place] = (series.mark, series.style)
                column = cell

    def pieces(self, row: int) -> Row:
        """Return a row as text, in pieces of one style."""
        made: Row = []
        for column, (bits, style) in enumerate(zip(self.bits[row], self.styles[row], strict=True)):
            sign = self.signs.get((row, column))
            text, kind = sign or (chr(_BLANK + bits) if bits else " ", style)
            if made and made[-1][1] == kind:
                made[-1] = (made[-1][0] + text, kind)
            else:
                made.append((text, kind))
        return made


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s" if rest else "0"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low)


def _finite(points: Sequence[Point], *, positive: bool) -> list[Point]:
    return [
        (x, y)
        for x, y in points
        if math.isfinite(x) and math.isfinite(y) and (y > 0 or not positive)
    ]


def _extent(
    shown: Sequence[tuple[Series, list[Point]]], late: float, least: tuple[float, float] | None
) -> tuple[float, float]:
    """Return the lowest and highest y; of points beyond the early ones, where there are some."""
    every = [y for _, points in shown for _, y in points]
    settled = [y for _, points in shown for x, y in points if x >= late * _EARLY]
    low, high = min(every), max(settled or every)
    return (min(low, least[0]), max(high, least[1])) if least else (low, high)


def _bottom(axis: Axis, margin: int, width: int, unit: str) -> str:
    """Return the x axis: its labels stand in the line, the unit at its end."""
    room = width - margin - 1
    cells = ["─"] * room
    end = room - len(unit) - 1 if unit else room
    for tick in axis.ticks:
        text = axis.label(tick)
        begin = max(0, round(axis.share(tick) * (room - 1)) - len(text) // 2)
        if begin + len(text) < end and all(c == "─" for c in cells[max(0, begin - 1) : begin]):
            cells[begin : begin + len(text)] = text
    if unit:
        cells[end:] = f" {unit}"
    return f"{' ' * margin}└{''.join(cells)}"
