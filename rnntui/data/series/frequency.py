"""How far apart the times of a series are, and which ones are missing between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnntui.data.series.calendar import MONTHS, SECONDS, parsed, spelled

Times = NDArray[np.datetime64]
Positions = NDArray[np.int64]

_DAY = SECONDS["D"]
_FEW = 3
"""Times below which nothing can be said."""
_REGULAR = 0.5
"""The share of steps that must be the commonest one; with fewer, times are irregular."""
_WEEKDAYS_FROM = 10
"""Times from which the absence of weekends is no chance."""


def frequency_of(times: Times) -> str:
    """Return the frequency of some times, "" where they are irregular or too few.

    Weekdays alone are "B" where most steps are of one day; times on one day of the month, or at the
    months' ends, count in months; all else in seconds, as the commonest step says.

    Args:
        times: (T,) in seconds, growing.
    """
    if len(times) < _FEW:
        return ""
    seconds, share = _commonest(np.diff(times).astype(np.int64))
    if seconds == _DAY and share >= _REGULAR and _only_weekdays(times):
        return "B"
    if seconds >= 28 * _DAY and _monthly(times):
        months, share = _commonest(np.diff(times.astype("datetime64[M]")).astype(np.int64))
        unit = next(unit for unit in ("Y", "Q", "M") if months % MONTHS[unit] == 0)
        return spelled(months // MONTHS[unit], unit) if share >= _REGULAR else ""
    if share < _REGULAR:
        return ""
    unit = next(u for u in ("W", "D", "h", "min", "s") if seconds % SECONDS[u] == 0)
    return spelled(seconds // SECONDS[unit], unit)


def positions(times: Times, frequency: str) -> Positions | None:
    """Return where on a frequency's grid each time lies, counted from the first: (T,).

    For weekdays every time is a step, since a day without a value is a holiday and no gap.

    Returns:
        None where some time is not on the grid.
    """
    known = parsed(frequency)
    if known is None:
        return None
    count, unit = known
    if unit == "B":
        return np.arange(len(times))
    if unit in MONTHS:
        if not _monthly(times):
            return None
        offsets = np.diff(times.astype("datetime64[M]")).astype(np.int64)
        step = count * MONTHS[unit]
    else:
        offsets = np.diff(times).astype(np.int64)
        step = count * SECONDS[unit]
    if (offsets % step).any() or (offsets == 0).any():
        return None
    return np.concatenate([[0], np.cumsum(offsets // step)]).astype(np.int64)


def _commonest(steps: NDArray[np.int64]) -> tuple[int, float]:
    """Return the commonest step, of equals the shortest, and its share."""
    different, counts = np.unique(steps, return_counts=True)
    return int(different[counts.argmax()]), float(counts.max() / len(steps))


def _only_weekdays(times: Times) -> bool:
    if len(times) < _WEEKDAYS_FROM:
        return False
    return bool(np.is_busday(times.astype("datetime64[D]")).all())


def _monthly(times: Times) -> bool:
    """Whether all times lie on one day of the month, or as near to it as their month allows."""
    days = times.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    day = (days - months.astype("datetime64[D]")).astype(np.int64)
    length = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int)
    return bool((day == np.minimum(day.max(), length - 1)).all())
