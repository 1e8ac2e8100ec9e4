"""The honest score of a forecaster: rolling origins in the last part of a series, beside baselines.

At each origin the forecaster is handed a copy of what is known there, says what comes next, and is
compared with what came, in the series' own units. Nothing before the fitted part's end is scored,
nor anything that a trained model says it has seen, nor a value that was filled in.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rnntui.data.series.levels import LEVELS
from rnntui.data.series.series import Series
from rnntui.display import one_line
from rnntui.errors import BadOption, CorpusError
from rnntui.inference.forecast import metrics
from rnntui.inference.forecast.bootstrap import Interval, block_length, skill_interval, verdict
from rnntui.inference.forecast.interface import Forecast, Forecaster, Trainable
from rnntui.inference.forecast.leaks import check_leaks, probes
from rnntui.inference.forecast.measured import measured_values
from rnntui.inference.forecast.origins import Plan, choose_origins, trained_until, with_season
from rnntui.inference.forecast.rivals import Rivals, ask, rivals_of
from rnntui.inference.forecast.scores import Backtest, Origins, StepScores, scored

Values = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Told how many origins are done, and of how many."""


def _ignore(_done: int, _all: int) -> None:
    pass


def backtest(
    forecaster: Forecaster, series: Series, plan: Plan, progress: Progress = _ignore
) -> Backtest:
    """Test a forecaster.

    One that can be fitted and has learned nothing yet is fitted on the first part.

    Args:
        forecaster: any.
        series: the whole.
        plan: how.
        progress: told how far it is.

    Raises:
        CorpusError: the series is too short, or nothing in it is unseen.
        BadOption: a refit of what cannot be fitted.
        LeakError: the forecaster knows the future.
        RnntuiError: it cannot forecast this series.
    """
    notes: list[str] = []
    fitted_part = plan.fitted_part(len(series))
    known = with_season(series, fitted_part, notes)
    ready = _fitted(forecaster, known.head(fitted_part), plan)
    origins, every = choose_origins(ready, known, plan, fitted_part, notes)
    asked_twice = set(probes(origins))
    first: dict[int, Forecast] = {}
    rows = []
    for done, origin in enumerate(origins, 1):
        history = known.head(origin)
        if plan.refit:
            ready = _refitted(forecaster, history)
        said = ask(ready, history, plan.horizon)
        if origin in asked_twice:
            first[origin] = said
        rows.append(said.values)
        progress(done, len(origins))
    # Refitted, it is another forecaster at each origin; only the last of them is at hand.
    if plan.check_leaks:
        last = {origins[-1]: first[origins[-1]]}
        check_leaks(ready, series, known, last if plan.refit else first, LEVELS)
    return _report(ready, known, plan, origins, every, np.array(rows), fitted_part, notes)


def _fitted(forecaster: Forecaster, part: Series, plan: Plan) -> Forecaster:
    if plan.refit:
        if not isinstance(forecaster, Trainable):
            name = one_line(forecaster.name, 40)
            raise BadOption(f"{name} cannot be fitted", "leave --refit out")
        return forecaster
    if isinstance(forecaster, Trainable) and forecaster.train_until is None:
        return forecaster.fit(part)
    return forecaster


def _refitted(forecaster: Forecaster, history: Series) -> Forecaster:
    assert isinstance(forecaster, Trainable)
    return forecaster.fit(history)


def _report(
    forecaster: Forecaster, series: Series, plan: Plan, origins: list[int], every: int,
    quantiles: Values, fitted_part: int, notes: list[str],
) -> Backtest:  # fmt: skip
    measured = measured_values(series)
    at = np.array(origins)
    actual = measured[at[:, None] + np.arange(plan.horizon)]  # (n, H)
    if np.isnan(actual).all():
        raise CorpusError(
            f"nothing in the last part of {one_line(series.name, 40)} was measured",
            "bring a series with fewer gaps, or choose --missing drop",
        )
    scale = metrics.seasonal_naive_error(measured[:fitted_part], series.season)
    median = quantiles[:, LEVELS.index(0.5)]
    all_scores = scored(actual, quantiles, LEVELS, median, scale)
    rivals = rivals_of(series, plan, origins, actual, scale, fitted_part)
    block = block_length(len(origins), plan.horizon, every)
    skill, interval = _compared(actual, median, rivals.naive, block, plan.seed)
    seasonal, seasonal_interval = _compared(actual, median, rivals.seasonal, block, plan.seed)
    apart = (origins[-1] - origins[0]) // plan.horizon + 1
    if interval and apart < 5:
        notes.append(f"of all windows, only {apart} lie apart: the interval is rough")
    has_season = series.season > 1
    return Backtest(
        origins=len(origins),
        season=series.season,
        train_until=trained_until(forecaster, series),
        **all_scores.plain(),
        naive_mae=metrics.mae(actual, rivals.naive),
        naive_rmse=metrics.rmse(actual, rivals.naive),
        seasonal_naive_mae=metrics.mae(actual, rivals.seasonal),
        skill=skill,
        skill_interval=interval,
        forecaster=forecaster.name,
        horizon=plan.horizon,
        every=every,
        refitted=plan.refit,
        verdict=verdict(skill, interval, "repeating the last value", len(origins)),
        seasonal_skill=seasonal if has_season else None,
        seasonal_skill_interval=seasonal_interval if has_season else None,
        seasonal_verdict=verdict(
            seasonal, seasonal_interval, "repeating the last season", len(origins)
        )
        if has_season
        else "",
        steps=_steps(actual, quantiles, rivals, scale),
        baselines=rivals.rows,
        notes=tuple(notes),
        all_origins=Origins(
            at,
            None if series.times is None else series.times[at - 1],
            LEVELS,
            quantiles,
            median,
            actual,
            rivals.naive,
        ),
    )


def _compared(
    actual: Values, median: Values, rival: Values, block: int, seed: int
) -> tuple[float | None, Interval | None]:
    """Return the skill against a rival, and its interval."""
    known = ~np.isnan(actual)
    error = np.where(known, np.abs(actual - median), 0.0).sum(1)
    reference = np.where(known, np.abs(actual - rival), 0.0).sum(1)
    return (
        metrics.skill(float(error.sum()), float(reference.sum())),
        skill_interval(error, reference, block, seed),
    )


def _steps(
    actual: Values, quantiles: Values, rivals: Rivals, scale: float
) -> tuple[StepScores, ...]:
    rows = []
    for step in range(actual.shape[1]):
        came, median = actual[:, step], quantiles[:, LEVELS.index(0.5), step]
        scores = scored(came, quantiles[:, :, step], LEVELS, median, scale)
        if scores.mae is None:
            rows.append(StepScores(step + 1, scores, None, None, None))
            continue
        naive = metrics.mae(came, rivals.naive[:, step])
        seasonal = metrics.mae(came, rivals.seasonal[:, step])
        gained = metrics.skill(scores.mae, naive)
        rows.append(StepScores(step + 1, scores, naive, seasonal, gained))
    return tuple(rows)
