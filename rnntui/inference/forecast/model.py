"""A network that forecasts, as a `Forecaster`: directly as far as it puts out, by paths beyond.

**Within its horizon** all quantiles of all steps come from one reading of the window.

**Beyond it** the future is sampled: each path draws a whole horizon from the quantiles, is appended
to the history, and read again. Inside a horizon, a path's place in the distributions moves from
step to step as the errors did on the validation part (`persistence`): a chain of normal scores,
that is, a Gaussian copula. The quantiles of the paths are the forecast.

**The band's width** follows how the last forecasts on the same series held (`adapting`), as far as
these are of values that the network has not learned from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.config import Config, parameter_count
from rnntui.checkpoints.forecasting import BAND, SeriesConfig
from rnntui.data.series.series import Series
from rnntui.errors import BadOption, CheckpointError, CorpusError
from rnntui.inference.forecast.adapting import ORIGINS, followed, stretched
from rnntui.inference.forecast.frames import Scaled, Values
from rnntui.inference.forecast.interface import Forecast, values_seen
from rnntui.inference.forecast.levels import at_levels, drawn, quantiles_of
from rnntui.inference.forecast.measured import after_measured
from rnntui.inference.forecast.network import ForecastNetwork, Readings
from rnntui.inference.forecast.windows import Windows

LONGEST = 10_000
"""Steps: beyond, a forecast says nothing, and takes minutes."""
_PATHS, _FEWER, _LONG = 400, 120, 1_000
"""How many paths are drawn, and of horizons longer than a thousand."""


@dataclass(frozen=True)
class ForecastModel:
    """A network that continues series."""

    name: str
    config: Config
    network: ForecastNetwork
    seed: int = field(default=1)
    """Of the paths."""
    adapts: bool = field(default=True)
    """Whether the band follows how the last forecasts held."""
    readings: Readings = field(default_factory=Readings, compare=False, repr=False)
    """Of the windows that tell it."""

    @property
    def parameters(self) -> int:
        """Number of trained parameters."""
        return parameter_count(self.config)

    @property
    def series(self) -> SeriesConfig:
        """How it reads a series."""
        assert self.config.series
        return self.config.series

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantiles it puts out, or those of a point forecaster's band."""
        return self.config.quantiles or BAND

    @property
    def train_until(self) -> np.datetime64 | int | None:
        """The time of the last value it learned from, or how many those were, or None."""
        if self.series.train_until:
            return np.datetime64(self.series.train_until, "s")
        return self.series.train_points or None

    def quantiles(self, windows: Windows, origins: NDArray[np.int64]) -> tuple[Scaled, Values]:
        """Return scaled windows, and the network's quantiles of them: (B, H, Q).

        Args:
            windows: of a series.
            origins: (B,).
        """
        scaled = windows.scaled(origins)
        return scaled, self._read(windows, origins, scaled)

    def _read(self, windows: Windows, origins: NDArray[np.int64], scaled: Scaled) -> Values:
        return self._quantiles(self.network.outputs(windows.inputs(origins, scaled)))

    def _quantiles(self, raw: Values) -> Values:
        if not np.isfinite(raw).all():
            raise CheckpointError(
                "the model overflows on this series", "train another on it, or let --fit do so"
            )
        if self.config.quantiles:
            return quantiles_of(raw, self.config.quantiles.index(0.5))
        return raw + (np.array(self.series.offsets) if self.series.offsets else np.zeros(len(BAND)))

    def forecast(self, history: Series, horizon: int, levels: Sequence[float]) -> Forecast:
        """Continue a series.

        Args:
            history: all that is known.
            horizon: how many steps, at most 10,000.
            levels: (Q,), growing.

        Raises:
            BadOption: the horizon is not to be had.
            CorpusError: the history is too short, or lacks what the model reads beside it.
            CheckpointError: the model cannot take its values.
        """
        if not 1 <= horizon <= LONGEST:
            raise BadOption(f"a horizon of {horizon:,} steps", f"ask for one from 1 to {LONGEST:,}")
        windows = self._windows(history)
        own = self.network.horizon
        with np.errstate(over="ignore", invalid="ignore"):
            width = self._width(windows, history)
            values = self._direct(windows, levels, width)[:, : min(own, horizon)]
            if horizon > own:
                later = np.quantile(self.paths(history, horizon, width=width), levels, 0)[:, own:]
                values = np.concatenate([values, later], 1)
        if not np.isfinite(values).all():
            step = int(np.argmin(np.isfinite(values).all(0)))
            raise BadOption(
                f"the forecast leaves all bounds after {step} steps", "ask for a shorter horizon"
            )
        return Forecast(tuple(levels), np.maximum.accumulate(values, 0))

    def check(self, history: Series) -> None:
        """Raise CorpusError unless the history is long enough for one window."""
        self._windows(history)

    def _windows(self, history: Series) -> Windows:
        windows = Windows.of(self.config, history)
        if len(history) < windows.frames.need:
            raise CorpusError(
                f"{history.name} has {len(history)} values, {self.name} reads "
                f"{windows.frames.need}",
                "bring a longer series, or train a model with a shorter --window",
            )
        return windows

    def replaced(self, history: Series, since: int | None = None) -> str:
        """Return what to tell of the scale of the last window, "" for nothing.

        Args:
            history: all that is known.
            since: tell it of every window that ends after so many values, too.
        """
        windows = Windows.of(self.config, history)
        first = len(history) if since is None else max(since, windows.frames.need)
        origins = np.arange(min(first, len(history)), len(history) + 1)
        count = int(windows.scaled(origins).replaced.sum())
        if not count:
            return ""
        which = "the window is" if since is None else f"{count:,} of {len(origins):,} windows are"
        how = "its standard deviation" if since is None else "their standard deviations"
        return (
            f"{self.name} divides by the last value, and some values are not positive: "
            f"{which} divided by {how} instead"
        )

    def width(self, history: Series) -> float:
        """Return what its band is multiplied by, after the last forecasts on a series.

        1.0 where none of them can be judged: all was learned from, or nobody can tell what was.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            return self._width(Windows.of(self.config, history), history)

    def _width(self, windows: Windows, history: Series) -> float:
        seen = values_seen(self.train_until, history)
        if not self.adapts or seen is None:
            return 1.0
        origins = windows.readable(windows.origins(seen, len(history)))
        origins = after_measured(history, origins)[-ORIGINS:]
        if not len(origins):
            return 1.0
        scaled = windows.scaled(origins)
        raw = self.readings.outputs(self.network, windows.inputs(origins, scaled))
        actual = windows.targets(origins, scaled)
        finite = np.isfinite(raw).all((1, 2))
        return followed(self._quantiles(raw[finite]), actual[finite], self.levels)

    @property
    def _median(self) -> int:
        return self.levels.index(0.5)

    def _direct(self, windows: Windows, levels: Sequence[float], width: float) -> Values:
        scaled, quantiles = self.quantiles(windows, np.array([len(windows.values)]))
        wanted = at_levels(stretched(quantiles, width, self._median), self.levels, levels)
        restored: Values = windows.frames.restored(scaled, wanted)[0].T  # (Q, H)
        return restored

    def paths(
        self, history: Series, horizon: int, count: int | None = None, width: float = 1.0
    ) -> Values:
        """Draw paths of the future: (count, horizon), the same for the same seed.

        Args:
            history: all that is known.
            horizon: how many steps.
            count: how many paths; None for as many as a forecast draws.
            width: what the band of each step is multiplied by.
        """
        count = count or (_PATHS if horizon <= _LONG else _FEWER)
        random = np.random.default_rng(self.seed)
        windows = Windows.of(self.config, history, horizon)
        frames, own = windows.frames, self.network.horizon
        blocks = math.ceil(horizon / own)
        known = np.empty((count, frames.need + blocks * own))
        known[:, : frames.need] = history.values[-frames.need :]
        for block in range(blocks):
            end = frames.need + block * own
            scaled = frames.scale(known[:, end - frames.need : end])
            known_at = np.array([len(history) + block * own])
            quantiles = stretched(self._read(windows, known_at, scaled), width, self._median)
            places = self._places(random, count)
            steps = [drawn(quantiles[:, h], self.levels, places[:, h]) for h in range(own)]
            known[:, end : end + own] = frames.restored(scaled, np.stack(steps, 1))
            if not np.isfinite(known[:, end : end + own]).all():
                known[:, end:] = np.nan
                break
        return known[:, frames.need : frames.need + horizon]

    def _places(self, random: np.random.Generator, count: int) -> Values:
        """(count, H): normal scores along one horizon of each path."""
        own = self.network.horizon
        persistence = self.series.persistence or (0.0,) * (own - 1)
        fresh = random.standard_normal((own, count))
        places = [fresh[0]]
        for step, correlation in enumerate(persistence, 1):
            new = math.sqrt(1 - correlation**2) * fresh[step]
            places.append(correlation * places[-1] + new)
        return np.stack(places, 1)


def build_forecast_model(
    config: Config, weights: Mapping[str, NDArray[np.floating]], name: str, seed: int = 1
) -> ForecastModel:
    """Make a model from weights in memory, which are copied.

    Args:
        config: of a forecaster.
        weights: by the names of `tensor_shapes`.
        name: for messages.
        seed: of the paths it draws.

    Raises:
        CheckpointError: it is no model that forecasts.
    """
    if config.task != "forecast":
        raise CheckpointError(f"{name} is a model for {config.task}", "name one that forecasts")
    return ForecastModel(name, config, ForecastNetwork.build(config, weights), seed)
