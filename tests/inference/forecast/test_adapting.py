"""The band follows how the last forecasts held, and knows nothing of what came later."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnntui.inference.forecast.adapting import ORIGINS, followed, stretched
from rnntui.inference.forecast.levels import scores

from .test_model import LEVELS, config, model, series

RANDOM = np.random.default_rng(5)


def normal_band(count: int, horizon: int = 2) -> np.ndarray:
    """Forecasts of a standard normal variable, all the same."""
    return np.broadcast_to(scores(LEVELS), (count, horizon, len(LEVELS)))


@pytest.mark.parametrize("spread", [0.5, 1.0, 2.0])
def test_the_width_approaches_what_the_errors_ask_for(spread):
    came = RANDOM.normal(0, spread, (2000, 2))
    width = followed(normal_band(2000), came, LEVELS)
    assert width == pytest.approx(spread, rel=0.15)


def test_the_share_inside_becomes_what_is_promised_whatever_the_series_does():
    """Held back by one origin and rolled through a series that grows wilder and calms down."""
    spread = np.concatenate([np.full(400, 1.0), np.full(400, 3.0), np.full(400, 0.6)])
    came = RANDOM.normal(size=(1200, 1)) * spread[:, None]
    said = normal_band(1200, 1)

    def inside(adapts: bool) -> float:
        shares = []
        for at in range(ORIGINS, 1200):
            past = slice(at - ORIGINS, at)
            width = followed(said[past], came[past], LEVELS) if adapts else 1.0
            low, _, high = stretched(said[at, 0], width, 1)
            shares.append(low <= came[at, 0] <= high)
        return float(np.mean(shares))

    assert inside(adapts=True) == pytest.approx(0.8, abs=0.03)
    assert abs(inside(adapts=False) - 0.8) > 0.06


def test_what_nobody_knows_counts_for_nothing():
    came = RANDOM.normal(0, 2, (60, 2))
    holes = np.full((120, 2), np.nan)
    holes[::2] = came
    assert followed(normal_band(120), holes, LEVELS) == followed(normal_band(60), came, LEVELS)
    assert followed(normal_band(3), np.full((3, 2), np.nan), LEVELS) == 1.0


def test_quantiles_stretch_about_the_median_and_never_cross():
    said = np.array([[1.0, 4.0, 5.0]])
    assert stretched(said, 2.0, 1).tolist() == [[-2.0, 4.0, 6.0]]
    assert stretched(said, 1.0, 1) is said


def test_only_forecasts_of_what_was_not_learned_are_judged():
    whole = series(30)
    assert model(config(train_points=30)).width(whole) == 1.0
    assert model(config(train_points=28)).width(whole) == 1.0  # no whole horizon has come since
    some = model(config(train_points=20)).width(whole)
    more = model(config(train_points=10)).width(whole)
    assert len({1.0, some, more}) == 3


def test_a_model_of_dated_values_takes_no_width_from_a_series_without_dates():
    made = model(config(train_until="2021-01-01T00:00:00"))
    assert made.width(series()) != 1.0
    assert made.width(replace(series(), times=None, frequency="")) == 1.0


def test_values_that_were_filled_in_are_not_judged():
    filled = np.zeros(30, bool)
    filled[20:] = True
    assert model().width(series(filled=filled)) == 1.0


def test_forecasts_that_may_have_known_the_answer_are_not_judged(monkeypatch):
    filled = np.zeros(30, bool)
    filled[1::2] = True  # interpolated: each knows the value after it
    made, read = model(), []
    outputs = made.readings.outputs

    def watched(network, inputs):
        read.append(len(inputs))
        return outputs(network, inputs)

    monkeypatch.setattr(made.readings, "outputs", watched)
    assert made.width(series(filled=filled)) != 1.0
    assert read == [4]  # of the origins 20 to 27, those after an even place: 21, 23, 25, 27


def test_old_values_that_the_transform_cannot_take_leave_the_forecast_alone():
    made, whole = model(config(transform="log", train_points=10)), series()
    values = whole.values.copy()
    values[12] = 0.0
    holed = replace(whole, values=values.copy())
    assert made.width(holed) != 1.0
    assert np.isfinite(made.forecast(holed, 2, LEVELS).values).all()
    values[[18, 23]] = 0.0
    assert made.width(replace(whole, values=values)) == 1.0


def test_the_band_it_forecasts_is_the_learned_one_stretched():
    whole, made = series(), model()
    width = made.width(whole)
    fixed = replace(made, adapts=False).forecast(whole, 3, LEVELS).values
    said = made.forecast(whole, 3, LEVELS).values
    assert width != 1.0
    assert said[1] == pytest.approx(fixed[1])
    assert said - said[1] == pytest.approx((fixed - fixed[1]) * width)


def test_the_paths_beyond_the_horizon_are_as_wide():
    whole, made = series(), model()
    spread = [made.paths(whole, 6, 2000, width).std(0) for width in (1.0, 2.0)]
    assert spread[1][:3] == pytest.approx(2 * spread[0][:3], rel=1e-6)
    assert (spread[1][3:] > 1.5 * spread[0][3:]).all()


def test_windows_are_read_once():
    whole, made = series(), model()
    made.width(whole)
    read = []
    outputs = made.network.outputs

    class Watched:
        horizon = made.network.horizon

        def outputs(self, inputs):
            read.append(len(inputs))
            return outputs(inputs)

    watched = replace(made, network=Watched())
    assert watched.width(whole) == made.width(whole)
    assert not read
