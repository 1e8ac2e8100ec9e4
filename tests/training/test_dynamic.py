"""Dynamic evaluation: what adapts, what does not, and that nothing of it stays."""

from __future__ import annotations

import numpy as np
import pytest

from rnntui.inference.models import build_text_model
from rnntui.training.dynamic import Adaptive, Rule
from tests.conftest import random_weights, small_config


@pytest.fixture
def ids():
    """Symbols of which each tells the next, as a random network does not know."""
    return np.tile(np.array([3, 9, 4, 9, 7, 1], np.uint8), 200)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_without_a_rate_it_is_the_carried_score(cell, ids):
    config = small_config(cell=cell)
    weights = random_weights(config)
    expected = build_text_model(config, weights, "x").score_ids(ids)
    found = Adaptive(config, weights, ids).score(ids, Rule(0.0))
    assert found.nats_per_char == pytest.approx(expected.nats_per_char, abs=1e-5)
    assert found.characters == expected.characters


def test_the_weights_learn_the_text_and_forget_it_again(ids):
    config = small_config(cell="lstm", embedding=4, tied=False)
    adaptive = Adaptive(config, random_weights(config), ids)
    static = adaptive.score(ids, Rule(0.0))
    dynamic = adaptive.score(ids, Rule(0.003))
    assert dynamic.nats_per_char < 0.8 * static.nats_per_char
    assert adaptive.score(ids, Rule(0.003)) == dynamic
    assert adaptive.score(ids, Rule(0.0)) == static


def test_a_segment_is_scored_before_it_is_learned(ids):
    config = small_config()
    adaptive = Adaptive(config, random_weights(config), ids)
    first = ids[:33]  # one segment of 32 predictions
    assert adaptive.score(first, Rule(0.1)) == adaptive.score(first, Rule(0.0))


def test_the_rate_is_the_one_that_helps(ids):
    config = small_config()
    adaptive = Adaptive(config, random_weights(config), ids)
    rule = adaptive.find_rate(ids)
    assert rule.rate > 0
    assert adaptive.score(ids, rule).nats < adaptive.score(ids, Rule(0.0)).nats


def test_the_first_bytes_of_characters_are_counted():
    config = small_config(symbols=(97, 195, 164))
    ids = np.array([0, 1, 2, 0, 1, 2, 0], np.uint8)  # aäaäa
    starts = np.array([True, True, False])
    adaptive = Adaptive(config, random_weights(config), ids)
    assert adaptive.score(ids, Rule(0.0), starts=starts).characters == 4
