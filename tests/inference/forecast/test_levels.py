"""Quantiles never cross, and other levels are read off between those that are known."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnntui.inference.forecast.calibration import (
    gap_factors,
    offsets_of,
    persistence_of,
    widened,
)
from rnntui.inference.forecast.levels import at_levels, drawn, quantiles_of, score_of

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


@given(arrays(np.float64, (2, 3, 7), elements=st.floats(-1e6, 1e6)))
def test_whatever_the_network_says_quantiles_grow(raw):
    assert (np.diff(quantiles_of(raw, 3), axis=-1) >= 0).all()
    assert np.array_equal(quantiles_of(raw, 3)[..., 3], raw[..., 3])


def normal(levels):
    return np.array([NormalDist(5, 2).inv_cdf(p) for p in levels])


def test_between_levels_a_normal_distribution_is_met_exactly():
    wanted = (0.01, 0.025, 0.3, 0.5, 0.6, 0.99)
    assert at_levels(normal(LEVELS), LEVELS, wanted) == pytest.approx(normal(wanted))
    assert np.array_equal(at_levels(normal(LEVELS), LEVELS, LEVELS), normal(LEVELS))


def test_drawing_and_placing_undo_each_other():
    scores = np.array([-2.5, -0.3, 0.0, 1.1, 3.0])
    values = np.tile(normal(LEVELS), (5, 1))
    made = drawn(values, LEVELS, scores)
    assert made == pytest.approx(5 + 2 * scores)
    assert score_of(values, LEVELS, made) == pytest.approx(scores)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_band_that_is_too_wide_or_narrow_is_mended(factor):
    random = np.random.default_rng(3)
    actual = random.normal(5, 2, (2000, 2))
    wrong = 5 + (normal(LEVELS) - 5) * factor
    quantiles = np.tile(wrong, (2000, 2, 1))
    factors = gap_factors(quantiles, actual, LEVELS)
    mended = widened(quantiles, factors, LEVELS)
    assert mended[0, 0] == pytest.approx(normal(LEVELS), abs=0.25)
    raw = np.concatenate([np.log(np.diff(wrong))[:3], [5.0], np.log(np.diff(wrong))[3:]])
    assert quantiles_of(raw + factors, 3) == pytest.approx(mended[0, 0])


def test_of_few_windows_all_gaps_move_together_the_outer_ones_further():
    random = np.random.default_rng(4)
    quantiles = np.tile(normal(LEVELS), (6, 4, 1))
    factors = gap_factors(quantiles, random.normal(5, 4, (6, 4)), LEVELS)
    assert factors[3] == 0
    assert (np.delete(factors, 3) > 0.5).all()
    assert factors[0] > factors[1] > factors[2] and factors[6] > factors[5] > factors[4]
    assert factors[:3] == pytest.approx(factors[:3:-1], abs=0.2)


def test_offsets_and_persistence_are_those_of_the_errors():
    random = np.random.default_rng(5)
    walk = np.cumsum(random.normal(size=(5000, 3)), 1)
    assert offsets_of(walk, [0.5, 0.975])[0] == pytest.approx([0, 1.96], abs=0.1)
    expected = [np.sqrt(1 / 2), np.sqrt(2 / 3)]
    assert persistence_of(walk) == pytest.approx(expected, abs=0.03)


def test_what_was_not_measured_calibrates_nothing():
    random = np.random.default_rng(6)
    actual = random.normal(5, 2, (200, 3))
    quantiles = np.sort(random.normal(5, 2, (200, 3, 7)), -1)
    gaps = np.where(np.arange(200)[:, None] % 4 == 0, np.nan, actual)
    measured = gap_factors(
        quantiles[np.arange(200) % 4 > 0], actual[np.arange(200) % 4 > 0], LEVELS
    )
    assert np.array_equal(gap_factors(quantiles, gaps, LEVELS), measured)
    gaps[:, 2] = np.nan
    offsets = offsets_of(gaps, [0.1, 0.9])
    assert np.array_equal(offsets[0], np.nanquantile(gaps[:, 0], [0.1, 0.9]))
    assert np.array_equal(offsets[2], np.nanquantile(gaps[:, :2], [0.1, 0.9]))
    gaps[2:, 0] = np.nan
    assert persistence_of(gaps).tolist() == [0.0, 0.0]


def test_correlations_of_steps_are_those_of_what_was_measured():
    random = np.random.default_rng(7)
    walk = np.cumsum(random.normal(size=(5000, 3)), 1)
    walk[random.random(walk.shape) < 0.3] = np.nan
    expected = [np.sqrt(1 / 2), np.sqrt(2 / 3)]
    assert persistence_of(walk) == pytest.approx(expected, abs=0.04)
