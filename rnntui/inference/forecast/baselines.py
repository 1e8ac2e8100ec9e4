"""Forecasts that learn nothing: what any model has to beat, and what it is printed beside.

Medians and bands follow Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed.
(otexts.com/fpp3), sections 5.2 (the methods) and 5.5 (their bands): normal, their width s(h) from
the standard deviation s of the one-step residuals in the history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from rnntui.data.series.series import Series
from rnntui.display import one_line
from rnntui.errors import CorpusError
from rnntui.inference.forecast.interface import Forecast

Values = NDArray[np.float64]


def normal_band(median: Values, width: Values, levels: Sequence[float]) -> Forecast:
    """Return the quantiles of normal distributions.

    Args:
        median: (H,).
        width: (H,), the standard deviations, at least 0.
        levels: (Q,), growing.
    """
    scores = np.array([NormalDist().inv_cdf(level) for level in levels])
    return Forecast(tuple(levels), median + scores[:, None] * width)


@dataclass(frozen=True)
class Naive:
    """The last value again: f(T + h) = y(T), s(h) = s sqrt(h)."""

    name: str = "naive"
    train_until: None = None

    def forecast(self, history: Series, horizon: int, levels: Sequence[float]) -> Forecast:
        """Continue a series.

        Raises:
            CorpusError: the history has no two values.
        """
        values = _at_least(history, 2)
        steps = np.arange(1, horizon + 1)
        width = _deviation(np.diff(values)) * np.sqrt(steps)
        return normal_band(np.full(horizon, values[-1]), width, levels)


@dataclass(frozen=True)
class SeasonalNaive:
    """The last season again: f(T + h) = y(T + h - m (k + 1)), s(h) = s sqrt(k + 1).

    k is the whole part of (h - 1) / m. Without a season it is `Naive`.
    """

    name: str = "seasonal naive"
    train_until: None = None

    def forecast(self, history: Series, horizon: int, levels: Sequence[float]) -> Forecast:
        """Continue a series.

        Raises:
            CorpusError: the history is no longer than a season.
        """
        season = history.season
        values = _at_least(history, season + 1)
        ahead = np.arange(horizon)
        median = values[-season:][ahead % season]
        width = _deviation(values[season:] - values[:-season]) * np.sqrt(ahead // season + 1)
        return normal_band(median, width, levels)


@dataclass(frozen=True)
class Drift:
    """The line through the first and the last value: f(T + h) = y(T) + h (y(T) - y(1)) / (T - 1).

    s(h) = s sqrt(h (1 + h / (T - 1))), where the drift's own residuals make s.
    """

    name: str = "drift"
    train_until: None = None

    def forecast(self, history: Series, horizon: int, levels: Sequence[float]) -> Forecast:
        """Continue a series.

        Raises:
            CorpusError: the history has no three values.
        """
        values = _at_least(history, 3)
        steps = np.arange(1, horizon + 1)
        slope = (values[-1] - values[0]) / (len(values) - 1)
        residuals = np.diff(values) - slope
        # One parameter is estimated, the slope: n - 1 degrees of freedom (FPP3, 5.5).
        deviation = float(np.sqrt(residuals @ residuals / (len(residuals) - 1)))
        width = deviation * np.sqrt(steps * (1 + steps / (len(values) - 1)))
        return normal_band(values[-1] + slope * steps, width, levels)


def _at_least(history: Series, count: int) -> Values:
    if len(history) < count:
        raise CorpusError(
            f"this forecast needs {count:,} values, and "
            f"{one_line(history.name, 40)} has {len(history):,}",
            "bring a longer series, or name a shorter season",
        )
    return history.values


def _deviation(residuals: Values) -> float:
    """The residuals' root mean square: nothing is estimated, so none is taken off (FPP3, 5.5)."""
    return float(np.sqrt(np.mean(residuals**2)))
