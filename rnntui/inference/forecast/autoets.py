"""AutoETS, the strongest of the usual baselines, where the package statsforecast is installed.

Exponential smoothing whose kind of error, trend and season is chosen by the corrected AIC (Hyndman
and Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., 8.6). It is fitted once, on the
fitted part, and rolled on over later values with its parameters as they are.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnntui.data.series.series import Series
from rnntui.errors import CorpusError, MissingExtra
from rnntui.inference.forecast.interface import Forecast

NAME = "AutoETS"
HOW_TO_INSTALL = "not installed: pip install statsforecast"
_LONGEST = 24
"""The longest season that it takes; with a longer one it is fitted without any."""


def installed() -> bool:
    """Return whether statsforecast can be imported, without importing it: that takes seconds."""
    return importlib.util.find_spec("statsforecast") is not None


@dataclass(frozen=True, eq=False)
class AutoETS:
    """AutoETS of statsforecast, fitted or to be."""

    model: Any = None
    """Of statsforecast; None before `fit`."""
    note: str = ""
    """What it left out."""
    name: str = NAME
    train_until: int | None = None

    def fit(self, series: Series) -> AutoETS:
        """Return one fitted on a series.

        Raises:
            MissingExtra: statsforecast is not installed.
            CorpusError: it finds no model for the series.
        """
        if not installed():
            raise MissingExtra("AutoETS needs statsforecast", "run: pip install statsforecast")
        season, note = series.season, ""
        if season > _LONGEST:
            season, note = 1, f"fitted without the season, which is longer than {_LONGEST}"
        try:
            models = importlib.import_module("statsforecast.models")
            model = models.AutoETS(season_length=season).fit(series.values.copy())
        except Exception as error:  # whatever an optional package raises, it has no forecast
            raise CorpusError(f"no model fits: {type(error).__name__}", "leave it out") from None
        return AutoETS(model, note, train_until=len(series))

    def forecast(self, history: Series, horizon: int, levels: Sequence[float]) -> Forecast:
        """Continue a series that begins as the fitted one.

        Raises:
            CorpusError: it is not fitted, or the forecast is no number.
        """
        if self.model is None:
            raise CorpusError("AutoETS is not fitted", "fit it on a series first")
        widths = sorted({round(abs(1 - 2 * level) * 100, 6) for level in levels if level != 0.5})
        said = self.model.forward(history.values.copy(), h=horizon, level=widths)
        rows = [_row(said, level) for level in levels]
        values = np.maximum.accumulate(np.array(rows, np.float64), axis=0)
        if not np.isfinite(values).all():
            raise CorpusError("its forecast is no number", "leave it out")
        return Forecast(tuple(levels), values)


def _row(said: dict[str, Any], level: float) -> Any:
    """The quantile of a level, as one end of the band that leaves out as much on either side."""
    if level == 0.5:
        return said["mean"]
    width = round(abs(1 - 2 * level) * 100, 6)
    side = "lo" if level < 0.5 else "hi"
    for key, row in said.items():
        begin, _, end = key.partition("-")
        if begin == side and float(end) == width:
            return row
    raise KeyError(f"{side}-{width}")
