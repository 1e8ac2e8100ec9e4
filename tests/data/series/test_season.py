"""A season is what the calendar suggests and the values confirm."""

from __future__ import annotations

import numpy as np
import pytest

from rnntui.data.series.season import autocorrelation, season_of, suggested


def wave(period: int, cycles: int, noise: float = 0.3) -> np.ndarray:
    steps = np.arange(period * cycles)
    random = np.random.default_rng(period)
    return np.sin(2 * np.pi * steps / period) + noise * random.normal(size=len(steps))


@pytest.mark.parametrize(
    ("frequency", "seasons"),
    [("M", (12,)), ("Q", (4,)), ("D", (7, 365)), ("h", (24, 168)), ("15min", (4, 96)),
     ("2M", (6,)), ("Y", ()), ("7M", ()), ("12M", ()), ("", ()), ("6h", (4, 28)), ("7h", (24,))],
)  # fmt: skip
def test_a_frequency_suggests_seasons(frequency, seasons):
    assert suggested(frequency) == seasons


@pytest.mark.parametrize(
    ("frequency", "period"), [("M", 12), ("Q", 4), ("D", 7), ("D", 365), ("h", 24), ("h", 168)]
)
def test_a_season_is_found_under_a_trend(frequency, period):
    values = wave(period, 12)
    assert season_of(values + 0.05 * np.arange(len(values)), frequency) == period


def test_the_shortest_of_seasons_that_are_multiples_is_taken():
    assert season_of(wave(24, 60), "h") == 24


def test_what_does_not_repeat_has_no_season():
    random = np.random.default_rng(1)
    walks = [np.cumsum(random.normal(size=600)) for _ in range(50)]
    assert sum(season_of(walk, frequency) > 1 for walk in walks for frequency in "MD") <= 5
    assert season_of(random.normal(size=600), "M") == 1
    assert season_of(np.ones(100), "M") == 1


def test_two_rounds_are_no_season():
    assert season_of(wave(12, 2), "M") == 1


def test_the_autocorrelation_of_an_exact_repetition_is_nearly_one():
    values = np.tile([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0], 100)
    # n - lag of n products: 693 - 7 of 693, whatever the numbers are.
    assert autocorrelation(values, 7) == pytest.approx(1, abs=0.02)
