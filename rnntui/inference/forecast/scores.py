"""What a backtest found, as tables print it and JSON carries it."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnntui.inference.forecast import metrics
from rnntui.inference.forecast.bootstrap import Interval

Values = NDArray[np.float64]

BANDS = {"coverage_50": (0.25, 0.75), "coverage_80": (0.1, 0.9), "coverage_95": (0.025, 0.975)}


@dataclass(frozen=True)
class Scores:
    """Of some forecasts; `metrics` has the formulas. None where nothing could be measured."""

    mae: float | None
    rmse: float | None
    mase: float | None
    crps: float | None
    coverage_50: float | None
    coverage_80: float | None
    coverage_95: float | None

    def plain(self) -> dict[str, Any]:
        """Return the figures by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True)
class StepScores:
    """Of the forecasts so many steps ahead."""

    step: int
    """From 1."""
    scores: Scores
    naive_mae: float | None
    seasonal_naive_mae: float | None
    skill: float | None
    """1 - MAE / MAE of repeating the last value, at this step."""


@dataclass(frozen=True)
class Baseline:
    """A rival, on the same origins."""

    name: str
    scores: Scores | None
    """None where it could not forecast."""
    note: str = ""
    """Why it could not, or what it left out."""


@dataclass(frozen=True, eq=False)
class Origins:
    """Every forecast of a backtest, for drawing. n origins, Q levels, H steps."""

    at: NDArray[np.int64]
    """(n,): how many values were known."""
    times: NDArray[np.datetime64] | None
    """(n,): of the last known value; None without dates."""
    levels: tuple[float, ...]
    quantiles: Values
    """(n, Q, H)."""
    median: Values
    """(n, H)."""
    actual: Values
    """(n, H): what came; NaN where it was filled in."""
    naive: Values
    """(n, H): the last known value."""


@dataclass(frozen=True, eq=False)
class Backtest:
    """What a backtest found. The fields up to `skill_interval` are those of `--json`."""

    origins: int
    season: int
    train_until: str | int | None
    """The last time, or how many of the first values, that the model was fitted on; None where
    nothing was fitted."""
    mae: float
    rmse: float
    mase: float | None
    crps: float
    coverage_50: float
    coverage_80: float
    coverage_95: float
    naive_mae: float
    naive_rmse: float
    seasonal_naive_mae: float
    skill: float | None
    """1 - mae / naive_mae; None where the naive forecast does not err."""
    skill_interval: Interval | None
    """Of 95 %; None with too few origins."""
    forecaster: str
    horizon: int
    every: int
    """Steps from one origin to the next."""
    refitted: bool
    """Whether it was fitted anew at every origin."""
    verdict: str
    """In plain words, against repeating the last value."""
    seasonal_skill: float | None
    seasonal_skill_interval: Interval | None
    seasonal_verdict: str
    """In plain words, against repeating the last season; "" without a season."""
    steps: tuple[StepScores, ...]
    """(H,)."""
    baselines: tuple[Baseline, ...]
    notes: tuple[str, ...]
    all_origins: Origins

    def to_json(self) -> dict[str, Any]:
        """Return all but the single forecasts, for `--json`."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "all_origins"}
        plain["steps"] = [_step(row) for row in self.steps]
        plain["baselines"] = [
            {"name": row.name, **(row.scores.plain() if row.scores else {}), "note": row.note}
            for row in self.baselines
        ]
        return plain


def _step(row: StepScores) -> dict[str, Any]:
    return {
        "step": row.step,
        **row.scores.plain(),
        "naive_mae": row.naive_mae,
        "seasonal_naive_mae": row.seasonal_naive_mae,
        "skill": row.skill,
    }


def scored(
    actual: Values, quantiles: Values, levels: tuple[float, ...], median: Values, scale: float
) -> Scores:
    """Score some forecasts.

    Args:
        actual: (n, H) or (n,); NaN where nothing was measured.
        quantiles: (n, Q, H) or (n, Q).
        levels: (Q,), the deciles and the ends of `BANDS` among them.
        median: as `actual`.
        scale: of MASE.
    """
    if np.isnan(actual).all():
        return Scores(None, None, None, None, None, None, None)
    row = {level: quantiles[:, levels.index(level)] for level in levels}
    error = metrics.mae(actual, median)
    bands = {name: metrics.coverage(actual, row[a], row[b]) for name, (a, b) in BANDS.items()}
    return Scores(
        mae=error,
        rmse=metrics.rmse(actual, median),
        mase=None if math.isnan(scale) else metrics.mase(error, scale),
        crps=metrics.crps(actual, {level: row[level] for level in metrics.DECILES}),
        **bands,
    )
