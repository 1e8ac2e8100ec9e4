"""The order of reading: every batch is a function of seed, epoch and step, inside the text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rnntui.data.streams import Streams, Windows, shuffled

SIZES = {
    "batch": st.integers(1, 9),
    "length": st.integers(1, 17),
    "seed": st.integers(0, 2**63 - 1),
}


def ids_of(count: int) -> np.ndarray:
    """Each symbol names its own place."""
    return np.arange(count, dtype=np.uint32)


@given(spare=st.integers(1, 400), epoch=st.integers(0, 5), **SIZES)
def test_streams_read_on_where_they_left_off(spare, epoch, batch, length, seed):
    ids = ids_of(batch * length + spare)
    streams = Streams(ids, batch, length, seed)
    steps = streams.steps(epoch)
    assert steps >= 1
    before = None
    for step in range(steps):
        chunk = streams.batch(epoch, step)
        assert chunk.x.shape == chunk.y.shape == (length, batch)
        assert np.array_equal(chunk.y, chunk.x + 1)  # what follows, and nothing outside the text
        assert np.array_equal(np.diff(chunk.x, axis=0), np.ones((length - 1, batch)))
        assert chunk.fresh == (step == 0)
        if before is not None:
            assert np.array_equal(chunk.x[0], before)
        before = chunk.y[-1]


@given(spare=st.integers(1, 400), epoch=st.integers(0, 5), **SIZES)
def test_streams_share_no_prediction_and_miss_little(spare, epoch, batch, length, seed):
    ids = ids_of(batch * length + spare)
    streams = Streams(ids, batch, length, seed)
    read = np.concatenate([streams.batch(epoch, k).y.ravel() for k in range(streams.steps(epoch))])
    assert len(np.unique(read)) == len(read)
    # At most the offset, a chunk less one of each stream, and what no stream's length divides.
    assert len(ids) - 1 - len(read) <= length + batch * length


def test_a_text_of_one_batch_exactly_is_read_whole():
    streams = Streams(ids_of(3 * 5 + 1), 3, 5, seed=0)
    assert all(streams.steps(epoch) == 1 for epoch in range(20))


def test_chunk_borders_move_from_epoch_to_epoch():
    streams = Streams(ids_of(10_000), 4, 32, seed=1)
    offsets = {streams.offset(epoch) for epoch in range(40)}
    assert len(offsets) > 10
    assert max(offsets) < 32


def test_two_seeds_read_differently_and_one_seed_the_same():
    one, same, other = (Streams(ids_of(10_000), 4, 32, seed) for seed in (1, 1, 2))
    offsets = [[s.offset(epoch) for epoch in range(20)] for s in (one, same, other)]
    assert offsets[0] == offsets[1] != offsets[2]


@given(
    count=st.integers(0, 200), window=st.integers(1, 20), stride=st.integers(1, 7),
    epoch=st.integers(0, 3), batch=SIZES["batch"], seed=SIZES["seed"],
)  # fmt: skip
def test_an_epoch_reads_each_window_once(count, window, stride, epoch, batch, seed):
    windows = Windows(ids_of(count), batch, window, stride, seed)
    begins = []
    for step in range(windows.steps(epoch)):
        chunk = windows.batch(epoch, step)
        assert chunk.fresh
        assert chunk.x.shape == (window, len(chunk.y))
        assert np.array_equal(chunk.x, chunk.x[0] + np.arange(window)[:, None])
        assert np.array_equal(chunk.y, chunk.x[0] + window)
        begins += chunk.x[0].tolist()
    assert sorted(begins) == [b for b in range(0, count, stride) if b + window < count]
    assert windows.count == len(begins)


def test_windows_come_in_another_order_each_epoch():
    windows = Windows(ids_of(500), 500, 8, 1, seed=3)
    orders = [windows.batch(epoch, 0).y.tolist() for epoch in range(3)]
    assert orders[0] != orders[1] != orders[2] != orders[0]
    assert orders[0] != sorted(orders[0])


@given(st.integers(1, 3000), st.integers(0, 2**63 - 1))
def test_a_shuffle_is_a_permutation(count, seed):
    order = shuffled(np.arange(count), count, (seed, 0))
    assert sorted(order.tolist()) == list(range(count))


@given(st.integers(1, 3000), st.integers(0, 2**63 - 1), st.data())
def test_any_place_of_a_shuffle_can_be_asked_for(count, seed, data):
    places = data.draw(st.lists(st.integers(0, count - 1), max_size=20))
    whole = shuffled(np.arange(count), count, (seed,))
    assert shuffled(np.array(places, np.int64), count, (seed,)).tolist() == whole[places].tolist()


def test_a_shuffle_of_a_trillion_costs_nothing():
    some = shuffled(np.arange(1000), 10**12, (7,))
    assert len(set(some.tolist())) == 1000
    assert some.min() >= 0 and some.max() < 10**12
    assert np.median(some) == pytest.approx(5e11, rel=0.2)


def test_shuffled_places_are_far_from_their_neighbours():
    order = shuffled(np.arange(4096), 4096, (1,))
    assert abs(np.corrcoef(order[:-1], order[1:])[0, 1]) < 0.1
    assert abs(np.corrcoef(order, np.arange(4096))[0, 1]) < 0.1


@given(spare=st.integers(1, 200), **SIZES)
def test_a_batch_asked_for_alone_is_the_one_read_in_order(spare, batch, length, seed):
    ids = ids_of(batch * length + spare)
    assume(Streams(ids, batch, length, seed).steps(1) > 1)
    in_order = [Streams(ids, batch, length, seed).batch(1, step) for step in range(2)]
    alone = Streams(ids, batch, length, seed).batch(1, 1)
    assert np.array_equal(alone.x, in_order[1].x)
    assert np.array_equal(alone.y, in_order[1].y)
