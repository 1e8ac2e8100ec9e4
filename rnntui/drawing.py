"""Curves and bands in plain text: one character a place, legible without colour and in any font.

Knows nothing of series or models; pure Python, so that whoever draws loads nothing for it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LABEL = 10
"""Columns of the scale at the left, its border included."""


@dataclass(frozen=True)
class Curve:
    """One value a column of time, drawn with one character; None draws nothing there."""

    mark: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Band:
    """What lies between two curves, filled with one character."""

    mark: str
    low: Sequence[float | None]
    high: Sequence[float | None]


def draw(
    bands: Sequence[Band],
    curves: Sequence[Curve],
    *,
    width: int = 80,
    height: int = 16,
    begin: str = "",
    end: str = "",
) -> str:
    """Draw bands, then curves over them, later ones over earlier ones.

    All have one length. Where there are more values than columns, each column has the mean of its
    own (a band its widest); where there are fewer, each value has several columns.

    Args:
        bands: widest first.
        curves: the most important last.
        width: columns in all, the scale at the left included.
        height: rows of the picture, without the two lines below.
        begin: what stands below its left end, such as a date.
        end: likewise at the right.
    """
    columns = max(2, width - LABEL)
    lines = [_resampled(c.values, columns, _mean) for c in curves]
    filled = [(_resampled(b.low, columns, min), _resampled(b.high, columns, max)) for b in bands]
    shown = [v for row in [*lines, *(side for pair in filled for side in pair)]
             for v in row if v is not None]  # fmt: skip
    low, high = (min(shown), max(shown)) if shown else (0.0, 1.0)
    if not high > low:
        low, high = low - max(1.0, abs(low)) / 2, high + max(1.0, abs(high)) / 2
    grid = [[" "] * columns for _ in range(height)]

    def row(value: float) -> int:
        return round((high - value) / (high - low) * (height - 1))

    for band, (lows, highs) in zip(bands, filled, strict=True):
        for x, (bottom, top) in enumerate(zip(lows, highs, strict=True)):
            if bottom is not None and top is not None:
                for y in range(row(top), row(bottom) + 1):
                    grid[y][x] = band.mark
    for curve, values in zip(curves, lines, strict=True):
        for x, value in enumerate(values):
            if value is not None:
                grid[row(value)][x] = curve.mark
    return _framed(grid, low, high, begin, end)


def _framed(grid: list[list[str]], low: float, high: float, begin: str, end: str) -> str:
    """Put the scale to the left and the ends of time below."""
    height, columns = len(grid), len(grid[0])
    lines = []
    for y, row in enumerate(grid):
        told = y in (0, height // 2, height - 1)
        value = high - (high - low) * y / (height - 1)
        label = _number(value, high - low) if told else ""
        lines.append(f"{label:>{LABEL - 2}} │{''.join(row).rstrip()}")
    lines.append(" " * (LABEL - 1) + "└" + "─" * columns)
    if begin or end:
        gap = max(1, columns - len(begin) - len(end))
        lines.append(" " * LABEL + begin + " " * gap + end)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _number(value: float, span: float) -> str:
    """A number as short as the picture's span allows, 8 columns at most."""
    digits = max(0, 2 - math.floor(math.log10(span))) if span > 0 else 0
    tried = (f"{value:,.{min(digits, 5)}f}", *(f"{value:.{n}e}" for n in (2, 1, 0)))
    return next(text for text in tried if len(text) <= LABEL - 2)


def _resampled(values: Sequence[float | None], columns: int, join: object) -> list[float | None]:
    """Return one value a column: several joined, or one repeated."""
    count = len(values)
    found: list[float | None] = []
    for x in range(columns):
        first = x * count // columns
        last = max(first + 1, (x + 1) * count // columns)
        some = [v for v in values[first:last] if v is not None]
        found.append(join(some) if some else None)  # type: ignore[operator]
    return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
