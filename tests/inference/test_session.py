"""Writing: seeds, rewinding, branching, changing settings, bytes, and what was thought of each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnntui.errors import BadOption
from rnntui.inference.models import TextModel, build_text_model
from rnntui.inference.sampling import Sampling
from tests.inference.helpers import SYMBOLS, make_both, make_config, make_model, make_weights

CELLS = pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
WARM = Sampling(temperature=0.9)
FILTERED = Sampling(1.3, top_n=9, top_p=0.95, min_p=0.01, repetition_penalty=1.3)


def byte_model(**network: Any) -> TextModel:
    """A model of random bytes that often makes characters of two bytes, and broken ones."""
    symbols = (*range(97, 103), 10, 0xC3, 0xC3 + 1, 0xA9, 0xBC, 0xE2, 0x82)
    config = make_config(symbols, **network)
    return build_text_model(config, make_weights(config), "bytes")


def test_the_same_seed_gives_the_same_text_and_another_another() -> None:
    model = make_model()
    texts = [model.session(seed).next_many(200, WARM) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    assert model.session(1, stream=1).next_many(200, WARM) not in texts


def test_the_seed_means_the_documented_random_numbers() -> None:
    model, torch_model = make_both()
    session = model.session(seed=7, stream=3)
    session.feed("abc")
    text = session.next_many(50, Sampling())
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence(7, spawn_key=(3,))))
    ids = model.vocabulary.encode("abc").ids.astype(np.int64)
    logits, state = torch_model.run(ids)
    expected = []
    for _ in range(50):
        odds = np.exp(logits[-1].astype(float))
        expected.append(int(np.searchsorted(odds.cumsum() / odds.sum(), random.random(), "right")))
        logits, state = torch_model.run([expected[-1]], state)
    assert text == model.vocabulary.decode(expected)


def test_one_at_a_time_is_the_same_text_as_many_at_once() -> None:
    model = make_model()
    one, many = model.session(1), model.session(1)
    assert "".join(one.next(FILTERED) for _ in range(80)) == many.next_many(80, FILTERED)


@CELLS
def test_going_back_gives_the_identical_continuation(cell: str) -> None:
    model = make_model(cell=cell)
    session = model.session(1)
    session.feed("hello")
    session.next_many(30, FILTERED)
    snapshot = session.snapshot()
    text = session.next_many(100, FILTERED)
    session.restore(snapshot)
    assert session.next_many(100, FILTERED) == text
    branch = model.session(99)  # a snapshot outlives its session and ignores the other's seed
    branch.restore(snapshot)
    assert branch.next_many(100, FILTERED) == text


def test_a_branch_with_another_seed_differs_and_leaves_the_first_alone() -> None:
    model = make_model()
    session, branch = model.session(1), model.session(1)
    session.next_many(10, WARM)
    branch.restore(session.snapshot())
    branch.reseed(2)
    other = branch.next_many(60, WARM)
    assert session.next_many(60, WARM) != other


def test_a_snapshot_before_the_first_character_is_a_snapshot_too() -> None:
    session = make_model().session(4)
    snapshot = session.snapshot()
    text = session.next_many(40, WARM)
    session.restore(snapshot)
    assert session.next_many(40, WARM) == text


def test_a_changed_setting_acts_on_the_next_character_and_on_none_before() -> None:
    model = make_model()
    plain, changed = model.session(5), model.session(5)
    before = plain.next_many(50, WARM)
    assert changed.next_many(50, WARM) == before
    assert changed.next_many(50, Sampling(3.0)) != plain.next_many(50, WARM)


def test_greedy_characters_use_up_their_random_numbers_as_well() -> None:
    model = make_model()
    one, other = model.session(5), model.session(5)
    one.next_many(20, Sampling(0))
    other.next_many(20, WARM)
    # The same past again, so that only the random numbers decide.
    for session in (one, other):
        session.feed("b" * 300)
    assert one.next_many(30, WARM) == other.next_many(30, WARM)


def test_without_a_prompt_a_text_begins_as_after_a_newline() -> None:
    model, torch_model = make_both()
    logits, _ = torch_model.run([model.vocabulary.index["\n"]])
    np.testing.assert_allclose(model.session(1).logits, logits[0], atol=1e-5)


def test_without_a_newline_it_begins_from_a_random_symbol() -> None:
    config = make_config(SYMBOLS[4:30])
    model = build_text_model(config, make_weights(config), "random")
    firsts = {tuple(model.session(seed).logits.tolist()) for seed in range(30)}
    assert 5 < len(firsts) <= 26
    assert model.session(3).next_many(30, WARM) == model.session(3).next_many(30, WARM)


def test_a_prompt_of_strangers_is_reported_and_does_no_harm() -> None:
    session, untouched = make_model().session(1), make_model().session(1)
    report = session.feed("\u4e16")
    assert report.dropped == ("\u4e16",)
    assert session.next_many(20, WARM) == untouched.next_many(20, WARM)
    assert session.feed("a\u00e9").mapped == {"\u00e9": "e"}


def test_the_trace_says_what_torch_thought_and_draws_the_same_text() -> None:
    model, torch_model = make_both()
    traced, plain = model.session(1), model.session(1)
    for session in (traced, plain):
        session.feed("abc")
    trace = traced.trace(60, FILTERED)
    assert trace.text == plain.next_many(60, FILTERED)
    ids = model.vocabulary.encode("abc" + trace.text).ids.astype(np.int64)
    scores = torch_model.run(ids)[0][2:-1].astype(float)
    p = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    own = p[np.arange(60), ids[3:]]
    np.testing.assert_allclose(trace.nats, -np.log(own), atol=1e-4)
    np.testing.assert_allclose(trace.entropy, -(p * np.log(p)).sum(1), atol=1e-4)
    np.testing.assert_array_equal(trace.rank, 1 + (p > own[:, None] * (1 + 1e-6)).sum(1))


def test_the_distribution_is_the_one_the_next_character_is_drawn_from() -> None:
    session = make_model().session(1)
    session.feed("abcabc")
    result = session.distribution(FILTERED)
    np.testing.assert_allclose(
        result.raw, np.exp(session.logits) / np.exp(session.logits).sum(), rtol=1e-5
    )
    assert 0 < np.count_nonzero(result.kept) <= 9
    snapshot, drawn = session.snapshot(), set()
    for seed in range(200):
        session.restore(snapshot)
        session.reseed(seed)
        drawn.add(session.next(FILTERED))
    kept = {SYMBOLS[i] for i in np.flatnonzero(result.kept)}
    assert drawn <= kept
    assert len(drawn) > len(kept) / 2


@pytest.mark.parametrize("streams", [None, 3])
def test_byte_models_hand_out_whole_characters_and_count_them(streams: int | None) -> None:
    model = byte_model()
    if streams is None:
        text = model.session(1).next_many(400, WARM)
    else:
        text = model.streams(streams, 1).next_many(400, WARM)[0]
    assert len(text) == 400
    assert {"é", "ü"} & set(text)
    assert "a" in text


def test_byte_models_rewind_in_the_middle_of_a_broken_character() -> None:
    model = byte_model()
    session, one = model.session(1), model.session(1)
    text = session.next_many(300, WARM)
    assert "\ufffd" in text
    pieces = []
    for _ in range(300):
        snapshot = one.snapshot()
        first = one.next(WARM)
        one.restore(snapshot)
        assert one.next(WARM) == first
        pieces.append(first)
    assert "".join(pieces) == text


def test_the_trace_of_a_byte_model_adds_up_its_bytes() -> None:
    model = byte_model()
    trace = model.session(1).trace(300, WARM)
    assert trace.text == model.session(1).next_many(300, WARM)
    singles = [trace.nats[i] for i, c in enumerate(trace.text) if c == "a"]
    doubles = [trace.nats[i] for i, c in enumerate(trace.text) if c in "éü"]
    assert np.mean(doubles) > np.mean(singles) > 0


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(BadOption, match="seed is -1; choose 0 or more"):
        make_model().session(-1)


@CELLS
def test_streams_draw_the_numbers_of_sessions(cell: str) -> None:
    model = make_model(cell=cell)
    for sampling in (WARM, FILTERED, Sampling(0)):
        streams = model.streams(4, seed=3)
        streams.feed("abc")
        texts = streams.next_many(40, sampling)
        for k, text in enumerate(texts):
            session = model.session(3, stream=k)
            session.feed("abc")
            assert session.next_many(40, sampling) == text


def test_a_stream_does_not_depend_on_how_many_there_are() -> None:
    model = make_model()
    few, many = model.streams(2, seed=3), model.streams(9, seed=3)
    assert few.next_many(300, WARM) == many.next_many(300, WARM)[:2]
