"""From the end of a series to what a forecaster's network reads, and from its outputs back.

Four steps, each undone exactly: a transform of every value, a seasonal difference, a scale for each
window, and one shift and unit for all windows. Training and inference share this module, and a
series read once (B = 1) goes the same way as a hundred sampled paths.

With v the transformed values (differenced, if so), c and u the window's centre and unit, and the
network's output z of step h:

    v(T + h) = c + u * (shift + unit * (z + anchor)),   anchor = the window's last input, or 0

after which the value of one season before T + h is added, and the transform inverted. All of it
grows with z, so that quantiles stay quantiles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.config import Config
from rnntui.checkpoints.forecasting import Scaling, SeriesConfig
from rnntui.errors import CheckpointError

Values = NDArray[np.float64]

_TINY = 1e-12


@dataclass(frozen=True)
class Scaled:
    """B windows as the network sees them, and the way back. N is the window, H the horizon."""

    window: Values
    """(B, N): the scaled values."""
    lagged: Values
    """(B, N, lags): the scaled values so many periods before each."""
    centre: Values
    """(B, 1): of each window."""
    unit: Values
    """(B, 1)."""
    base: Values
    """(B, H): what a seasonal difference took away; zeros without one."""
    replaced: NDArray[np.bool_]
    """(B,): windows scaled otherwise than asked, since they hold values that are not positive."""


@dataclass(frozen=True)
class Frames:
    """How a forecaster cuts and scales windows."""

    window: int
    horizon: int
    season: int
    scaling: Scaling
    series: SeriesConfig

    @classmethod
    def of(cls, config: Config) -> Frames:
        """Take a forecaster's."""
        series, window = config.series, config.network.window
        assert series and window and config.horizon and config.scaling
        return cls(window, config.horizon, config.season or 1, config.scaling, series)

    @property
    def need(self) -> int:
        """How many values one forecast reads."""
        before = max(self.series.lags, default=0)
        return self.window + before + (self.season if self.series.difference else 0)

    def scale(self, history: Values) -> Scaled:
        """Scale the ends of B series.

        Args:
            history: (B, L), L >= `need`, finite.
        """
        values = transformed(history[:, -self.need :], self.series.transform)
        base = np.zeros((len(values), self.horizon))
        if self.series.difference:
            base = values[:, -self.season :][:, : self.horizon]
            values = values[:, self.season :] - values[:, : -self.season]
        window = values[:, -self.window :]
        centre, unit, replaced = self._scale_of(window)
        scaled = ((values - centre) / unit - self.series.shift) / self.series.unit
        return Scaled(scaled[:, -self.window :], self._lagged(scaled), centre, unit, base, replaced)

    def _scale_of(self, window: Values) -> tuple[Values, Values, NDArray[np.bool_]]:
        """Centre (B, 1), unit (B, 1), and which rows (B,) another scale had to serve."""
        zeros, ones = np.zeros((len(window), 1)), np.ones((len(window), 1))
        replaced = np.zeros(len(window), bool)
        match self.scaling:
            case "last":
                last = window[:, -1:]
                replaced = np.asarray((window <= 0).any(1))
                other = _positive(window.std(1, keepdims=True)) / self.series.spread
                return last, np.where(replaced[:, None], other, last), replaced
            case "standard":
                unit = _positive(window.std(1, keepdims=True))
                return window.mean(1, keepdims=True), unit, replaced
            case "mean-absolute":
                return zeros, _positive(np.abs(window).mean(1, keepdims=True)), replaced
            case "none":
                return zeros, ones, replaced

    def _lagged(self, scaled: Values) -> Values:
        end = scaled.shape[1]
        parts = [scaled[:, end - lag - self.window : end - lag] for lag in self.series.lags]
        if not parts:
            return np.zeros((len(scaled), self.window, 0))
        return np.stack(parts, 2)

    def targets(self, scaled: Scaled, future: Values) -> Values:
        """Return what the network should put out: (B, H), the inverse of `restored`.

        Args:
            scaled: of the values before.
            future: (B, H), the values that came.
        """
        values = transformed(future, self.series.transform) - scaled.base
        values = (values - scaled.centre) / scaled.unit
        return (values - self.series.shift) / self.series.unit - self._anchor(scaled)

    def restored(self, scaled: Scaled, outputs: Values) -> Values:
        """Return values in the series' own units.

        Args:
            scaled: the windows that the network read.
            outputs: (B, h) or (B, h, Q), for the first h steps.
        """
        steps = outputs.shape[1]
        parts = [self._anchor(scaled), scaled.unit, scaled.centre, scaled.base[:, :steps]]
        if outputs.ndim == 3:
            parts = [part[..., None] for part in parts]
        anchor, unit, centre, base = parts
        values = (outputs + anchor) * self.series.unit + self.series.shift
        return inverted(values * unit + centre + base, self.series.transform)

    def _anchor(self, scaled: Scaled) -> Values:
        last = scaled.window[:, -1:]
        return last if self.series.anchor else np.zeros_like(last)


def _positive(unit: Values) -> Values:
    """Return units, those of a constant window as 1: it has nothing to scale."""
    return np.where(unit > _TINY, unit, 1.0)


def transformed(values: Values, transform: str) -> Values:
    """Apply a transform.

    Raises:
        CheckpointError: values it cannot take.
    """
    if transform == "none":
        return values
    if (bad := untransformable(values, transform)).any():
        raise CheckpointError(
            f"the model reads the {'logarithms' if transform == 'log' else 'roots'} of a series, "
            f"which {values[bad].flat[0]:g} has none of",
            "train another on this series, or let --fit do so",
        )
    return np.sqrt(values) if transform == "sqrt" else np.log(values)


def untransformable(values: Values, transform: str) -> NDArray[np.bool_]:
    """Tell which values a transform cannot take."""
    if transform == "none":
        return np.zeros(values.shape, bool)
    refused: NDArray[np.bool_] = values < 0 if transform == "sqrt" else values <= 0
    return refused


def inverted(values: Values, transform: str) -> Values:
    """Undo a transform. What lies below zero is no root of anything, and taken as zero."""
    if transform == "sqrt":
        return np.maximum(values, 0.0) ** 2
    return np.exp(values) if transform == "log" else values
