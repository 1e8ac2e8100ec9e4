"""A series and its fan in braille and shades, so that bands are told apart without colour.

Knows nothing of Textual, series or models: curves and bands over places from 0, rows of text out,
each piece with the number of its style.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rnntui.tui.train.canvas import FRAME, Axis, Grid, Line, Row, linear

HISTORY, MEDIAN, NAIVE, OUTER, MIDDLE, INNER, CURSOR = range(7)
"""Styles."""
ON = 10
"""A line on a band has the line's style, and so many times the band's."""
SHADES = {OUTER: "░", MIDDLE: "▒", INNER: "▓"}
"""What a band is filled with."""

Values = Sequence[float | None]


@dataclass(frozen=True)
class Curve:
    """A value for each place; None draws nothing there."""

    values: Values
    style: int = HISTORY
    line: Line = "solid"


@dataclass(frozen=True)
class Band:
    """What lies between two curves."""

    low: Values
    high: Values
    style: int


@dataclass(frozen=True)
class Picture:
    """All that is drawn, replaced as a whole."""

    length: int = 0
    """Places."""
    curves: tuple[Curve, ...] = ()
    """The last on top."""
    bands: tuple[Band, ...] = ()
    """The widest first."""
    marks: tuple[tuple[int, str], ...] = ()
    """Times below places, the most important first."""
    now: int | None = None
    """The last place that is known; a line stands after it."""
    cursor: int | None = None
    """A place that is read."""
    empty: str = ""
    """What is said while there is nothing to draw."""


@dataclass(frozen=True)
class Drawn:
    """A picture of a certain size."""

    rows: list[Row]
    margin: int = 0
    """Cells before the first place."""
    columns: int = 0
    length: int = 0

    def place(self, x: int) -> int:
        """Return the place that is drawn in a column of cells."""
        share = (x - self.margin + 0.25) / max(1, self.columns - 0.5)
        return min(max(round(share * (self.length - 1)), 0), self.length - 1)


def draw(picture: Picture, width: int, height: int) -> Drawn:
    """Draw a picture.

    Args:
        picture: what.
        width: in cells, with the labels of the y axis.
        height: in rows, the last of which is the x axis.
    """
    extent = _extent(picture)
    if width < 16 or height < 4 or extent is None:
        return Drawn(_saying(picture.empty, width, height))
    rows = height - 1
    axis = linear(extent, max(2, min(rows // 3, 8)))
    labels = {tick: axis.label(tick) for tick in axis.ticks}
    margin = max(map(len, labels.values())) + 2
    grid = Grid(width - margin, rows)
    for curve in picture.curves:
        for begin, values in _runs(curve.values):
            dots = [(_share(begin + i, picture), axis.share(v)) for i, v in enumerate(values)]
            grid.line(dots, curve.line, curve.style)
    signs = _signs(picture, grid, axis)
    at = {grid.row(axis.share(tick)): label for tick, label in labels.items()}
    lines: list[Row] = []
    for number in range(rows):
        label = at.get(number, "")
        edge = f"{label:>{margin - 2}} {'┤' if label else '│'}"
        lines.append([(edge, FRAME), *_pieces(grid, signs, number)])
    bottom = f"{' ' * (margin - 1)}└{_times(picture, grid.columns)}"
    return Drawn([*lines, [(bottom, FRAME)]], margin, grid.columns, picture.length)


def _saying(text: str, width: int, height: int) -> list[Row]:
    lines = text.split("\n")
    above = max(0, (height - len(lines)) // 2)
    said: list[Row] = [[(line[:width].center(width), FRAME)] for line in lines]
    blank: Row = [(" " * width, FRAME)]
    return ([blank] * above + said + [blank] * height)[:height]


def _extent(picture: Picture) -> tuple[float, float] | None:
    curves = [curve.values for curve in picture.curves]
    bands = [side for band in picture.bands for side in (band.low, band.high)]
    shown = [value for values in (*curves, *bands) for value in values if value is not None]
    return (min(shown), max(shown)) if shown else None


def _share(place: float, picture: Picture) -> float:
    return place / max(1, picture.length - 1)


def _runs(values: Values) -> Iterator[tuple[int, list[float]]]:
    """Yield where each unbroken run of values begins, and the run."""
    begin, run = 0, list[float]()
    for place, value in enumerate(values):
        if value is None:
            if run:
                yield begin, run
            run = []
            continue
        if not run:
            begin = place
        run.append(value)
    if run:
        yield begin, run


def _signs(picture: Picture, grid: Grid, axis: Axis) -> dict[tuple[int, int], tuple[str, int]]:
    """Return what stands in cells where no line goes, by row and column."""
    signs: dict[tuple[int, int], tuple[str, int]] = {}
    if picture.now is not None and picture.now + 1 < picture.length:
        column = _column(picture.now, picture, grid)
        signs |= {(row, column): ("┊", FRAME) for row in range(grid.rows)}
    for band in picture.bands:
        for column in range(grid.columns):
            ends = _ends(band, picture, grid, column)
            if ends:
                top, bottom = (min(max(grid.row(axis.share(v)), 0), grid.rows - 1) for v in ends)
                shade = SHADES[band.style], band.style
                signs |= {(row, column): shade for row in range(top, bottom + 1)}
    if picture.cursor is not None:
        column = _column(picture.cursor, picture, grid)
        signs |= {(row, column): ("│", CURSOR) for row in range(grid.rows)}
        for curve in picture.curves:
            value = curve.values[picture.cursor]
            if value is not None:
                row = min(max(grid.row(axis.share(value)), 0), grid.rows - 1)
                grid.bits[row][column] = 0
                signs[row, column] = ("◆", CURSOR)
    return signs


def _column(place: int, picture: Picture, grid: Grid) -> int:
    return round(_share(place, picture) * (2 * grid.columns - 1)) // 2


def _ends(band: Band, picture: Picture, grid: Grid, column: int) -> tuple[float, float] | None:
    """Return the upper and lower end of a band in the middle of a column, between its places."""
    at = (2 * column + 0.5) / (2 * grid.columns - 1) * (picture.length - 1)
    left = min(max(int(at), 0), picture.length - 1)
    right = min(left + 1, picture.length - 1)
    part = min(max(at - left, 0.0), 1.0)
    ends = []
    for side in (band.high, band.low):
        a, b = side[left], side[right]
        if a is None or b is None:
            return None
        ends.append(a + (b - a) * part)
    return ends[0], ends[1]


def _pieces(grid: Grid, signs: dict[tuple[int, int], tuple[str, int]], row: int) -> Row:
    made: Row = []
    for column, (bits, style) in enumerate(zip(grid.bits[row], grid.styles[row], strict=True)):
        text, kind = signs.get((row, column), (" ", FRAME))
        if bits:
            text, kind = chr(0x2800 + bits), style + (ON * kind if kind in SHADES else 0)
        if made and made[-1][1] == kind:
            made[-1] = (made[-1][0] + text, kind)
        else:
            made.append((text, kind))
    return made


def _times(picture: Picture, columns: int) -> str:
    """Return the line below: times where there is room for them."""
    cells = ["─"] * columns
    for place, text in picture.marks:
        middle = round(_share(place, picture) * (columns - 1))
        begin = min(max(0, middle - len(text) // 2), columns - len(text))
        around = cells[max(0, begin - 1) : begin + len(text) + 1]
        if begin >= 0 and all(cell == "─" for cell in around):
            cells[begin : begin + len(text)] = text
    return "".join(cells)
