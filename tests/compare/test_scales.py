"""Ticks are round, few, and inside the figure, whatever the figures are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntui.compare.scales import amount, fitted, time_unit

VALUES = st.floats(0, 1e12, allow_subnormal=False)


@given(st.lists(VALUES, min_size=1, max_size=5), st.booleans())
def test_a_scale_holds_its_values_and_has_a_few_ticks(values, zero):
    scale = fitted(values, 50, 400, zero=zero)
    assert all(49.9 <= scale(value) <= 400.1 for value in values)
    assert len(scale.ticks(5)) <= 12
    assert all(49.9 <= scale(tick) <= 400.1 for tick in scale.ticks(5))


@given(st.lists(st.floats(1e-6, 1e12), min_size=1, max_size=5))
def test_a_logarithmic_scale_does_too(values):
    scale = fitted(values, 400, 50, log=True)
    assert all(49.9 <= scale(value) <= 400.1 for value in values)
    assert len(scale.ticks(5)) <= 20
    assert all(math.isfinite(scale(tick)) for tick in scale.ticks(5))


def test_ticks_are_round():
    assert fitted([1.07, 2.93], 0, 1).ticks(5) == [1.0, 1.5, 2.0, 2.5, 3.0]
    assert fitted([0, 30], 0, 1, zero=True).ticks(5) == [0, 10, 20, 30]
    assert fitted([3, 60], 0, 1, log=True).ticks(5) == [5, 10, 20, 50]


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.25, "0.25"), (30, "30"), (1500, "1,500"), (20_000, "20 k"), (3_300_000, "3.3 M")],
)
def test_amounts_are_short(value, told):
    assert amount(value) == told


def test_time_is_told_in_a_fitting_unit():
    assert [time_unit(s)[1] for s in (30, 600, 20_000)] == ["seconds", "minutes", "hours"]
