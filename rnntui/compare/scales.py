"""Axes of a figure: from values to places, and the round numbers that are written beside them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """Maps values between two ends onto a stretch of the figure."""

    low: float
    high: float
    begin: float
    """Where `low` lies, in units of the figure."""
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        low, high, value = (self._inner(v) for v in (self.low, self.high, value))
        return self.begin + (value - low) / (high - low) * (self.end - self.begin)

    def _inner(self, value: float) -> float:
        return math.log10(max(value, 1e-12)) if self.log else value

    def ticks(self, count: int) -> list[float]:
        """Return round values between the ends: `count` or a few more or less."""
        if self.log:
            powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            few = len(powers) > 3  # then the powers of ten alone do
            marks = [d * 10.0**p for p in powers for d in ((1,) if few else (1, 2, 5))]
        else:
            rough = (self.high - self.low) / count
            power = 10.0 ** math.floor(math.log10(rough))
            step = next(s * power for s in _STEPS if s * power >= rough * 0.999)
            first = math.ceil(self.low / step - 1e-9)
            last = math.floor(self.high / step + 1e-9)
            marks = [round(i * step, 12) for i in range(first, last + 1)]
        return [mark for mark in marks if self.low * (1 - 1e-9) <= mark <= self.high * (1 + 1e-9)]


def fitted(
    values: Iterable[float],
    begin: float,
    end: float,
    *,
    log: bool = False,
    zero: bool = False,
    margin: float = 0.05,
) -> Scale:
    """Return a scale that holds some values with a little room around them.

    Args:
        values: at least one.
        begin: place of the lower end.
        end: place of the upper end.
        log: logarithmic; values are then positive.
        zero: begin at zero.
        margin: room at each end that is not zero, as a share of the span.
    """
    values = list(values)
    low, high = min(values), max(values)
    if log:
        ratio = max(1.3, (high / low) ** margin)
        return Scale(low / ratio, high * ratio, begin, end, log=True)
    low = 0.0 if zero else low
    span = high - low or abs(high) * 0.1 or 1.0
    if high == low:
        return Scale(0.0 if zero else low - span / 2, high + span / 2, begin, end)
    return Scale(low if zero else low - margin * span, high + margin * span, begin, end)


def amount(value: float) -> str:
    """Return a tick's number: `0.25`, `1,500`, `3 M`."""
    if value >= 1e6:
        return f"{value / 1e6:g} M"
    if value >= 1e4:
        return f"{value / 1e3:g} k"
    return f"{value:,g}" if value >= 1000 else f"{value:g}"


def time_unit(seconds: float) -> tuple[float, str]:
    """Return how many seconds the unit has in which a training's time is told, and its name."""
    if seconds < 180:
        return 1.0, "seconds"
    return (60.0, "minutes") if seconds < 3 * 3600 else (3600.0, "hours")
