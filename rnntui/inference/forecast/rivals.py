"""The baselines of a backtest, rolled over the same origins as the forecaster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rnntui.data.series.levels import LEVELS
from rnntui.data.series.series import Series
from rnntui.errors import RnntuiError
from rnntui.inference.forecast import autoets
from rnntui.inference.forecast.baselines import Drift, Naive, SeasonalNaive
from rnntui.inference.forecast.interface import Forecast, Forecaster
from rnntui.inference.forecast.origins import Plan
from rnntui.inference.forecast.scores import Baseline, scored

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rivals:
    """The forecasts of the baselines, from the same origins."""

    rows: tuple[Baseline, ...]
    naive: Values
    """(n, H)."""
    seasonal: Values
    """(n, H)."""


def ask(forecaster: Forecaster, history: Series, horizon: int) -> Forecast:
    """Ask for a forecast and see that it is the one that was asked for."""
    said = forecaster.forecast(history, horizon, LEVELS)
    if said.levels != LEVELS or said.horizon != horizon:
        raise ValueError(f"{forecaster.name} forecast other levels or steps than asked for")
    return said


def rivals_of(
    series: Series, plan: Plan, origins: list[int], actual: Values, scale: float, fitted_part: int
) -> Rivals:
    contenders: list[Forecaster] = [Naive(), SeasonalNaive(), Drift()]
    if series.season == 1:
        del contenders[1]
    rows, medians = [], {}
    for contender in contenders:
        row, median = _baseline(contender, series, plan, origins, actual, scale)
        rows.append(row)
        medians[contender.name] = median
    rows.append(_auto_ets(series, plan, origins, actual, scale, fitted_part))
    naive = medians[Naive.name]
    assert naive is not None
    seasonal = medians.get(SeasonalNaive.name)
    return Rivals(tuple(rows), naive, naive if seasonal is None else seasonal)


def _baseline(
    contender: Forecaster, series: Series, plan: Plan, origins: Sequence[int], actual: Values,
    scale: float,
) -> tuple[Baseline, Values | None]:  # fmt: skip
    """Return a rival's row, and its medians (n, H)."""
    try:
        said = np.array(
            [ask(contender, series.head(origin), plan.horizon).values for origin in origins]
        )
    except RnntuiError as error:
        return Baseline(contender.name, None, error.what), None
    median = said[:, LEVELS.index(0.5)]
    return Baseline(contender.name, scored(actual, said, LEVELS, median, scale)), median


def _auto_ets(
    series: Series, plan: Plan, origins: list[int], actual: Values, scale: float, fitted_part: int
) -> Baseline:
    """Fit AutoETS once, on the fitted part, and roll it on."""
    if not plan.auto_ets:
        return Baseline(autoets.NAME, None, "left out")
    if not autoets.installed():
        return Baseline(autoets.NAME, None, autoets.HOW_TO_INSTALL)
    try:
        contender = autoets.AutoETS().fit(series.head(fitted_part))
    except RnntuiError as error:
        return Baseline(autoets.NAME, None, error.what)
    row, _ = _baseline(contender, series, plan, origins, actual, scale)
    return replace(row, note=row.note or contender.note)
