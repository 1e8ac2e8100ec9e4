"""What the mode shows of a series, its forecast and its backtest: pictures, and words for them.

Headless: the screen hands in what the engine said and what the knobs stand at.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rnntui.display import human_frequency, one_line
from rnntui.engine.forecast_client import LEVELS
from rnntui.engine.protocol.forecast import Chart, Fan
from rnntui.tui.forecast.picture import (
    HISTORY,
    INNER,
    MEDIAN,
    MIDDLE,
    OUTER,
    SHADES,
    Band,
    Curve,
    Picture,
)

INSIDE = (80, 50)
"""Bands that are drawn inside a wider one."""


@dataclass(frozen=True)
class Sheet:
    """A series and how it may go on."""

    chart: Chart
    fan: Fan | None = None
    band: int = 80
    """Per cent; 0 for the median alone."""
    history: int = 96
    """Values of the past in sight; 0 for all."""

    @property
    def known(self) -> int:
        """How many values of the past are in sight."""
        count = len(self.chart.values)
        return min(count, self.history) if self.history else count

    @property
    def length(self) -> int:
        """Places in sight."""
        return self.known + (len(self.fan.times) if self.fan else 0)

    def picture(self, cursor: int | None = None) -> Picture:
        """Return the past and the fan.

        Args:
            cursor: a place in sight that is read.
        """
        past = self.chart.values[-self.known :]
        gap: list[float | None] = [None] * (self.known - 1)
        bands, curves = [], []
        if self.fan:
            ahead: list[float | None] = [None] * len(self.fan.times)
            # Band and median open from the last known value.
            now = [past[-1]]
            for share, style in bands_of(self.band):
                low, high = (quantile(self.fan, level) for level in ends(share))
                bands.append(Band([*gap, *now, *low], [*gap, *now, *high], style))
            curves.append(Curve([*gap, *now, *quantile(self.fan, 0.5)], MEDIAN))
        else:
            ahead = []
        curves.append(Curve([*past, *ahead], HISTORY))
        places = [] if cursor is None else [cursor]
        places += marked(self.length, self.known - 1)
        marks = [(place, self.time(place)) for place in places]
        return Picture(
            self.length, tuple(curves), tuple(bands), tuple(marks), self.known - 1, cursor
        )

    def time(self, place: int) -> str:
        """Return the time of a place in sight, or its number in the series."""
        if self.fan and place >= self.known:
            return self.fan.times[place - self.known]
        index = len(self.chart.values) - self.known + place
        return self.chart.times[index] if self.chart.times else str(self.chart.before + index)

    def reading(self, place: int, most: int = 2) -> str:
        """Return what stands at a place in sight, in words; of so many bands at most."""
        if self.fan and place >= self.known:
            step = place - self.known
            return f"{self.time(place)} · {step + 1} ahead · {self._quantiles(step, most)}"
        index = len(self.chart.values) - self.known + place
        value = number(self.chart.values[index], self.span)
        filled = " · filled in, not measured" if index in set(self.chart.filled) else ""
        return f"{self.time(place)} · {value}{filled}"

    def _quantiles(self, step: int, most: int) -> str:
        assert self.fan
        said = f"median {number(quantile(self.fan, 0.5)[step], self.span)}"
        for share, _ in bands_of(self.band)[:most]:
            low, high = (number(quantile(self.fan, e)[step], self.span) for e in ends(share))
            said += f" · {share} %: {low} to {high}"
        return said

    def summary(self) -> str:
        """Return the next step in words, and how far the forecast reaches."""
        if not self.fan:
            return "no forecast"
        first, last = self.known, self.length - 1
        said = f"next {self.time(first)}: {self._quantiles(0, 1)}"
        return f"{said} · on to {self.time(last)}" if last > first else said

    @property
    def span(self) -> float:
        """The range of the past in sight, for the number of digits."""
        past = self.chart.values[-self.known :]
        return max(past) - min(past)

    def heading(self) -> str:
        """Return what the series is."""
        chart = self.chart
        parts = [one_line(chart.name, 30)]
        if chart.column and chart.column.lower() != chart.name.lower():
            parts.append(one_line(chart.column, 30))
        parts.append(frequency(chart))
        if chart.season > 1:
            parts.append(f"season {chart.season:,}")
        parts.append(f"{chart.before + len(chart.values):,} values")
        return " · ".join(part for part in parts if part)

    def key(self) -> str:
        """Return what the lines and shades mean."""
        shares = [f"{SHADES[style]} {share} %" for share, style in bands_of(self.band)]
        if shares:
            shares[-1] += " of outcomes"
        parts = ["── history", *(["┊── median", *shares] if self.fan else [])]
        return "   ".join(parts)


def marked(length: int, now: int) -> list[int]:
    """Return the places whose times stand below a picture, the most important first."""
    quarters = [round(k * (length - 1) / 8) for k in (4, 2, 6, 1, 3, 5, 7)]
    return [0, length - 1, now, *quarters]


def bands_of(band: int) -> list[tuple[int, int]]:
    """Return the bands that are drawn and their styles, the widest first."""
    shares = [band, *(share for share in INSIDE if share < band)] if band else []
    styles = [OUTER, MIDDLE, INNER][-len(shares) :] if shares else []
    return list(zip(shares, styles, strict=True))


def ends(share: int) -> tuple[float, float]:
    """Return the levels between which a share of outcomes lies."""
    return (100 - share) / 200, (100 + share) / 200


def levels(band: int) -> tuple[float, ...]:
    """Return the levels to ask for, so that a band and those inside it can be drawn."""
    return tuple(sorted({*LEVELS, *(ends(band) if band else ())}))


def has(fan: Fan, band: int) -> bool:
    """Whether a forecast has what a band needs."""
    return all(any(math.isclose(level, has) for has in fan.levels) for level in levels(band))


def quantile(fan: Fan, level: float) -> Sequence[float]:
    """Return the quantile of a level nearest to the one asked for: (H,)."""
    at = min(range(len(fan.levels)), key=lambda k: abs(fan.levels[k] - level))
    return fan.rows[at]


def number(value: float, span: float) -> str:
    """Return a value with three digits of the range it moves in."""
    digits = max(0, 2 - math.floor(math.log10(span)) + (span < 10)) if span > 0 else 3
    text = f"{value:,.{min(digits, 6)}f}".replace("-", "−")
    return text if len(text) <= 16 else f"{value:.3e}"


def frequency(chart: Chart) -> str:
    """Return the pace of a series in a word."""
    if not chart.frequency:
        return "no regular dates" if chart.times else "no dates"
    return human_frequency(chart.frequency)


def sparkline(line: Sequence[float | None], width: int) -> str:
    """Return a column's course, from 0 to 1, in blocks; a blank in gaps."""
    if not line:
        return ""
    blocks = "▁▂▃▄▅▆▇█"
    made = []
    for x in range(width):
        begin = x * len(line) // width
        end = max(begin + 1, (x + 1) * len(line) // width)
        some = [value for value in line[begin:end] if value is not None]
        mean = sum(some) / len(some) if some else None
        made.append(" " if mean is None else blocks[min(int(mean * 8), 7)])
    return "".join(made)
