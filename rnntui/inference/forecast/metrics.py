"""How far forecasts were from what came. Every figure is in the series' own units, or a ratio.

y is what came, f the median, q(p) the quantile of level p; all are of one shape, the last axis
being the steps ahead. Where y is NaN nothing was measured, and nothing counts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

DECILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""The levels whose quantile losses make the CRPS."""


def mae(actual: Values, median: Values) -> float:
    """Return the mean absolute error, mean |y - f|."""
    return float(np.nanmean(np.abs(actual - median)))


def rmse(actual: Values, median: Values) -> float:
    """Return the root of the mean squared error, sqrt(mean (y - f)^2)."""
    return float(np.sqrt(np.nanmean((actual - median) ** 2)))


def seasonal_naive_error(fitted: Values, season: int) -> float:
    """Return what repeating the last season errs inside the fitted part: mean |y(t) - y(t - m)|.

    It is what MASE is scaled by (Hyndman and Koehler 2006, "Another look at measures of forecast
    accuracy", for m = 1; Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 3rd
    ed., 5.8, for seasons).

    Args:
        fitted: (T,); NaN where nothing was measured.
        season: m, with 1 <= m < T.
    """
    return float(np.nanmean(np.abs(fitted[season:] - fitted[:-season])))


def mase(error: float, scale: float) -> float | None:
    """Return the mean absolute scaled error, MAE / `seasonal_naive_error` of the fitted part.

    Below 1, the forecasts err less than repeating the last season did, one season ahead, there.

    Returns:
        None where the scale is zero: the fitted part repeats itself exactly.
    """
    return error / scale if scale > 0 else None


def quantile_loss(actual: Values, quantile: Values, level: float) -> Values:
    """Return the loss of one quantile, max(p (y - q), (p - 1) (y - q)), of each place."""
    above = actual - quantile
    return np.maximum(level * above, (level - 1) * above)


def crps(actual: Values, quantiles: Mapping[float, Values]) -> float:
    """Return the continuous ranked probability score as twice the mean quantile loss.

    The score is the integral of 2 * quantile_loss over all levels (Laio and Tamea 2007; Gneiting
    and Raftery 2007). Here it is the mean over the deciles, so that tails beyond them do
    not count. For a forecast that is one point it is the mean absolute error.

    Args:
        actual: y.
        quantiles: q of each level, `DECILES` usually.
    """
    losses = [quantile_loss(actual, q, level) for level, q in quantiles.items()]
    return float(2 * np.nanmean(np.array(losses)))


def coverage(actual: Values, low: Values, high: Values) -> float:
    """Return the share of what came that lay in a band, its ends counted in."""
    known = ~np.isnan(actual)
    inside = (actual >= low) & (actual <= high)
    return float(inside[known].mean()) if known.any() else float("nan")


def skill(error: float, reference: float) -> float | None:
    """Return 1 - MAE / MAE of a reference: the share of its error that is gone.

    Returns:
        None where the reference does not err.
    """
    return 1 - error / reference if reference > 0 else None
