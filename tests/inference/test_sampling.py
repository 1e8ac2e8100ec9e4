"""Sampling against a slow reference written from the definitions, and its invariants."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnntui.checkpoints.config import Suggested
from rnntui.errors import BadOption
from rnntui.inference.sampling import Sampler, Sampling, choose_many

TAME = arrays(np.float32, st.integers(1, 12), elements=st.floats(-20, 20, width=32))
WILD = arrays(
    np.float32,
    st.integers(1, 12),
    elements=st.floats(allow_nan=False, allow_infinity=False, width=32),
)
SETTINGS = st.builds(
    Sampling,
    temperature=st.one_of(
        st.just(1.0), st.floats(0.2, 3), st.sampled_from([1e-6, 1e6, 5e-324, 1e300])
    ),
    top_n=st.integers(0, 14),
    top_p=st.one_of(st.just(1.0), st.floats(1e-9, 1)),
    min_p=st.one_of(st.just(0.0), st.floats(0, 1)),
    repetition_penalty=st.one_of(st.just(1.0), st.floats(0.5, 2), st.sampled_from([5e-324, 1e308])),
    repetition_window=st.integers(0, 8),
)
UNIFORM = st.floats(0, 1, exclude_max=True)


def reference(logits: list[float], sampling: Sampling, recent: list[int]) -> list[float]:
    """The kept probabilities, symbol by symbol as the definitions read."""
    scores = list(map(float, logits))
    window = sampling.repetition_window
    for symbol in set(recent[-window:] if window else []):
        if scores[symbol] > 0:
            scores[symbol] /= sampling.repetition_penalty
        else:
            scores[symbol] *= sampling.repetition_penalty
    untempered = [math.exp(s - max(scores)) for s in scores]
    alive = [i for i in range(len(scores)) if untempered[i] >= sampling.min_p]
    hot = {i: math.exp((scores[i] - max(scores)) / sampling.temperature) for i in alive}
    ranked = sorted(hot, key=lambda i: (-hot[i], i))
    if sampling.top_n:
        ranked = ranked[: sampling.top_n]
    total, share, kept = sum(hot[i] for i in ranked), 0.0, []
    for i in ranked:
        kept.append(i)
        share += hot[i] / total
        if sampling.top_p < 1 and share >= sampling.top_p:
            break
    total = sum(hot[i] for i in kept)
    return [hot[i] / total if i in kept else 0.0 for i in range(len(scores))]


def sampler_for(logits: Any) -> Sampler:
    return Sampler(len(logits))


@given(
    arrays(np.float32, st.integers(2, 10), elements=st.integers(-12, 12).map(lambda i: i * 0.75)),
    st.builds(
        Sampling,
        temperature=st.sampled_from([0.37, 0.8, 1.0, 1.9]),
        top_n=st.integers(0, 11),
        top_p=st.sampled_from([0.013, 0.21, 0.47, 0.83, 0.977, 1.0]),
        min_p=st.sampled_from([0.0, 0.013, 0.11, 0.37]),
        repetition_penalty=st.sampled_from([0.7, 1.0, 1.3]),
        repetition_window=st.integers(0, 4),
    ),
    st.data(),
)
@settings(max_examples=120, deadline=None)
def test_the_kept_probabilities_are_those_of_the_definitions(
    logits: np.ndarray, sampling: Sampling, data: st.DataObject
) -> None:
    recent = data.draw(st.lists(st.integers(0, len(logits) - 1), max_size=8))
    kept = sampler_for(logits).distribution(logits, sampling, recent).kept
    expected = reference(logits.tolist(), sampling, recent)
    np.testing.assert_allclose(kept, expected, atol=1e-9)


@given(WILD, SETTINGS, UNIFORM, st.data())
@settings(max_examples=200, deadline=None)
def test_any_finite_logits_and_settings_give_a_distribution_that_holds_the_choice(
    logits: np.ndarray, sampling: Sampling, uniform: float, data: st.DataObject
) -> None:
    recent = data.draw(st.lists(st.integers(0, len(logits) - 1), max_size=8))
    sampler, before = sampler_for(logits), logits.copy()
    result = sampler.distribution(logits, sampling, recent)
    for probabilities in (result.raw, result.kept):
        assert np.isfinite(probabilities).all()
        assert (probabilities >= 0).all()
        assert abs(probabilities.sum() - 1) < 1e-9
    assert result.kept[sampler.choose(logits, sampling, uniform, recent)] > 0
    np.testing.assert_array_equal(logits, before)


@given(WILD, SETTINGS)
@settings(max_examples=120, deadline=None)
def test_top_n_keeps_at_most_n_and_at_least_one(logits: np.ndarray, sampling: Sampling) -> None:
    kept = np.count_nonzero(sampler_for(logits).distribution(logits, sampling).kept)
    assert 1 <= kept <= (sampling.top_n or len(logits))


@given(TAME, SETTINGS, st.lists(UNIFORM, min_size=2, max_size=6))
@settings(max_examples=120, deadline=None)
def test_a_larger_uniform_never_gives_a_lower_index(
    logits: np.ndarray, sampling: Sampling, uniforms: list[float]
) -> None:
    sampler = sampler_for(logits)
    chosen = [sampler.choose(logits, sampling, uniform) for uniform in sorted(uniforms)]
    assert chosen == sorted(chosen)


@given(WILD, UNIFORM)
@settings(deadline=None)
def test_temperature_zero_takes_the_first_of_the_largest(
    logits: np.ndarray, uniform: float
) -> None:
    greedy = Sampling(temperature=0, top_n=3, top_p=0.5, min_p=0.1)
    sampler = sampler_for(logits)
    assert sampler.choose(logits, greedy, uniform) == logits.tolist().index(max(logits.tolist()))
    assert sampler.distribution(logits, greedy).kept.max() == 1


@given(
    arrays(np.float32, (7, 5), elements=st.floats(allow_nan=False, allow_infinity=False, width=32)),
    st.sampled_from([5e-324, 1e-6, 0.5, 1.0, 3.0, 1e300]),
    arrays(np.float64, 5, elements=st.one_of(UNIFORM, st.just(1 - 2**-53))),
)
@settings(deadline=None)
def test_many_streams_choose_what_each_alone_would(
    logits: np.ndarray, temperature: float, uniforms: np.ndarray
) -> None:
    alone = [
        Sampler(7).choose(logits[:, k].copy(), Sampling(temperature), uniforms[k]) for k in range(5)
    ]
    assert choose_many(logits, temperature, uniforms).tolist() == alone


def test_the_largest_uniform_takes_the_last_symbol_kept() -> None:
    logits = np.array([0.0, 3.0, 1.0, -1e9], np.float32)
    assert Sampler(4).choose(logits, Sampling(), 1 - 2**-53) == 2
    # Sums that round the target up to the total must not fall off the end.
    assert Sampler(4).choose(logits, Sampling(), 1.0) == 2


@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(),
        Sampling(0.7),
        Sampling(1.5, min_p=0.1),
        Sampling(top_n=3),
        Sampling(1.2, top_p=0.8),
    ],
)
def test_frequencies_follow_the_distribution(sampling: Sampling) -> None:
    logits = np.random.default_rng(0).normal(size=8).astype(np.float32) * 1.5
    sampler, uniforms = Sampler(8), np.random.default_rng(1).random(20_000).tolist()
    counts = np.bincount([sampler.choose(logits, sampling, u) for u in uniforms], minlength=8)
    expected = 20_000 * sampler.distribution(logits, sampling).kept
    assert counts[expected == 0].sum() == 0
    alive = expected > 0
    chi_square = ((counts - expected)[alive] ** 2 / expected[alive]).sum()
    assert chi_square < 24.3  # the 99.9 % point of 7 degrees of freedom


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_network_that_has_overflowed_still_gets_a_symbol(bad: float) -> None:
    for logits in ([0.0, bad, 1.0], [bad, bad, bad], [bad, 0.0, -bad]):
        for sampling in (Sampling(), Sampling(0), Sampling(2, top_n=2, top_p=0.5, min_p=0.1)):
            assert 0 <= Sampler(3).choose(np.array(logits, np.float32), sampling, 0.7) < 3
        column = np.array(logits, np.float32)[:, None]
        assert 0 <= choose_many(column, 1.0, np.array([0.7]))[0] < 3


def test_the_penalty_sees_only_its_window() -> None:
    logits = np.array([2.0, 1.0, -1.0], np.float32)
    sampling = Sampling(repetition_penalty=2.0, repetition_window=2)
    kept = Sampler(3).distribution(logits, sampling, [1, 0, 2, 2]).kept
    expected = np.exp([2.0, 1.0, -2.0])
    np.testing.assert_allclose(kept, expected / expected.sum())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"temperature": -1}, "temperature is -1; choose 0 (greedy) or more"),
        ({"temperature": math.nan}, "temperature is nan; choose 0 (greedy) or more"),
        ({"temperature": math.inf}, "temperature is inf; choose 0 (greedy) or more"),
        ({"top_n": -2}, "top-n is -2; choose 0 (all) or more"),
        ({"top_p": 0}, "top-p is 0; choose more than 0 and at most 1 (all)"),
        ({"top_p": 1.1}, "top-p is 1.1; choose more than 0 and at most 1 (all)"),
        ({"top_p": math.nan}, "top-p is nan; choose more than 0 and at most 1 (all)"),
        ({"min_p": -0.1}, "min-p is -0.1; choose 0 (all) to 1"),
        ({"min_p": math.nan}, "min-p is nan; choose 0 (all) to 1"),
        (
            {"repetition_penalty": 0},
            "repetition-penalty is 0; choose more than 0; 1 changes nothing",
        ),
        (
            {"repetition_penalty": math.nan},
            "repetition-penalty is nan; choose more than 0; 1 changes nothing",
        ),
        ({"repetition_window": 5000}, "repetition-window is 5000; choose 0 to 1024"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_in_a_sentence(
    options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadOption) as caught:
        Sampling(**options)
    assert str(caught.value) == sentence


def test_what_is_not_chosen_falls_back_to_the_model_and_then_the_default() -> None:
    suggestion = Suggested(temperature=0.6, top_n=9)
    sampling = Sampling.suggested(suggestion, top_n=0, temperature=None, min_p=0.2)
    assert sampling == Sampling(temperature=0.6, top_n=0, min_p=0.2)
