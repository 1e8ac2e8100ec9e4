"""The inputs of a forecaster, for any places of a series: values, clocks, lags, covariates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.config import Config
from rnntui.data.series.series import Series
from rnntui.errors import CorpusError
from rnntui.inference.compiled import Floats
from rnntui.inference.forecast.clock import Times, clock
from rnntui.inference.forecast.frames import Frames, Scaled, Values, untransformable
from rnntui.inference.forecast.measured import measured_values


@dataclass(frozen=True)
class Windows:
    """A series, ready to be cut into windows."""

    frames: Frames
    values: Values
    """(T,)."""
    measured: Values
    """(T,): NaN where a value was filled in."""
    hands: Values
    """(T + ahead, 2 * cycles): of the clocks."""
    covariates: Values
    """(T + ahead, covariates)."""

    @classmethod
    def of(cls, config: Config, series: Series, ahead: int = 0) -> Windows:
        """Prepare a series.

        Args:
            config: the forecaster's.
            series: with the covariates it reads.
            ahead: periods beyond the series that windows will reach, with values of the caller's.
                Covariates stay at their last values there, since nobody knows better.

        Raises:
            CorpusError: a covariate is missing, or dates are.
        """
        assert config.series
        places = np.arange(len(series) + ahead)
        times = extended(series, ahead)
        hands = clock(config.series.cycles, places, times, config.season or 1)
        rows = []
        for name in config.series.covariates:
            if name not in series.covariates:
                raise CorpusError(
                    f"the model reads the column {name!r} beside, and {series.name} has none",
                    f"give --covariate {name}, or another model",
                )
            row = series.covariates[name]
            rows.append(np.concatenate([row, np.repeat(row[-1:], ahead)]))
        covariates = np.stack(rows, 1) if rows else np.zeros((len(places), 0))
        return cls(Frames.of(config), series.values, measured_values(series), hands, covariates)

    def origins(self, begin: int, end: int) -> NDArray[np.int64]:
        """The origins whose targets all lie in [begin, end) and whose windows are whole.

        An origin is the number of values that are known; its first target is the value there.
        """
        first = max(begin, self.frames.need)
        return np.arange(first, end - self.frames.horizon + 1)

    def readable(self, origins: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of some origins whose windows and targets the model's transform can take."""
        refused = untransformable(self.values, self.frames.series.transform)
        before = np.concatenate([[0], np.cumsum(refused)])  # the refused among the first n
        first, end = origins - self.frames.need, origins + self.frames.horizon
        clean: NDArray[np.int64] = origins[before[end] == before[first]]
        return clean

    def scaled(self, origins: NDArray[np.int64]) -> Scaled:
        """Scale the windows before some origins (B,)."""
        need = self.frames.need
        return self.frames.scale(self.values[origins[:, None] + np.arange(-need, 0)])

    def targets(self, origins: NDArray[np.int64], scaled: Scaled) -> Values:
        """Return what the network should put out: (B, H), NaN where a value was filled in."""
        return self.frames.targets(scaled, self.actual(origins))

    def actual(self, origins: NDArray[np.int64]) -> Values:
        """Return the values that came: (B, H), NaN where one was filled in."""
        values: Values = self.measured[origins[:, None] + np.arange(self.frames.horizon)]
        return values

    def inputs(self, origins: NDArray[np.int64], scaled: Scaled) -> Floats:
        """Return what the network reads of scaled windows: (B, N, F).

        Args:
            origins: (B,); or (1,), where the windows are several paths at one time.
            scaled: of B windows.
        """
        places = origins[:, None] + np.arange(-self.frames.window, 0)
        others = [self.hands[places], self._covariates(places)]
        shape = (len(scaled.window), self.frames.window)
        hands, covariates = (np.broadcast_to(p, (*shape, p.shape[2])) for p in others)
        parts = [scaled.window[..., None], hands, scaled.lagged, covariates]
        return np.concatenate(parts, 2).astype(np.float32)

    def _covariates(self, places: NDArray[np.int64]) -> Values:
        windows = self.covariates[places]  # (B, N, K)
        spread: Values = windows.std(1, keepdims=True)
        centred: Values = windows - windows.mean(1, keepdims=True)
        scaled: Values = centred / np.where(spread > 1e-12, spread, 1.0)
        return scaled


def extended(series: Series, ahead: int) -> Times | None:
    """Return a series' times and the next `ahead` ones: (T + ahead,); None without dates."""
    if series.times is None or not ahead:
        return series.times
    later = series.future_times(ahead)
    if later is None:  # no frequency: on at the usual pace
        step = np.median(np.diff(series.times).astype(np.int64)) if len(series) > 1 else 1
        seconds = (np.arange(1, ahead + 1) * step).astype("timedelta64[s]")
        later = series.times[-1] + seconds
    return np.concatenate([series.times, later])
