"""A model continues a series: directly, by paths beyond; refusals say what to do."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

import rnntui
from rnntui.checkpoints.config import Config, Network, parse_config
from rnntui.checkpoints.folder import config_json, write_checkpoint
from rnntui.checkpoints.forecasting import BAND, SeriesConfig
from rnntui.data.series.series import Series
from rnntui.errors import BadOption, CheckpointError, CorpusError
from rnntui.inference.forecast.interface import Forecaster
from rnntui.inference.forecast.model import build_forecast_model
from rnntui.inference.forecast.remarks import remarks_on
from tests.conftest import random_weights

LEVELS = (0.1, 0.5, 0.9)


def config(horizon: int = 3, quantiles: tuple[float, ...] = LEVELS, **series) -> Config:
    shape = Network("gru", layers=1, hidden=5, reads="window", window=6, pooling="last")
    own = {"unit": 0.5, "persistence": (0.7,) * (horizon - 1), "train_points": 20} | series
    return Config(
        "forecast", shape, scaling="standard", quantiles=quantiles, horizon=horizon, season=4,
        series=SeriesConfig(**own),
    )  # fmt: skip


def model(made: Config | None = None, seed: int = 1):
    made = made or config()
    return build_forecast_model(made, random_weights(made), "small", seed)


def series(count: int = 30, **more) -> Series:
    times = (np.datetime64("2020-01") + np.arange(count)).astype("datetime64[s]")
    values = 10 + np.random.default_rng(2).normal(0, 1, count).cumsum()
    return Series("walk", "value", values, times, "M", 4, **more)


def test_a_loaded_model_is_a_forecaster(tmp_path):
    made = config(train_until="2021-08-01T00:00:00")
    write_checkpoint(tmp_path / "m", made, random_weights(made))
    found = rnntui.load(tmp_path / "m")
    assert isinstance(found, Forecaster)
    assert found.train_until == np.datetime64("2021-08-01", "s")
    assert model().train_until == 20
    said = found.forecast(series(), 2, LEVELS)
    assert np.array_equal(said.values, model(made).forecast(series(), 3, LEVELS).values[:, :2])


def test_only_the_end_of_a_history_counts():
    whole = series()
    end = Series("walk", "value", whole.values[-6:], whole.times[-6:], "M", 4)
    fixed = replace(model(), adapts=False)
    said = [fixed.forecast(history, 3, LEVELS).values for history in (whole, end)]
    assert said[0] == pytest.approx(said[1])


@pytest.mark.parametrize("quantiles", [LEVELS, ()])
def test_beyond_its_horizon_paths_are_drawn_the_same_for_the_same_seed(quantiles):
    made = config(quantiles=quantiles)
    if not quantiles:
        offsets = tuple(tuple(np.linspace(-1, 1, len(BAND)).tolist()) for _ in range(3))
        made = msgspec.structs.replace(
            made, series=msgspec.structs.replace(made.series, offsets=offsets)
        )
    one, two, other = (model(made, seed).forecast(series(), 10, LEVELS) for seed in (1, 1, 2))
    assert one.values.shape == (3, 10)
    assert np.array_equal(one.values, two.values)
    assert np.array_equal(one.values[:, :3], other.values[:, :3])
    assert not np.array_equal(one.values[:, 3:], other.values[:, 3:])


def test_paths_follow_the_quantiles_within_the_horizon():
    found = model()
    direct = found.forecast(series(), 3, LEVELS).values
    drawn = np.quantile(found.paths(series(), 3, 4000), LEVELS, 0)
    assert drawn == pytest.approx(direct, abs=0.15 * np.ptp(direct))
    steps = np.argsort(np.argsort(found.paths(series(), 3, 4000), 0), 0)
    assert np.corrcoef(steps[:, 0], steps[:, 1])[0, 1] == pytest.approx(0.7, abs=0.06)


def test_a_horizon_of_ten_thousand_works():
    said = model(config(horizon=64, cycles=("year", "season"))).forecast(series(), 10_000, LEVELS)
    assert said.horizon == 10_000


def test_a_horizon_beyond_that_is_refused():
    for horizon in (0, 10_001):
        with pytest.raises(BadOption, match="ask for one from 1 to 10,000"):
            model().forecast(series(), horizon, LEVELS)


def test_a_forecast_that_leaves_all_bounds_is_refused():
    made = config(transform="log", difference=True, horizon=3, unit=1e4)
    made = msgspec.structs.replace(made, scaling="none")
    with pytest.raises(BadOption, match="leaves all bounds after"):
        model(made).forecast(series(), 9, LEVELS)


def test_what_a_model_cannot_read_is_told():
    with pytest.raises(CorpusError, match="walk has 5 values, small reads 6"):
        model().forecast(series(5), 1, LEVELS)
    with pytest.raises(CorpusError, match="reads the column 'oil' beside"):
        model(config(covariates=("oil",))).forecast(series(), 1, LEVELS)
    undated = Series("walk", "value", series().values)
    with pytest.raises(CorpusError, match="reads the year, and the series has no dates"):
        model(config(cycles=("year",))).forecast(undated, 1, LEVELS)
    below = Series("walk", "value", series().values - 30)
    with pytest.raises(CheckpointError, match="logarithms of a series"):
        model(config(transform="log")).forecast(below, 1, LEVELS)


def test_covariates_beyond_the_series_stay_at_their_last_values():
    made = config(covariates=("oil",))
    oil = np.arange(30.0)
    said = model(made).forecast(series(covariates={"oil": oil}), 8, LEVELS)
    assert np.isfinite(said.values).all()
    other = series(covariates={"oil": np.arange(30.0)[::-1]})
    assert not np.array_equal(said.values, model(made).forecast(other, 8, LEVELS).values)


def test_a_ratio_to_the_last_value_says_where_it_cannot_be_had():
    made = msgspec.structs.replace(config(spread=0.05), scaling="last")
    assert model(made).replaced(series()) == ""
    below = Series("walk", "value", series().values - 30)
    assert "divided by its standard deviation instead" in model(made).replaced(below)
    assert np.isfinite(model(made).forecast(below, 5, LEVELS).values).all()


def test_and_says_so_of_every_window_of_a_backtest():
    made = msgspec.structs.replace(config(spread=0.05), scaling="last")
    values = series().values.copy()
    values[15] = -1.0
    dipped = Series("walk", "value", values)
    assert model(made).replaced(dipped) == ""
    assert "6 of 19 windows are divided by their standard" in model(made).replaced(dipped, 12)
    assert model(made).replaced(dipped, 22) == ""
    assert model(made).replaced(dipped, 30) == ""


def test_what_a_model_did_not_learn_is_remarked():
    daily = Series("walk", "value", series().values, series().times, "D", 7)
    assert remarks_on(model(config(frequency="M", train_points=30)), daily, 3) == [
        "small learned another pace: monthly, this is daily"
    ]
    assert remarks_on(model(config(train_points=30)), daily, 4) == [
        "after 3 steps by sampled paths", "small learned a season of 4, this has 7"
    ]  # fmt: skip
    assert remarks_on(model(config(train_points=30)), series(), 3) == []
    (band,) = remarks_on(model(), series(), 3)
    assert band.startswith("the band is 13 % wider than learned: the last ones on this series held")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"quantiles": (0.1, 0.9)}, "must hold the median"),
        ({"quantiles": (0.5, 0.1)}, "must grow"),
        ({"scaling": None}, "must say its scaling"),
        ({"horizon": 5}, "persistence must have a number"),
        ({"season": 2, "series": SeriesConfig(difference=True)}, "season of at least"),
        ({"series": SeriesConfig(unit=0.0)}, "finite and positive"),
        ({"quantiles": (), "series": SeriesConfig(offsets=((0.0,) * 9,))}, "a row for each step"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(changes, said):
    made = msgspec.structs.replace(config(), **changes)
    with pytest.raises(CheckpointError, match=said):
        parse_config(config_json(made), "config.json")
    assert parse_config(config_json(config()), "config.json") == config()
