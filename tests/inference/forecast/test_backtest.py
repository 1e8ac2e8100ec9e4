"""A backtest scores what comes after the fitted part, and only what nobody can have seen."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from rnntui.data.series.levels import LEVELS
from rnntui.data.series.series import Series
from rnntui.errors import BadOption, CorpusError
from rnntui.inference.forecast.backtest import backtest
from rnntui.inference.forecast.baselines import Drift, Naive, SeasonalNaive, normal_band
from rnntui.inference.forecast.leaks import LeakError
from rnntui.inference.forecast.origins import Plan

CONTRACT = (
    "origins season train_until mae rmse mase crps coverage_50 coverage_80 coverage_95 "
    "naive_mae naive_rmse seasonal_naive_mae skill skill_interval"
)


def walk(count=120, season=1, seed=0, dates=True) -> Series:
    values = 100 + np.cumsum(np.random.default_rng(seed).normal(size=count))
    days = np.datetime64("2020-01-01", "s") + np.arange(count) * np.timedelta64(1, "D")
    return Series("walk", "v", values, days if dates else None, "D" if dates else "", season)


@dataclass
class Remembering:
    """Naive, and remembers what it was handed."""

    name: str = "remembering"
    train_until: np.datetime64 | int | None = None
    handed: list[Series] = field(default_factory=list)
    fitted_on: list[Series] = field(default_factory=list)

    def forecast(self, history, horizon, levels):
        self.handed.append(history)
        return Naive().forecast(history, horizon, levels)

    def fit(self, series):
        self.fitted_on.append(series)
        return replace(self, train_until=len(series))


def test_the_figures_are_those_done_by_hand():
    squares = Series("squares", "v", np.arange(10.0) ** 2)
    found = backtest(Naive(), squares, Plan(2, fraction=0.5))
    # From 5, 6, 7 and 8 values on: 9 + 11 + 13 + 15 one step ahead, 20 + 24 + 28 + 32 two.
    assert found.origins == 4
    assert found.mae == found.naive_mae == 152 / 8
    assert found.rmse == found.naive_rmse == pytest.approx(np.sqrt((596 + 2784) / 8))
    assert found.mase == 19 / 4  # the first five values: steps of 1, 3, 5, 7
    assert [row.scores.mae for row in found.steps] == [12, 26]
    assert (found.skill, found.skill_interval) == (0, None)
    assert found.all_origins.at.tolist() == [5, 6, 7, 8]
    assert found.all_origins.actual.tolist() == [[25, 36], [36, 49], [49, 64], [64, 81]]


def test_the_seasonal_figures_are_those_done_by_hand():
    values = np.tile([0.0, 10.0, 20.0], 8) + np.repeat(np.arange(8.0), 3)
    found = backtest(SeasonalNaive(), Series("saw", "v", values, season=3), Plan(3, fraction=0.5))
    assert found.mae == found.seasonal_naive_mae == 1  # each season lies one above the last
    assert found.mase == 1
    assert found.seasonal_verdict.startswith("no better than repeating the last season")
    assert found.verdict.startswith("better than repeating the last value")


def test_json_has_the_fields_of_the_contract_and_no_nan():
    plain = backtest(Drift(), walk(season=7), Plan(5)).to_json()
    assert list(plain)[:15] == CONTRACT.split()
    again = json.loads(json.dumps(plain, allow_nan=False))
    assert len(again["steps"]) == 5
    assert [row["name"] for row in again["baselines"]][:3] == ["naive", "seasonal naive", "drift"]


def test_a_forecaster_is_handed_copies_of_the_past_alone():
    series, forecaster = walk(), Remembering(train_until=10)
    found = backtest(forecaster, series, Plan(4))
    assert [len(history) for history in forecaster.handed[: found.origins]] == list(range(96, 117))
    for history in forecaster.handed[: found.origins]:
        assert np.array_equal(history.values, series.values[: len(history)])
        assert history.values.base is None
        assert history.times is not None and len(history.times) == len(history)
    assert np.array_equal(walk().values, series.values)  # nor is the series changed by the tests


def test_what_can_be_fitted_is_fitted_once_on_the_first_part():
    forecaster = Remembering()
    found = backtest(forecaster, walk(), Plan(4))
    assert [len(part) for part in forecaster.fitted_on] == [96]
    assert found.train_until == "2020-04-05"
    assert not found.refitted


def test_or_at_every_origin_on_what_is_known_there():
    forecaster = Remembering()
    found = backtest(forecaster, walk(), Plan(4, refit=True, every=5))
    assert [len(part) for part in forecaster.fitted_on] == [96, 101, 106, 111, 116]
    assert found.refitted and found.every == 5
    with pytest.raises(BadOption, match="cannot be fitted"):
        backtest(Naive(), walk(), Plan(4, refit=True))


@pytest.mark.parametrize("until", [110, np.datetime64("2020-04-19", "s")], ids=["count", "time"])
def test_what_a_model_was_trained_on_is_never_scored(until):
    found = backtest(Remembering(train_until=until), walk(), Plan(4))
    assert found.all_origins.at.tolist() == list(range(110, 117))
    assert found.train_until == "2020-04-19"
    assert "14 origins before left out" in found.notes[0]


def test_a_model_that_has_seen_all_is_not_scored():
    for until in (118, 10**9, np.datetime64("2030-01-01", "s")):
        with pytest.raises(CorpusError, match="come after the part that is fitted"):
            backtest(Remembering(train_until=until), walk(), Plan(4))


def test_without_dates_a_time_tells_nothing():
    with pytest.raises(CorpusError, match="has no dates"):
        until = np.datetime64("2020-01-01", "s")
        backtest(Remembering(train_until=until), walk(dates=False), Plan(4))


def test_what_was_filled_in_is_not_scored_and_nothing_starts_from_it():
    filled = np.zeros(120, bool)
    filled[[100, 110]] = True
    values = walk().values.copy()
    values[[100, 110]] = 1e9
    found = backtest(Naive(), replace(walk(), values=values, filled=filled), Plan(1))
    assert {101, 111}.isdisjoint(found.all_origins.at)
    assert np.isnan(found.all_origins.actual).sum() == 2
    assert found.mae < 10
    assert "2 origins right after a filled value left out" in found.notes


def test_many_origins_are_thinned_unless_asked_for():
    long = walk(6000, dates=False)
    assert backtest(Naive(), long, Plan(1)).origins == 600  # every second of 1,200
    assert backtest(Naive(), long, Plan(1, every=1)).origins == 1200


@pytest.mark.parametrize("plan", [{"horizon": 0}, {"horizon": 1, "fraction": 1.0},
                                  {"horizon": 1, "every": -1}], ids=str)  # fmt: skip
def test_a_plan_that_makes_no_sense_is_told(plan):
    with pytest.raises(BadOption):
        Plan(**plan)


def test_a_horizon_beyond_the_end_is_told():
    with pytest.raises(CorpusError, match=r"24 of them come after .* a horizon of 10,000 needs"):
        backtest(Naive(), walk(), Plan(10_000))


def test_a_season_longer_than_the_fitted_part_is_left_out():
    found = backtest(Naive(), walk(season=100), Plan(2))
    assert found.season == 1
    assert "shorter than a season" in found.notes[0]


def test_an_interval_of_few_windows_is_rough_and_without_one_nothing_is_said():
    rough = "of all windows, only 4 lie apart: the interval is rough"
    assert rough in backtest(Naive(), walk(), Plan(6)).notes
    assert backtest(Naive(), walk(), Plan(6, every=100)).notes == ()


def test_a_constant_series_has_no_scale_and_no_skill():
    found = backtest(Naive(), Series("flat", "v", np.full(50, 3.0)), Plan(2))
    assert (found.mae, found.mase, found.skill) == (0, None, None)
    assert "already exact" in found.verdict
    json.dumps(found.to_json(), allow_nan=False)


# Forecasters that know more than they may.


@dataclass
class Reading:
    """Looks up what comes next in the series it was made with."""

    series: Series
    noise: float = 0.0
    name: str = "reading"
    train_until: int | None = None

    def forecast(self, history, horizon, levels):
        at = len(history)
        random = np.random.default_rng(at)
        ahead = self.series.values[at : at + horizon] + self.noise * random.normal(size=horizon)
        return normal_band(ahead, np.full(horizon, 0.1), levels)


def test_one_that_reads_on_in_the_series_is_caught():
    series = walk()
    with pytest.raises(LeakError, match="sees the future"):
        backtest(Reading(series, noise=1.0), series, Plan(3))
    assert np.array_equal(series.values, walk().values)
    assert not series.values.flags.writeable


def test_one_that_scales_by_the_whole_series_is_caught():
    class Scaled(Reading):
        def forecast(self, history, horizon, levels):
            toward = 0.9 * history.values[-1] + 0.1 * self.series.values.mean()
            return normal_band(np.full(horizon, toward), np.ones(horizon), levels)

    series = walk()
    with pytest.raises(LeakError, match="sees the future"):
        backtest(Scaled(series), series, Plan(3))


def test_one_that_took_a_copy_is_caught():
    with pytest.raises(LeakError, match="from elsewhere"):
        backtest(Reading(walk()), walk(), Plan(3))


def test_one_that_keeps_what_it_was_handed_is_caught():
    longest: list[Series] = []

    class Keeping(Reading):
        def forecast(self, history, horizon, levels):
            longest[:] = [max([history, *longest], key=len)]
            return Naive().forecast(longest[0], horizon, levels)

    with pytest.raises(LeakError, match="asked again"):
        backtest(Keeping(walk()), walk(), Plan(3))


def test_one_that_draws_without_a_seed_is_caught():
    random = np.random.default_rng()

    class Drawing(Reading):
        def forecast(self, history, horizon, levels):
            return normal_band(random.normal(size=horizon), np.ones(horizon), levels)

    with pytest.raises(LeakError, match="seed what it draws"):
        backtest(Drawing(walk()), walk(), Plan(3))


def test_an_honest_one_that_is_exact_is_no_leak():
    """y(t + 1) = 2 cos(1) y(t) - y(t - 1): all of a cosine follows from two values."""

    class Exact(Reading):
        def forecast(self, history, horizon, levels):
            known = list(history.values[-2:])
            for _ in range(horizon):
                known.append(2 * np.cos(1) * known[-1] - known[-2])
            return normal_band(np.array(known[2:]), np.full(horizon, 1e-9), levels)

    cosine = Series("cosine", "v", np.cos(np.arange(200.0)))
    found = backtest(Exact(cosine), cosine, Plan(5))
    assert found.mae < 1e-9
    assert found.verdict.startswith("better than repeating the last value")


def test_the_levels_asked_for_are_enough_for_every_figure():
    said = Naive().forecast(walk(), 3, LEVELS)
    assert {0.025, 0.25, 0.5, 0.75, 0.975, *np.arange(1, 10) / 10} == set(said.levels)
