"""Catching a forecaster that knows the future.

A backtest hands out copies of the history, so that nothing of what comes next is in them. What
remains is a forecaster that got the whole series from elsewhere. Three tests at a few origins:

1. The future is overwritten where the caller holds it: the forecast must stay as it was.
2. After all origins the first one is asked again: the forecast must stay as it was. This catches
   one that keeps what it was handed, and one that draws numbers without a seed.
3. The history is turned round in time, so that it is good for nothing: a forecast that still hits
   what came, all but exactly, has it from somewhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rnntui.data.series.series import Series
from rnntui.display import one_line
from rnntui.errors import RnntuiError
from rnntui.inference.forecast.interface import Forecast, Forecaster

_PROBES = 5
"""Origins that are tested, the first and the last among them."""
_LEAST = 3
"""Origins that the third test needs: one hit may be chance."""
_HIT = 0.05
"""The share of the naive forecast's error under which a forecast without history is a hit."""


class LeakError(RnntuiError):
    """A forecaster depends on what it cannot know."""


def probes(origins: Sequence[int]) -> list[int]:
    """Return the origins to test."""
    picked = np.linspace(0, len(origins) - 1, min(_PROBES, len(origins))).round()
    return [origins[int(at)] for at in picked]


def check_leaks(
    forecaster: Forecaster,
    held: Series,
    known: Series,
    forecasts: dict[int, Forecast],
    levels: Sequence[float],
) -> None:
    """Test a forecaster.

    Args:
        forecaster: which has forecast from all origins by now.
        held: the whole series, the caller's very object.
        known: the same, as the forecaster is handed parts of it.
        forecasts: by origin, from `probes`: what it said the first time.
        levels: that were asked for.

    Raises:
        LeakError: it fails.
    """
    name = one_line(forecaster.name, 40)
    blind, naive = [], []
    for origin, said in forecasts.items():
        history, horizon = known.head(origin), said.horizon
        with _other_future(held, origin):
            again = forecaster.forecast(history, horizon, levels)
        # Read only now: inside the block there stood something else.
        came = known.values[origin : origin + horizon]
        if not _same(said, again):
            if _same(said, forecaster.forecast(history, horizon, levels)):
                raise LeakError(
                    f"{name} forecasts otherwise when the values after its history change: "
                    "it sees the future",
                    "build it from the history that it is handed alone",
                )
            raise LeakError(
                f"{name} forecasts otherwise when it is asked again, after later values",
                "it must keep nothing from one call to the next, and seed what it draws",
            )
        turned = replace(history, values=history.values[::-1])
        blind.append(np.abs(forecaster.forecast(turned, horizon, levels).median - came).mean())
        naive.append(np.abs(history.values[-1] - came).mean())
    hits = [error < _HIT * rival for error, rival in zip(blind, naive, strict=True)]
    if len(hits) >= _LEAST and all(hits):
        raise LeakError(
            f"{name} hits what came with its history turned round: it knows it from elsewhere",
            "build it from the first part alone; a pure function of the calendar needs no backtest",
        )


def _same(one: Forecast, other: Forecast) -> bool:
    """Whether two forecasts are equal, up to the rounding of another order of the same sums."""
    size = float(np.abs(one.values).max())
    return np.allclose(one.values, other.values, rtol=1e-9, atol=1e-9 * size)


@contextmanager
def _other_future(series: Series, origin: int) -> Iterator[None]:
    """Overwrite what comes after an origin in the series' own memory, and put it back."""
    rows = [series.values, *series.covariates.values()]
    kept = [row[origin:].copy() for row in rows]
    random = np.random.default_rng(origin)
    for row in rows:
        row.flags.writeable = True
        row[origin:] = _unlike(row[:origin], len(row) - origin, random)
    try:
        yield
    finally:
        for row, future in zip(rows, kept, strict=True):
            row[origin:] = future
            row.flags.writeable = False


def _unlike(
    history: NDArray[np.float64], count: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """Values of the history's own size that are not its continuation."""
    shuffled = random.permuted(np.resize(history, count))
    return np.asarray(shuffled + random.normal(size=count) * history.std())
