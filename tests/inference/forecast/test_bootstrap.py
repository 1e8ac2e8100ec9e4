"""An interval says how sure a skill is, and the verdict says what the interval says."""

from __future__ import annotations

import numpy as np
import pytest

from rnntui.inference.forecast.bootstrap import block_length, skill_interval, verdict


@pytest.mark.parametrize(
    ("origins", "horizon", "every", "block"),
    [(1000, 1, 1, 10), (1000, 24, 1, 24), (1000, 24, 6, 10), (18, 12, 1, 6), (5, 12, 1, 1)],
)
def test_a_block_is_as_long_as_windows_overlap(origins, horizon, every, block):
    assert block_length(origins, horizon, every) == block


def test_where_every_origin_gains_the_same_there_is_no_doubt():
    reference = np.random.default_rng(0).uniform(1, 2, 100)
    assert skill_interval(0.75 * reference, reference, 5) == pytest.approx((0.25, 0.25))


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    random = np.random.default_rng(3)
    held = 0
    for seed in range(60):
        error, reference = np.abs(random.normal(size=(2, 300)))
        low, high = skill_interval(0.9 * error, reference, 7, seed)
        held += low <= 0.1 <= high
    assert 50 <= held <= 60


def test_dependence_widens_it():
    random = np.random.default_rng(4)
    error = 1 + 0.9 * np.repeat(random.uniform(-1, 1, 40), 10)
    reference = np.ones(400)
    narrow = skill_interval(error, reference, 1)
    wide = skill_interval(error, reference, 20)
    assert wide[1] - wide[0] > 1.5 * (narrow[1] - narrow[0])


def test_it_is_the_same_for_one_seed():
    error, reference = np.random.default_rng(5).uniform(0, 1, (2, 50))
    assert skill_interval(error, reference, 4, 1) == skill_interval(error, reference, 4, 1)
    assert skill_interval(error, reference, 4, 1) != skill_interval(error, reference, 4, 2)


def test_of_few_origins_and_of_an_exact_rival_nothing_is_said():
    assert skill_interval(np.ones(4), np.ones(4), 1) is None
    assert skill_interval(np.ones(9), np.zeros(9), 1) is None


@pytest.mark.parametrize(
    ("skill", "interval", "said"),
    [
        (0.2, (0.1, 0.3), "better than repeating the last value: its errors are 20.0 % smaller"),
        (-0.2, (-0.3, -0.1), "worse than repeating the last value: its errors are 20.0 % larger"),
        (0.007, (-0.02, 0.03), "no better than repeating the last value"),
        (0.0, (0.0, 0.0), "no better than repeating the last value"),
        (0.5, None, "too few origins (3) to tell"),
        (None, None, "repeating the last value is already exact"),
    ],
)
def test_the_verdict_is_in_plain_words(skill, interval, said):
    assert verdict(skill, interval, "repeating the last value", 3).startswith(said)
