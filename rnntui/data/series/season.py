"""After how many steps a series repeats itself: what its calendar suggests, if its values agree.

A season m is tested on what is left when a moving average over m steps is taken away, so that a
trend is not taken for a season: its autocorrelation at lag m must be clearly above chance. For a
random walk the rest has none at that lag, though the walk itself has.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnntui.data.series.calendar import MONTHS, SECONDS, parsed

Values = NDArray[np.float64]

_CYCLES = {
    "M": (12,), "Q": (4,), "W": (52,), "D": (7, 365), "B": (5, 260),
    "h": (24, 168), "min": (60, 1440), "s": (60, 3600),
}  # fmt: skip
"""Steps of one unit after which a calendar repeats."""
_LEAST = 0.3
"""The autocorrelation from which on a season is worth having."""
_SEEN = 3
"""How often a season must have come round."""


def season_of(values: Values, frequency: str) -> int:
    """Return the season of a series, 1 for none.

    Of several that the calendar suggests, the one with the highest autocorrelation; of nearly equal
    ones the shortest, of which the longer are multiples.

    Args:
        values: (T,).
        frequency: as `Series.frequency`; "" suggests none.
    """
    best, strength = 1, _LEAST
    for season in suggested(frequency):
        if len(values) < _SEEN * season:
            continue
        found = autocorrelation(values, season)
        if found > strength and _peaks(values, season):
            best, strength = season, found + 0.05
    return best


def suggested(frequency: str) -> tuple[int, ...]:
    """Return the seasons that a frequency suggests, the shortest first: of "15min", 4 and 96."""
    known = parsed(frequency)
    if known is None:
        return ()
    count, unit = known
    if unit in MONTHS:
        year = 12 // MONTHS[unit]
        return (year // count,) if year % count == 0 and year > count else ()
    if unit == "B" or count == 1:
        return _CYCLES[unit]
    cycles = [SECONDS[u] for u in ("min", "h", "D", "W") if SECONDS[u] > count * SECONDS[unit]]
    seasons = (cycle // (count * SECONDS[unit]) for cycle in cycles)
    whole = [s for s, c in zip(seasons, cycles, strict=True) if s * count * SECONDS[unit] == c]
    return tuple(whole[:2])


def autocorrelation(values: Values, lag: int) -> float:
    """Return the autocorrelation at a lag of what a moving average of as many steps leaves.

    Args:
        values: (T,), T > 2 * lag >= 4.
        lag: in steps.
    """
    return _correlation(_detrended(values, lag), lag)


def _peaks(values: Values, season: int) -> bool:
    """Whether the correlation at the season is above that at half of it."""
    rest = _detrended(values, season)
    return _correlation(rest, season) > _correlation(rest, max(1, season // 2)) + 0.1


def _detrended(values: Values, window: int) -> Values:
    """Take a centred moving average away, of an even window with its ends halved: (T - window,)."""
    weights = np.ones(window + 1 - window % 2)
    if window % 2 == 0:
        weights[[0, -1]] = 0.5
    sums = np.convolve(values, weights / window, "valid") if window < 64 else _mean(values, window)
    half = len(weights) // 2
    return np.asarray(values[half : half + len(sums)] - sums)


def _mean(values: Values, window: int) -> Values:
    """The same average in time that does not grow with the window."""
    total = np.concatenate([[0.0], np.cumsum(values - values.mean())])
    sums = (total[window:] - total[:-window]) / window + values.mean()
    return sums if window % 2 else np.asarray((sums[1:] + sums[:-1]) / 2)


def _correlation(rest: Values, lag: int) -> float:
    rest = rest - rest.mean()
    power = float(rest @ rest)
    return float(rest[lag:] @ rest[:-lag]) / power if power > 0 else 0.0
