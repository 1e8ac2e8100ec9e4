"""What a forecast is, and what makes one: the words that networks, baselines and scores share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from rnntui.data.series.series import Series

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Forecast:
    """The quantiles of the next values, in the series' own units.

    Raises:
        ValueError: levels that do not grow, a shape that does not fit, quantiles that are not
            finite or cross.
    """

    levels: tuple[float, ...]
    """(Q,), Q >= 1, growing, each between 0 and 1."""
    values: Values
    """(Q, H): a row for each level, never falling from one level to the next."""

    def __post_init__(self) -> None:
        levels = np.asarray(self.levels, np.float64)
        values = np.asarray(self.values, np.float64)
        if levels.ndim != 1 or not len(levels) or (np.diff(levels) <= 0).any():
            raise ValueError("levels must grow")
        if levels[0] <= 0 or levels[-1] >= 1:
            raise ValueError("levels lie between 0 and 1")
        if values.ndim != 2 or len(values) != len(levels):
            raise ValueError("a forecast has a row of values for each level")
        if not np.isfinite(values).all():
            raise ValueError("a forecast must be finite")
        if (np.diff(values, axis=0) < 0).any():
            raise ValueError("quantiles must not cross")
        object.__setattr__(self, "values", values)

    @property
    def horizon(self) -> int:
        """H: how many steps ahead it reaches."""
        return int(self.values.shape[1])

    @property
    def median(self) -> Values:
        """(H,): the row of level 0.5, or what lies between its neighbours."""
        return self.at(0.5)

    def at(self, level: float) -> Values:
        """Return the quantile of a level: (H,).

        Between two levels it is interpolated; beyond the outermost it is theirs.
        """
        if level in self.levels:
            return np.array(self.values[self.levels.index(level)])
        return np.array([np.interp(level, self.levels, column) for column in self.values.T])


def values_seen(until: np.datetime64 | int | None, series: Series) -> int | None:
    """Return how many of a series' first values lie before the end of a training.

    Args:
        until: as `Forecaster.train_until` has it.
        series: any.

    Returns:
        None where it cannot be told: a date, and a series without dates.
    """
    if until is None:
        return 0
    if isinstance(until, int):
        return min(until, len(series))
    return None if series.times is None else int((series.times <= until).sum())


@runtime_checkable
class Forecaster(Protocol):
    """Continues a series. Nothing of it may depend on what came after the history it is handed."""

    @property
    def name(self) -> str:
        """What tables call it."""

    @property
    def train_until(self) -> np.datetime64 | int | None:
        """The part of the series it was trained on, and must not be scored on.

        The time of the last value it saw; or, where the series has no times, how many of the first
        values it saw; None where it learned nothing beforehand.
        """

    def forecast(self, history: Series, horizon: int, levels: Sequence[float]) -> Forecast:
        """Continue a series.

        Args:
            history: all that is known.
            horizon: how many steps, at least 1.
            levels: (Q,), growing; the forecast has exactly these.

        Raises:
            RnntuiError: it cannot: the history is too short, say.
        """


@runtime_checkable
class Trainable(Forecaster, Protocol):
    """A forecaster that can be fitted, and fitted again."""

    def fit(self, series: Series) -> Forecaster:
        """Return one fitted on a series, on nothing else; this one stays as it is."""
