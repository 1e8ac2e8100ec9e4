"""From where a backtest forecasts: where the forecaster has seen nothing of what comes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from rnntui.data.series.mending import shown
from rnntui.data.series.series import Series
from rnntui.display import one_line
from rnntui.errors import BadOption, CorpusError
from rnntui.inference.forecast.interface import Forecaster, values_seen
from rnntui.inference.forecast.measured import after_measured

MOST = 1000
"""Origins, where nobody says how far apart they are."""


@dataclass(frozen=True)
class Plan:
    """How to test.

    Raises:
        BadOption: a value that makes no sense.
    """

    horizon: int
    """Steps ahead; each has a row of its own in the table."""
    every: int = 0
    """Steps from one origin to the next; 0 takes 1, or as many as leave a thousand origins."""
    fraction: float = 0.8
    """The part that is fitted and never scored."""
    refit: bool = False
    """Fit anew at every origin, on all that is known there; else once, on the fitted part."""
    auto_ets: bool = True
    """Whether AutoETS is a baseline where statsforecast is installed."""
    check_leaks: bool = True
    """Whether the forecaster is tested for knowing the future."""
    seed: int = 0
    """Of the bootstrap."""

    def __post_init__(self) -> None:
        if self.horizon < 1:
            raise BadOption("a backtest looks a step ahead or more", "choose --horizon 1 or more")
        if self.every < 0:
            raise BadOption(f"--every is {self.every}", "give 1 or more; 0 lets it choose")
        if not 0 < self.fraction < 1:
            raise BadOption(
                f"--fraction is {self.fraction:g}",
                "the fitted part is a share between 0 and 1; 0.8 is usual",
            )

    def fitted_part(self, count: int) -> int:
        """How many of the first of `count` values are fitted and never scored."""
        return int(count * self.fraction + 1e-9)


def with_season(series: Series, fitted_part: int, notes: list[str]) -> Series:
    """Return the series without a season that the fitted part is too short for."""
    if series.season == 1 or fitted_part > series.season:
        return series
    notes.append(f"the fitted part is shorter than a season of {series.season:,}: none is used")
    return replace(series, season=1)


def choose_origins(
    forecaster: Forecaster, series: Series, plan: Plan, fitted_part: int, notes: list[str]
) -> tuple[list[int], int]:
    """Return the numbers of known values from which to forecast, and the steps between them.

    Args:
        forecaster: fitted, unless the plan fits it anew at each.
        series: the whole.
        plan: how.
        fitted_part: how many of the first values are never scored.
        notes: told what was left out.

    Raises:
        CorpusError: none is left.
    """
    begin = fitted_part
    seen = 0 if plan.refit else _seen(forecaster, series)
    if seen > fitted_part:
        begin = seen
        notes.append(
            f"{one_line(forecaster.name, 40)} was trained until "
            f"{trained_until(forecaster, series)}: {_origins(seen - fitted_part)} before left out"
        )
    end = len(series) - plan.horizon
    if begin < 2 or end < begin:
        left = len(series) - begin
        raise CorpusError(
            f"{one_line(series.name, 40)} has {len(series):,} values, and {left:,} of them come "
            f"after the part that is fitted; a horizon of {plan.horizon:,} needs more",
            "choose a shorter --horizon, bring later values, or fit a model here by --fit"
            if seen > fitted_part
            else "choose a shorter --horizon, or bring a longer series",
        )
    every = plan.every or math.ceil((end - begin + 1) / MOST)
    origins = list(range(begin, end + 1, every))
    whole = after_measured(series, np.array(origins)).tolist()
    if len(whole) < len(origins):
        notes.append(f"{_origins(len(origins) - len(whole))} right after a filled value left out")
    if not whole:
        raise CorpusError(
            f"the last part of {one_line(series.name, 40)} is filled in, not measured",
            "bring a series with fewer gaps, or choose --missing drop",
        )
    return whole, every


def _origins(count: int) -> str:
    return "an origin" if count == 1 else f"{count:,} origins"


def _seen(forecaster: Forecaster, series: Series) -> int:
    """Return how many of the first values a forecaster was trained on."""
    count = values_seen(forecaster.train_until, series)
    if count is None:
        raise CorpusError(
            f"{one_line(forecaster.name, 40)} was trained until "
            f"{trained_until(forecaster, series)}, and {one_line(series.name, 40)} has no dates: "
            "what it has not seen cannot be told",
            "bring a file with dates, or fit a model here by --fit",
        )
    return count


def trained_until(forecaster: Forecaster, series: Series) -> str | int | None:
    """Return until when a forecaster was trained, as JSON has it."""
    until = forecaster.train_until
    if until is None:
        return None
    if isinstance(until, int):
        at = 0 < until <= len(series)
        return shown(series.times[until - 1]) if at and series.times is not None else until
    return shown(until)
