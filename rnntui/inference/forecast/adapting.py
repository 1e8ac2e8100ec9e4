"""A band that follows the series: its width, by how the last forecasts held.

Calibration after training makes a band right on average over a part of one series. Later the series
may grow calmer or wilder, and another series is another matter altogether. So before each forecast
those from the last origins are compared with what has come since, oldest first, and the logarithm
of the band's width moves up where too little lay inside, and down where too much did:

    w  <-  w + rate * (share promised - share inside)

This is adaptive conformal inference (Gibbs and Candès 2021, equation 2) on the width instead of the
level, as Angelopoulos, Candès and Tibshirani (2023, equation 5) track a quantile; there stands why
the share inside approaches what is promised in the long run whatever the series does. All quantiles
share the one width, and the median stays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

ORIGINS = 250
"""How many of the last origins count; what came before them is forgotten by then."""
_RATE = 0.05
"""Chosen by the mean quantile loss on parts of the fitted 80 % of four series."""
_BOUND = 1.5
"""Of the width's logarithm, both ways."""


def followed(quantiles: Values, actual: Values, levels: Sequence[float]) -> float:
    """Return by which factor the band is to be multiplied; 1.0 of no forecasts.

    Args:
        quantiles: (n, H, Q), growing along the last axis: forecasts from n origins, oldest first.
        actual: (n, H): what came, NaN where nobody knows.
        levels: (Q,), 0.5 among them.
    """
    median = list(levels).index(0.5)
    outer = np.delete(np.asarray(levels, np.float64), median)
    promised = float(np.maximum(outer, 1 - outer).mean())
    needed = _needed(quantiles, actual, median)
    known = np.count_nonzero(~np.isnan(needed), axis=1)
    width = 0.0
    for widths, count in zip(needed[known > 0], known[known > 0], strict=True):
        width += _RATE * (promised - np.count_nonzero(widths <= width) / count)
    return float(np.exp(np.clip(width, -_BOUND, _BOUND)))


def _needed(quantiles: Values, actual: Values, median: int) -> Values:
    """The logarithm of the width from which on each quantile has the value inside: (n, H * Q - H).

    Inside is the side of the median: a value beyond the median the other way always is.
    """
    centre = quantiles[..., median : median + 1]
    distances = np.delete(quantiles - centre, median, -1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = (actual[..., None] - centre) / distances
        logs: Values = np.log(np.maximum(ratios, 0.0))
    logs[np.isnan(actual)] = np.nan
    return logs.reshape(len(logs), -1)


def stretched(quantiles: Values, width: float, median: int) -> Values:
    """Return quantiles (..., Q) with their distances from the median multiplied by a factor."""
    if width == 1.0:
        return quantiles
    centre = quantiles[..., median : median + 1]
    return centre + (quantiles - centre) * width
