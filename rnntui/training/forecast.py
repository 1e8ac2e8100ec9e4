"""The forecasting task: a series, and a network that learns to continue its windows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from rnntui.checkpoints.config import Config, DataConfig
from rnntui.checkpoints.forecasting import BAND, SeriesConfig
from rnntui.inference.forecast.calibration import (
    ENOUGH,
    gap_factors,
    independent,
    offsets_of,
    persistence_of,
    widened,
)
from rnntui.inference.forecast.levels import score_of
from rnntui.inference.forecast.metrics import mae, rmse
from rnntui.inference.forecast.windows import Windows
from rnntui.networks.exchange import export_weights
from rnntui.networks.forecaster import ForecastNetwork, pinball_loss
from rnntui.recipes.forecast import ForecastRecipe
from rnntui.recipes.schema import as_dict
from rnntui.runs.history import Evaluation
from rnntui.runs.predictions import Predictions, section
from rnntui.training.events import Data, Event, Forecasted
from rnntui.training.ranks import Alone
from rnntui.training.series_data import SeriesData
from rnntui.training.task import Check, Keep

_BATCH = 512
"""Windows read at once when none is trained on."""
_SHOWN = 400
"""Periods of the validation part that are shown at most, the last ones."""


class ForecastTask:
    """A `Task`: the windows of a series in random order, and a forecaster.

    After each validation the band is calibrated on it, and checkpoints hold the factors of the
    quantiles' gaps in the output layer's bias; the network itself trains on undisturbed.

    Args:
        recipe: the run's.
        data: the series and its parts.
        device: where the network lives.
    """

    accuracy = None
    """A forecast is never right, only near."""

    def __init__(self, recipe: ForecastRecipe, data: SeriesData, device: torch.device) -> None:
        self.recipe = recipe
        self.series = data
        self.device = device
        self.ranks = Alone()
        self.quantiles = recipe.levels if recipe.loss == "quantile" else ()
        self.factors = np.zeros(len(self.quantiles))
        self.fitted: dict[str, Any] = {}
        self.figures: dict[str, float] = {}
        self.generator = torch.Generator(device).manual_seed(recipe.seed)
        config = self.config({})
        self.network = ForecastNetwork(config, self.generator, recipe.truncate)
        self.levels = torch.tensor(self.quantiles, device=device)
        self.windows = Windows.of(config, data.series)
        self.gaps = bool(np.isnan(self.windows.measured).any())
        self.data = Data(
            name=data.series.name,
            sha256=data.sha256,
            parts=(len(data.train), len(data.val), data.test_points),
            unit="windows",
            vocabulary=0,
        )

    def config(self, metrics: Mapping[str, Any]) -> Config:
        """What a checkpoint of this run says of itself."""
        data = self.series
        return Config(
            task="forecast",
            network=self.recipe.network(),
            data=DataConfig(data.series.name, data.sha256, self.recipe.split),
            recipe=as_dict(self.recipe),
            metrics={**metrics, **(self.figures if "val_loss" in metrics else {})},
            scaling=data.scaling,
            quantiles=self.quantiles,
            horizon=self.recipe.horizon,
            season=data.season if data.season > 1 else None,
            series=self._series_config(),
        )

    def _series_config(self) -> SeriesConfig:
        return msgspec.structs.replace(self.series.config, **self.fitted)

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """The network's weights by a checkpoint's names, the calibration in the output layer."""
        weights = export_weights(self.network)
        if self.factors.any():
            factors = np.tile(self.factors, self.recipe.horizon).astype(np.float32)
            weights["head.bias"] = weights["head.bias"] + factors
        return weights

    def steps(self, epoch: int) -> int:
        """Steps in an epoch."""
        return max(1, -(-len(self.series.train) // self.recipe.batch_size))

    def loss(self, epoch: int, step: int, precision: str) -> tuple[Tensor, int]:
        """Read a batch of windows; return its mean loss, and how many windows those are."""
        order = np.random.default_rng((self.recipe.seed, epoch)).permutation(self.series.train)
        first = step * self.recipe.batch_size
        origins = order[first : first + self.recipe.batch_size]
        return self._loss(origins, precision), len(origins)

    def _loss(self, origins: NDArray[np.int64], precision: str) -> Tensor:
        scaled = self.windows.scaled(origins)
        wanted = self._tensor(self.windows.targets(origins, scaled))
        inputs = self._tensor(self.windows.inputs(origins, scaled).transpose(1, 0, 2))
        with torch.autocast(self.device.type, torch.bfloat16, enabled=precision == "bf16"):
            forecast = self.network(inputs).float()
        return self._score(forecast, wanted)

    def _score(self, forecast: Tensor, wanted: Tensor) -> Tensor:
        """Return the mean loss of what was measured; of filled values nothing is learned."""
        if self.gaps:
            known = ~wanted.isnan()
            forecast, wanted = forecast[known], wanted[known]  # (K, Q) or (K,), (K,)
        if self.quantiles:
            return pinball_loss(forecast, wanted, self.levels)
        return functional.mse_loss(forecast, wanted)

    def _tensor(self, array: NDArray[Any]) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, np.float32)).to(self.device)

    def probe(self, precision: str) -> None:
        """Do a short piece of a step's work, for measuring; leaves nothing changed."""
        masks = self.generator.get_state()
        self._loss(self.series.train[: self.recipe.batch_size], precision).backward()  # type: ignore[no-untyped-call]
        self.network.zero_grad(set_to_none=True)
        self.generator.set_state(masks)

    def carried(self) -> dict[str, Tensor]:
        """The calibration, for checkpoints written before the next validation."""
        found = {"factors": self.factors, **self.fitted}
        return {name: torch.tensor(value, dtype=torch.float64) for name, value in found.items()}

    def carry(self, tensors: Mapping[str, Tensor]) -> None:
        """Set the calibration to what `carried` returned."""
        self.factors = tensors["factors"].cpu().numpy()
        self.fitted = {
            name: _tuples(tensor.tolist()) for name, tensor in tensors.items() if name != "factors"
        }

    @torch.no_grad()
    def _read(self, origins: NDArray[np.int64], check: Check) -> NDArray[np.float64]:
        """Return the network's forecasts, uncalibrated: (n, H, Q), or (n, H) of points."""
        self.network.eval()
        parts = []
        try:
            for first in range(0, len(origins), _BATCH):
                check()
                some = origins[first : first + _BATCH]
                inputs = self.windows.inputs(some, self.windows.scaled(some))
                outputs = self.network(self._tensor(inputs.transpose(1, 0, 2)))
                parts.append(outputs.double().cpu().numpy())
        finally:
            self.network.train()
        return np.concatenate(parts)

    def validate(self, check: Check) -> float | None:
        """Read the validation part, calibrate the band on it, and return the loss with that."""
        origins = self.series.val
        if not len(origins):
            return None
        scaled = self.windows.scaled(origins)
        wanted = self.windows.targets(origins, scaled)
        found = self._read(origins, check)
        if self.quantiles:
            found = self._calibrated(found, wanted, check)
        else:
            offsets = offsets_of(wanted - found, BAND)
            self.fitted = {
                "offsets": _tuples(offsets.tolist()),
                "persistence": self._persistence(found[..., None] + offsets, wanted, BAND),
            }
        median = found[..., self.quantiles.index(0.5)] if self.quantiles else found
        self.figures = self._figures(origins, median)
        return float(self._score(torch.from_numpy(found), torch.from_numpy(wanted)))

    def _calibrated(
        self, found: NDArray[np.float64], wanted: NDArray[np.float64], check: Check
    ) -> NDArray[np.float64]:
        """Fit the factors, and return the validation part's quantiles with them."""
        if self.recipe.calibrate:
            said, came = found, wanted
            if independent(wanted) < ENOUGH:
                # Too few to tell anything: what was trained on is better than chance.
                train = self.series.train
                said = np.concatenate([self._read(train, check), found])
                came = np.concatenate(
                    [self.windows.targets(train, self.windows.scaled(train)), wanted]
                )
            self.factors = gap_factors(said, came, self.quantiles)
            found = widened(found, self.factors, self.quantiles)
        self.fitted = {"persistence": self._persistence(found, wanted, self.quantiles)}
        return found

    def _persistence(
        self, found: NDArray[np.float64], wanted: NDArray[np.float64], levels: tuple[float, ...]
    ) -> tuple[float, ...]:
        places = [score_of(found[:, h], levels, wanted[:, h]) for h in range(wanted.shape[1])]
        return tuple(persistence_of(np.stack(places, 1)).tolist())

    def _figures(self, origins: NDArray[np.int64], median: NDArray[np.float64]) -> dict[str, float]:
        """Errors on the validation part, all steps, beside those of repeating the last value."""
        scaled = self.windows.scaled(origins)
        actual = self.windows.actual(origins)
        own = self.windows.frames.restored(scaled, median)
        naive = self.windows.values[origins - 1][:, None]
        figures = {
            "val_mae": mae(actual, own),
            "val_rmse": rmse(actual, own),
            "val_naive_mae": mae(actual, naive),
            "val_naive_rmse": rmse(actual, naive),
        }
        if self.series.scaling == "last":
            for name, said in (("val_mse_scaled", own), ("val_naive_mse_scaled", naive)):
                figures[name] = float(np.nanmean(((said - actual) / scaled.unit) ** 2))
        return figures

    def show(self, line: Evaluation, *, last: bool, check: Check, keep: Keep) -> Iterator[Event]:
        """Show forecasts beside what came: after `show_at` epochs, and at the end."""
        if not (last or line.epoch == self.recipe.show_at):
            return
        shown = self._predictions(line, check)
        if shown:
            keep(section(shown))
            yield Forecasted(line.epoch, shown, self.figures)

    def _predictions(self, line: Evaluation, check: Check) -> Predictions | None:
        """One step ahead over the end of the validation part, or of what was trained on."""
        origins = self.series.val if len(self.series.val) else self.series.train
        places = np.arange(max(origins[0], origins[-1] + 1 - _SHOWN), origins[-1] + 1)
        origins = origins[origins >= places[0]]
        found = self._read(origins, check)
        scaled = self.windows.scaled(origins)
        if self.quantiles:
            found = widened(found, self.factors, self.quantiles)
            levels = list(self.quantiles)
        else:
            offsets = np.array(self.fitted.get("offsets", np.zeros((found.shape[1], len(BAND)))))
            found = np.concatenate([found[..., None] + offsets, found[..., None]], 2)
            levels = [*BAND, 0.5]
        restored = self.windows.frames.restored(scaled, found[:, :1])[:, 0]
        low, high = _nearest(levels, 0.1), _nearest(levels, 0.9)
        middle = len(levels) - 1 if not self.quantiles else levels.index(0.5)
        times = self.series.series.times
        return Predictions(
            step=line.step,
            epoch=line.epoch,
            first=int(places[0]),
            begins="" if times is None else str(times[places[0]]),
            ends="" if times is None else str(times[places[-1]]),
            levels=(levels[low], levels[high]),
            actual=_shown(places, places, self.windows.measured[places]),
            predicted=_shown(places, origins, restored[:, middle]),
            low=_shown(places, origins, restored[:, low]),
            high=_shown(places, origins, restored[:, high]),
        )

    def warnings(self) -> tuple[str, ...]:
        """What a person should know of this series and this recipe."""
        return self.series.notes


def _tuples(values: Any) -> Any:
    return tuple(map(_tuples, values)) if isinstance(values, list) else values


def _shown(
    places: NDArray[np.int64], at: NDArray[np.int64], values: NDArray[np.float64]
) -> tuple[float | None, ...]:
    """Return values at some of the places, None at the others and for NaN."""
    found = dict(zip(at.tolist(), values.tolist(), strict=True))
    return tuple(None if math.isnan(v := found.get(p, math.nan)) else v for p in places.tolist())


def _nearest(levels: list[float], wanted: float) -> int:
    return min(range(len(levels)), key=lambda place: abs(levels[place] - wanted))
