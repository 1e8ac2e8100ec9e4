"""A forecaster fitted on the spot: a series in, a model out, no run folder kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from rnntui.checkpoints.folder import read_checkpoint
from rnntui.data.series.series import Series
from rnntui.inference.forecast.interface import Forecast
from rnntui.inference.forecast.model import ForecastModel, build_forecast_model
from rnntui.recipes.forecast import ForecastRecipe
from rnntui.recipes.schema import changed
from rnntui.runs.folder import RunFolder
from rnntui.training.events import Event
from rnntui.training.forecast import ForecastTask
from rnntui.training.loop import Training
from rnntui.training.series_data import prepare
from rnntui.training.series_fitting import fitted_to_series

_SPLIT = (0.8, 0.2, 0.0)
"""All of what is handed over is learned from: the last fifth chooses the weights and the band."""


def _ignore(_: Event) -> None:
    pass


class Fitter:
    """A network that is fitted wherever it is needed: a `Trainable`.

    Args:
        chosen: recipe keys that somebody chose; the others are fitted to the series.
        horizon: steps that will be asked for; 0 leaves them to the series.
        watch: told a training's events.
    """

    train_until = None

    def __init__(
        self,
        chosen: Mapping[str, Any] | None = None,
        horizon: int = 0,
        watch: Callable[[Event], None] = _ignore,
    ) -> None:
        self._chosen = dict(chosen or {})
        self._horizon = horizon
        self._watch = watch

    @property
    def name(self) -> str:
        """What tables call it."""
        return f"{self._chosen.get('cell', 'gru')} fitted here"

    def recipe(self, series: Series) -> ForecastRecipe:
        """Return the recipe by which a series would be fitted."""
        fitted = fitted_to_series(series, self._chosen, self._horizon)
        fitted |= {"split": _SPLIT, "covariates": tuple(series.covariates)}
        return changed(ForecastRecipe(), {**fitted, **self._chosen})

    def fit(self, series: Series) -> ForecastModel:
        """Return a model fitted on a series, all of it.

        Raises:
            CorpusError: it is too short, or constant.
            RecipeError: what was chosen contradicts itself, or the series.
        """
        recipe = self.recipe(series)
        recipe.check()
        task = ForecastTask(recipe, prepare(recipe, series), torch.device("cpu"))
        threads = torch.get_num_threads()
        try:
            with TemporaryDirectory(prefix="rnntui-") as place:
                folder = RunFolder(Path(place) / "run")
                for event in Training(task, folder, resumed=False).run():
                    self._watch(event)
                found = folder.checkpoint()
                assert found
                checkpoint = read_checkpoint(found)
        finally:
            torch.set_num_threads(threads)
        return build_forecast_model(checkpoint.config, checkpoint.weights, self.name, recipe.seed)

    def forecast(self, history: Series, horizon: int, levels: Any) -> Forecast:
        """Fit on what is known, and continue it."""
        return self.fit(history).forecast(history, horizon, levels)
