"""Reviews are read in batches of about one length, each once an epoch, in an order of its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntui.data.batches import LengthBatches, by_length, cut, padded, windows

LENGTHS = np.random.default_rng(3).integers(1, 400, 1003)


def test_every_review_is_read_once_an_epoch():
    batches = LengthBatches(LENGTHS, 8, seed=1)
    assert batches.steps == 126
    for epoch in (0, 1):
        read = np.concatenate([batches.batch(epoch, step) for step in range(batches.steps)])
        assert sorted(read) == list(range(1003))


def test_a_batch_is_a_function_of_seed_epoch_and_step():
    one, two = (LengthBatches(LENGTHS, 8, seed=1) for _ in range(2))
    two.batch(5, 3)
    assert one.batch(2, 7).tolist() == two.batch(2, 7).tolist()
    assert one.batch(2, 7).tolist() != one.batch(3, 7).tolist()
    assert LengthBatches(LENGTHS, 8, seed=2).batch(2, 7).tolist() != one.batch(2, 7).tolist()


def test_the_reviews_of_a_batch_are_about_as_long():
    batches = LengthBatches(LENGTHS, 8, seed=1)
    rows = [batches.batch(0, step) for step in range(batches.steps)]
    read = sum(LENGTHS[row].max() * len(row) for row in rows)
    assert read < 1.1 * LENGTHS.sum()


def test_lengths_say_nothing_about_when_a_batch_comes():
    batches = LengthBatches(LENGTHS, 8, seed=1)
    means = [LENGTHS[batches.batch(0, step)].mean() for step in range(batches.steps)]
    assert abs(np.corrcoef(means, np.arange(len(means)))[0, 1]) < 0.3


@given(st.lists(st.integers(1, 50), min_size=1, max_size=60), st.integers(1, 300))
def test_batches_for_scoring_hold_everything_within_their_bounds(lengths, words):
    array = np.array(lengths)
    batches = by_length(array, words)
    assert sorted(np.concatenate(batches)) == list(range(len(lengths)))
    assert all(len(rows) == 1 or array[rows].max() * len(rows) <= words for rows in batches)


def test_sequences_lie_side_by_side_with_their_ends_padded():
    side_by_side = padded([np.array([5, 6, 7]), np.array([8])])
    assert side_by_side.ids.tolist() == [[5, 8], [6, 0], [7, 0]]
    assert side_by_side.lengths.tolist() == [3, 1]


@pytest.mark.parametrize(("keep", "kept"), [("first", "0123"), ("last", "6789"), ("both", "0789")])
def test_a_long_review_is_cut_as_asked(keep, kept):
    assert "".join(map(str, cut(np.arange(10), 4, keep))) == kept
    assert cut(np.arange(4), 4, keep).tolist() == [0, 1, 2, 3]


def test_windows_follow_one_another():
    assert windows(10, 4) == [(0, 4), (4, 8), (8, 10)]
    assert windows(4, 4) == [(0, 4)]
