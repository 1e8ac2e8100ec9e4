"""Frequencies: how far apart a series' values are, and the times that come next.

A frequency is a unit with a number before it where it is a multiple: "M", "B", "15min". Months,
quarters and years are counted in months, weekdays ("B") in days from Monday to Friday, the rest in
seconds.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.datetime64]

SECONDS = {"s": 1, "min": 60, "h": 3600, "D": 86_400, "W": 7 * 86_400}
MONTHS = {"M": 1, "Q": 3, "Y": 12}
UNITS = (*SECONDS, "B", *MONTHS)

_FREQUENCY = re.compile(rf"([1-9][0-9]{{0,5}})?({'|'.join(UNITS)})")


def parsed(frequency: str) -> tuple[int, str] | None:
    """Return the number and unit of a frequency, None where it is none: "15min" is (15, "min").

    Weekdays have no multiples.
    """
    found = _FREQUENCY.fullmatch(frequency)
    if found is None or (found[1] and found[2] == "B"):
        return None
    return int(found[1] or 1), found[2]


def spelled(count: int, unit: str) -> str:
    """Return a frequency of so many units: (1, "M") is "M"."""
    return unit if count == 1 else f"{count}{unit}"


def after(times: Times, frequency: str, h: int) -> Times:
    """Return the `h` times that follow: (h,).

    Months are stepped from the first time, so that those on the 31st stay at the months' ends.

    Args:
        times: (T,) in seconds, growing, T >= 1.
        frequency: as `parsed` takes it.
        h: how many, at least 0.

    Raises:
        ValueError: `frequency` is none.
    """
    known = parsed(frequency)
    if known is None:
        raise ValueError(f"{frequency!r} is no frequency")
    count, unit = known
    last = times[-1]
    steps = np.arange(1, h + 1)
    if unit in SECONDS:
        return np.asarray(last + steps * np.timedelta64(count * SECONDS[unit], "s"))
    if unit == "B":
        day = last.astype("datetime64[D]")
        days = np.busday_offset(day, steps - (0 if np.is_busday(day) else 1), roll="forward")
        return np.asarray(days.astype("datetime64[s]") + (last - day.astype("datetime64[s]")))
    return stepped_months(times, count * MONTHS[unit] * steps)


def stepped_months(times: Times, months: NDArray[np.int64]) -> Times:
    """Return the last time moved by so many months: (h,), in a month too short at its end.

    Args:
        times: (T,) in seconds, T >= 1. Their latest day of the month is the one that is meant: of
            31 January, 28 February, the 31st.
        months: (h,).
    """
    day_of = times.astype("datetime64[D]")
    month_of = day_of.astype("datetime64[M]")
    meant = int((day_of - month_of.astype("datetime64[D]")).astype(np.int64).max())
    clock = times[-1] - day_of[-1].astype("datetime64[s]")
    month = month_of[-1] + months.astype("timedelta64[M]")
    length = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    day = month.astype("datetime64[D]") + np.minimum(meant, length - 1)
    return np.asarray(day.astype("datetime64[s]") + clock)
