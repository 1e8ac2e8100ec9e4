"""The parts of a text are contiguous, cover it, and are cut where other people cut theirs."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rnntui.data.splits import bounds, check_length, check_split
from rnntui.errors import CorpusError

SPLITS = st.tuples(st.floats(0.01, 1), st.floats(0, 1)).map(
    lambda p: (p[0], (1 - p[0]) * p[1], 1 - p[0] - (1 - p[0]) * p[1])
)


@given(st.integers(0, 10**9), SPLITS)
def test_the_parts_follow_each_other_and_cover_all(length, split):
    edges = [bounds(length, split, part) for part in ("train", "val", "test")]
    assert edges[0][0] == 0 and edges[2][1] == length
    assert edges[0][1] == edges[1][0] and edges[1][1] == edges[2][0]
    assert all(0 <= begin <= end <= length for begin, end in edges)
    assert bounds(length, split, "all") == (0, length)


@given(st.integers(0, 10**9))
def test_the_test_part_is_the_last_tenth_however_the_rest_is_cut(length):
    for split in ((0.85, 0.05, 0.1), (0.9, 0.0, 0.1), (0.8, 0.1, 0.1), (0.7, 0.2, 0.1)):
        assert bounds(length, split, "test")[0] == int(0.9 * length)


@pytest.mark.parametrize(
    "split",
    [(0.9, 0.2, 0.1), (0.5, 0.2, 0.1), (1.2, -0.1, -0.1), (0.0, 0.5, 0.5),
     (math.nan, 0, 1), (1, math.nan, 0)],
)  # fmt: skip
def test_shares_that_are_no_cut_are_refused(split):
    with pytest.raises(CorpusError, match="does not cut a text in three"):
        check_split(split)


def test_shares_that_add_up_are_fine():
    for split in ((0.85, 0.05, 0.1), (1.0, 0.0, 0.0), (1 / 3, 1 / 3, 1 / 3)):
        check_split(split)


@given(st.integers(0, 3000), SPLITS, st.integers(1, 500), st.integers(1, 100))
def test_a_length_is_enough_exactly_when_the_parts_hold_what_is_needed(length, split, train, val):
    assume(not 0 < split[1] < 0.001)
    first, second = (bounds(length, split, part) for part in ("train", "val"))
    enough = first[1] - first[0] >= train and (not split[1] or second[1] - second[0] >= val)
    if enough:
        check_length(length, split, train, val, "corpus")
        return
    with pytest.raises(CorpusError) as caught:
        check_length(length, split, train, val, "corpus")
    named = int(caught.value.fix.split()[2].replace(",", ""))
    assert named > 0
    check_length(named, split, train, val, "corpus")  # the length it asks for will do
