"""The forecasts that learn nothing follow their formulas."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from rnntui.data.series.levels import LEVELS
from rnntui.data.series.series import Series
from rnntui.errors import CorpusError
from rnntui.inference.forecast.baselines import Drift, Naive, SeasonalNaive, normal_band
from rnntui.inference.forecast.interface import Forecast, Forecaster

UPPER = NormalDist().inv_cdf(0.9)


def widths(forecast: Forecast) -> np.ndarray:
    """The standard deviations of a normal band that has a level 0.9."""
    return (forecast.at(0.9) - forecast.median) / UPPER


def test_naive_says_the_last_value_and_widens_with_the_root_of_time():
    said = Naive().forecast(Series("x", "y", [1, 2, 4]), 4, LEVELS)
    assert said.median.tolist() == [4, 4, 4, 4]
    assert widths(said) == pytest.approx(np.sqrt(5 / 2) * np.sqrt([1, 2, 3, 4]))


def test_seasonal_naive_says_the_last_season_and_widens_with_each():
    history = Series("x", "y", [1, 2, 3, 2, 4, 6], season=3)
    said = SeasonalNaive().forecast(history, 7, LEVELS)
    assert said.median.tolist() == [2, 4, 6, 2, 4, 6, 2]
    assert widths(said) == pytest.approx(np.sqrt(14 / 3) * np.sqrt([1, 1, 1, 2, 2, 2, 3]))


def test_without_a_season_the_last_season_is_the_last_value():
    history = Series("x", "y", [1, 2, 4])
    mine = SeasonalNaive().forecast(history, 3, LEVELS)
    assert np.array_equal(mine.values, Naive().forecast(history, 3, LEVELS).values)


def test_drift_goes_on_along_the_line_from_first_to_last():
    said = Drift().forecast(Series("x", "y", [1, 2, 4]), 2, LEVELS)
    assert said.median.tolist() == [5.5, 7]
    # Residuals -0.5 and 0.5, one degree of freedom: s = sqrt(0.5).
    assert widths(said) == pytest.approx(np.sqrt(0.5) * np.sqrt([1 * 1.5, 2 * 2]))


def test_a_band_is_normal_at_every_level():
    said = normal_band(np.array([10.0]), np.array([2.0]), LEVELS)
    for level, value in zip(LEVELS, said.values[:, 0], strict=True):
        assert NormalDist(10, 2).cdf(value) == pytest.approx(level)


@pytest.mark.parametrize("baseline", [Naive(), SeasonalNaive(), Drift()])
def test_they_are_forecasters_that_have_learned_nothing(baseline):
    assert isinstance(baseline, Forecaster)
    assert baseline.train_until is None
    with pytest.raises(CorpusError, match=r"this forecast needs . values, and x has 1"):
        baseline.forecast(Series("x", "y", [1.0]), 1, LEVELS)


def test_a_forecast_holds_together():
    said = Forecast((0.1, 0.9), np.array([[1.0, 2.0], [3.0, 6.0]]))
    assert said.horizon == 2
    assert said.median.tolist() == [2, 4]
    assert said.at(0.95).tolist() == [3, 6]
    for levels, values in [
        ((0.9, 0.1), [[1.0], [2.0]]),
        ((0.1, 1.0), [[1.0], [2.0]]),
        ((0.1, 0.9), [[2.0], [1.0]]),
        ((0.1, 0.9), [[1.0], [np.nan]]),
        ((0.1,), [[1.0], [2.0]]),
        ((), []),
    ]:
        with pytest.raises(ValueError, match=r"level|forecast|quantiles"):
            Forecast(levels, np.array(values))
