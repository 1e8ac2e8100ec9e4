"""Every figure is what its formula says, on arrays small enough to do by hand."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from rnntui.inference.forecast import metrics

ACTUAL = np.array([[1.0, 5.0], [3.0, np.nan]])
MEDIAN = np.array([[2.0, 3.0], [3.0, 9.0]])


def test_errors_leave_out_what_was_not_measured():
    assert metrics.mae(ACTUAL, MEDIAN) == 1.0  # (1 + 2 + 0) / 3
    assert metrics.rmse(ACTUAL, MEDIAN) == pytest.approx(math.sqrt(5 / 3))


def test_the_scale_of_mase_is_the_error_one_season_ahead():
    fitted = np.array([1.0, 10.0, 2.0, 13.0, np.nan, 14.0])
    assert metrics.seasonal_naive_error(fitted, 1) == pytest.approx((9 + 8 + 11) / 3)
    assert metrics.seasonal_naive_error(fitted, 2) == pytest.approx((1 + 3 + 1) / 3)
    assert metrics.mase(3.0, 1.5) == 2
    assert metrics.mase(3.0, 0.0) is None


def test_a_quantile_loss_weighs_by_the_side():
    actual, quantile = np.array([10.0, 10.0]), np.array([8.0, 13.0])
    assert metrics.quantile_loss(actual, quantile, 0.9) == pytest.approx([1.8, 0.3])
    assert metrics.quantile_loss(actual, quantile, 0.5) == pytest.approx([1.0, 1.5])


def test_the_crps_of_a_point_is_its_absolute_error():
    point = dict.fromkeys(metrics.DECILES, MEDIAN)
    assert metrics.crps(ACTUAL, point) == pytest.approx(metrics.mae(ACTUAL, MEDIAN))


def test_the_crps_of_a_normal_forecast_is_near_its_closed_form():
    """Of N(0, 1): z (2 F(z) - 1) + 2 f(z) - 1 / sqrt(pi), Gneiting and Raftery 2007."""
    normal = NormalDist()
    actual = np.random.default_rng(0).normal(size=2000)
    quantiles = {p: np.full(2000, normal.inv_cdf(p)) for p in metrics.DECILES}
    exact = np.mean([z * (2 * normal.cdf(z) - 1) + 2 * normal.pdf(z) for z in actual])
    assert metrics.crps(actual, quantiles) == pytest.approx(exact - 1 / math.sqrt(math.pi), rel=0.1)


def test_coverage_counts_the_ends_in_and_the_unmeasured_out():
    low, high = np.zeros((2, 2)), np.full((2, 2), 3.0)
    assert metrics.coverage(ACTUAL, low, high) == pytest.approx(2 / 3)
    assert math.isnan(metrics.coverage(np.array([np.nan]), np.zeros(1), np.ones(1)))


def test_skill_is_the_share_of_the_error_that_is_gone():
    assert metrics.skill(3.0, 4.0) == 0.25
    assert metrics.skill(6.0, 4.0) == -0.5
    assert metrics.skill(6.0, 0.0) is None
