"""Scaling is undone exactly, whatever the scale; quantiles stay in order on the way back."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntui.checkpoints.forecasting import SeriesConfig
from rnntui.errors import CheckpointError
from rnntui.inference.forecast.frames import Frames

KINDS = [
    (scaling, transform, difference, anchor)
    for scaling, transform, difference, anchor in itertools.product(
        ("last", "standard", "mean-absolute", "none"),
        ("none", "log", "sqrt"), (False, True), (False, True),
    )
    if scaling != "last" or (transform == "none" and not difference)
]  # fmt: skip


def frames(scaling, transform="none", difference=False, anchor=False, **series) -> Frames:
    config = SeriesConfig(
        transform=transform, difference=difference, anchor=anchor, lags=(3,), shift=0.2, unit=1.7,
        spread=0.3, **series,
    )  # fmt: skip
    return Frames(6, 4, 5, scaling, config)


@given(
    kind=st.sampled_from(KINDS),
    seed=st.integers(0, 1000),
    size=st.sampled_from([1e-3, 1.0, 1e5]),
    below=st.booleans(),
)
def test_what_is_scaled_comes_back(kind, seed, size, below):
    made = frames(*kind)
    random = np.random.default_rng(seed)
    values = size * random.lognormal(0, 0.5, (3, made.need + 6))
    if below and kind[1] == "none":
        values -= size
    history, future = values[:, :-4], values[:, -4:]
    scaled = made.scale(history)
    assert scaled.window.shape == (3, 6) and scaled.lagged.shape == (3, 6, 1)
    targets = made.targets(scaled, future)
    assert made.restored(scaled, targets) == pytest.approx(future, rel=1e-9, abs=1e-9 * size)
    quantiles = np.sort(random.normal(size=(3, 4, 5)), -1)
    assert (np.diff(made.restored(scaled, quantiles), axis=-1) >= 0).all()
    longer = np.concatenate([random.lognormal(0, 1, (3, 7)), history], 1)
    assert np.array_equal(made.scale(longer).window, scaled.window)


def test_a_window_divided_by_its_last_value_is_the_chapters():
    made = Frames(3, 1, 1, "last", SeriesConfig())
    scaled = made.scale(np.array([[90.0, 120.0, 100.0]]))
    assert scaled.window[0] == pytest.approx([-0.1, 0.2, 0.0])
    assert made.targets(scaled, np.array([[105.0]]))[0, 0] == pytest.approx(0.05)


def test_a_ratio_of_values_that_are_not_positive_gives_way_to_another_scale():
    made = frames("last")
    values = np.array([[1.0] * 9, [*range(-4, 5)]], float)
    scaled = made.scale(values)
    assert scaled.replaced.tolist() == [False, True]
    assert scaled.unit[1, 0] == pytest.approx(values[1, -6:].std() / 0.3)


@pytest.mark.parametrize("scaling", ["standard", "mean-absolute", "none"])
def test_a_constant_window_has_nothing_to_scale(scaling):
    made = frames(scaling)
    scaled = made.scale(np.zeros((1, made.need)))
    assert np.isfinite(scaled.window).all()
    assert made.restored(scaled, np.full((1, 4), -0.2 / 1.7)) == pytest.approx(np.zeros((1, 4)))


@pytest.mark.parametrize(("transform", "least"), [("log", 0.0), ("sqrt", -1.0)])
def test_what_has_no_logarithm_or_root_is_refused(transform, least):
    made = frames("none", transform)
    values = np.ones((1, made.need))
    values[0, -2] = least
    with pytest.raises(CheckpointError, match="let --fit do so"):
        made.scale(values)
