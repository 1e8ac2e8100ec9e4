"""What of a series was measured: a filled value is no score, and no place to forecast from.

A straight line between two values knows the later one. Training, the backtest and the width of a
band keep to one rule, so it stands here. Knows neither networks nor files.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnntui.data.series.series import Series

Values = NDArray[np.float64]


def measured_values(series: Series) -> Values:
    """Return the values, NaN where they were filled in: (T,), not to be written to."""
    if series.filled is None:
        return series.values
    return np.where(series.filled, np.nan, series.values)


def after_measured(series: Series, origins: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return those of some origins, each above 0, whose last known value was measured.

    A filled value may know the next one that was measured.
    """
    return origins if series.filled is None else origins[~series.filled[origins - 1]]
