"""The baselines' errors on the five series, against sums done here from the files alone."""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path

import pytest

from rnntui.data.series.options import SeriesOptions
from rnntui.data.series.reading import load_series
from rnntui.inference.forecast.backtest import backtest
from rnntui.inference.forecast.baselines import Naive
from rnntui.inference.forecast.origins import Plan

CORPORA = os.environ.get("RNNTUI_DATA", "")  # before the tests' own home hides it

SERIES = {
    "airline-passengers": ("airline-passengers.csv", "Passengers", 12, 12),
    "daily-min-temperatures": ("daily-min-temperatures.csv", "Temp", 365, 14),
    "monthly-sunspots": ("monthly-sunspots.csv", "Sunspots", 132, 12),
    "djia": ("DJI_2000_2020.csv", "Close", 1, 10),
}
"""File, column, season, horizon."""


def column(file: str, name: str) -> list[float]:
    with Path(CORPORA, file).open(newline="") as opened:
        return [float(row[name]) for row in csv.DictReader(opened)]


def by_hand(values: list[float], season: int, horizon: int, every: int) -> dict[str, float]:
    """The definitions, one number after another."""
    fitted = len(values) * 4 // 5
    errors: dict[str, list[float]] = {"naive": [], "seasonal naive": [], "drift": []}
    for origin in range(fitted, len(values) - horizon + 1, every):
        slope = (values[origin - 1] - values[0]) / (origin - 1)
        for step in range(1, horizon + 1):
            came = values[origin + step - 1]
            back = -(-step // season) * season  # as many whole seasons as it takes
            errors["naive"].append(came - values[origin - 1])
            errors["seasonal naive"].append(came - values[origin + step - 1 - back])
            errors["drift"].append(came - values[origin - 1] - slope * step)
    steps = [abs(values[t] - values[t - season]) for t in range(season, fitted)]
    scale = sum(steps) / len(steps)
    found = {}
    for name, row in errors.items():
        found[name] = sum(map(abs, row)) / len(row)
        found[f"{name} rmse"] = math.sqrt(sum(e * e for e in row) / len(row))
        found[f"{name} mase"] = found[name] / scale
    return found


def check(series, values: list[float], season: int, horizon: int, every: int = 3) -> None:
    hand = by_hand(values, season, horizon, every)
    found = backtest(Naive(), series, Plan(horizon, every=every, auto_ets=False))
    assert found.season == season
    assert found.naive_mae == pytest.approx(hand["naive"])
    assert found.naive_rmse == pytest.approx(hand["naive rmse"])
    assert found.seasonal_naive_mae == pytest.approx(hand["seasonal naive"])
    for row in found.baselines[:-1]:
        assert row.scores is not None
        assert row.scores.mae == pytest.approx(hand[row.name])
        assert row.scores.rmse == pytest.approx(hand[f"{row.name} rmse"])
        assert row.scores.mase == pytest.approx(hand[f"{row.name} mase"])
    assert found.skill == 0


def test_on_the_cosine():
    check(load_series("cosine"), [math.cos(k) for k in range(200)], 1, 10)


@pytest.mark.skipif(not CORPORA, reason="RNNTUI_DATA names no folder of corpora")
@pytest.mark.parametrize("name", SERIES)
def test_on_the_series_of_files(monkeypatch, name):
    file, title, season, horizon = SERIES[name]
    monkeypatch.setenv("RNNTUI_DATA", CORPORA)
    # Two days that the temperatures lack are left out here: the file alone does not know of them.
    series = load_series(name, SeriesOptions(missing="drop"))
    check(series, column(file, title), season, horizon)


@pytest.mark.skipif(not CORPORA, reason="RNNTUI_DATA names no folder of corpora")
def test_on_the_chapter_s_dow_jones_the_last_price_again_scores_what_is_known():
    """Mean squared error of windows of 10 divided by their last price, the last 30 %."""
    prices = load_series(str(Path(CORPORA, "DJI_2001_2017.csv"))).values
    windows = len(prices) - 10
    first = int(0.7 * windows)
    errors = [(prices[t + 10] / prices[t + 9] - 1) ** 2 for t in range(first, windows)]
    assert sum(errors) / len(errors) == pytest.approx(5.2641e-05, rel=2e-3)
