"""Probabilities that mean what they say, and the figures by which that is told."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnntui.inference.calibration import (
    cross_entropy,
    expected_calibration_error,
    fit_temperature,
    measure,
    probability,
)


def drawn(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and labels that are positive as often as the logits say."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, count)
    return logits, (random.random(count) < probability(logits)).astype(np.int8)


def test_probabilities_of_any_log_odds():
    assert probability(np.array([0.0, math.log(3)])) == pytest.approx([0.5, 0.75])
    assert probability(np.array([-1e6, 1e6])).tolist() == [0, 1]


def test_the_loss_is_the_mean_of_what_the_labels_cost():
    logits, labels = np.array([math.log(3), math.log(3)]), np.array([1, 0])
    assert cross_entropy(logits, labels) == pytest.approx(-(math.log(0.75) + math.log(0.25)) / 2)
    assert cross_entropy(np.array([-1e4]), np.array([1])) == pytest.approx(1e4)


def test_the_calibration_error_is_the_gap_between_confidence_and_accuracy():
    # Ten verdicts at 0.9, six of them right; ten at 0.6, six of them right.
    probabilities = np.array([0.9] * 10 + [0.4] * 10)
    labels = np.array([1] * 6 + [0] * 4 + [0] * 6 + [1] * 4)
    assert expected_calibration_error(probabilities, labels) == pytest.approx(0.5 * 0.3)
    assert expected_calibration_error(np.array([1.0, 0.0]), np.array([1, 0])) == 0


def test_honest_probabilities_have_hardly_any_and_boasting_ones_a_large_one():
    logits, labels = drawn(50_000)
    assert measure(logits, labels).ece < 0.01
    assert measure(4 * logits, labels).ece > 0.08


@pytest.mark.parametrize("boast", [0.25, 1.0, 4.0])
def test_a_temperature_takes_the_boasting_back(boast):
    logits, labels = drawn(50_000)
    temperature = fit_temperature(boast * logits, labels)
    assert temperature == pytest.approx(boast, rel=0.05)
    mended = measure(boast * logits / temperature, labels)
    assert mended.ece < 0.01
    assert mended.accuracy == measure(logits, labels).accuracy
    assert mended.examples == 50_000


def test_verdicts_without_an_error_have_a_temperature_too():
    logits = np.array([3.0, -2.0])
    assert 0.04 < fit_temperature(logits, np.array([1, 0])) < 0.06
    assert 19 < fit_temperature(logits, np.array([0, 1])) < 21
