"""What time it is for a network: each cycle a point on a circle, as its sine and cosine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.forecasting import Cycle
from rnntui.errors import CorpusError

Times = NDArray[np.datetime64]
"""(T,), of seconds."""
Values = NDArray[np.float64]


def clock(
    cycles: Sequence[Cycle], places: NDArray[np.int64], times: Times | None, season: int
) -> Values:
    """Return the hands of the clocks at some periods: (T, 2 * cycles).

    Args:
        cycles: which.
        places: (T,): of each period in its series, from 0, for "season".
        times: (T,), for the others; None of a series without dates.
        season: periods in a season.

    Raises:
        CorpusError: a cycle of the calendar is asked of a series without dates.
    """
    hands = [np.zeros((len(places), 0))]
    for cycle in cycles:
        angle = 2 * np.pi * _phase(cycle, places, times, season)
        hands.append(np.stack([np.sin(angle), np.cos(angle)], 1))
    return np.concatenate(hands, 1)


def _phase(
    cycle: Cycle, places: NDArray[np.int64], times: Times | None, season: int
) -> NDArray[np.float64]:
    """The share of the cycle that is over: (T,), in [0, 1)."""
    if cycle == "season":
        return (places % season) / season
    if times is None:
        raise CorpusError(
            f"the model reads the {cycle}, and the series has no dates",
            "bring a column of dates, or train one without --cycles",
        )
    if cycle == "year":
        return _share(times, "Y")
    if cycle == "month":
        return _share(times, "M")
    seconds = times.astype("datetime64[s]").astype(np.int64)
    length = 86_400 if cycle == "day" else 7 * 86_400
    # Day 0 was a Thursday: three days after a Monday.
    return ((seconds + (3 * 86_400 if cycle == "week" else 0)) % length) / length


def _share(times: Times, unit: str) -> NDArray[np.float64]:
    begin = times.astype(f"datetime64[{unit}]")
    first = begin.astype("datetime64[s]").astype(np.int64)
    after = (begin + 1).astype("datetime64[s]").astype(np.int64)
    here = times.astype("datetime64[s]").astype(np.int64)
    share: NDArray[np.float64] = (here - first) / (after - first)
    return share
