"""Candidates: repeatable, ended where a turn ends, and costed as the network would alone."""

from __future__ import annotations

import numpy as np
import pytest

from rnntui.inference.chat.candidates import Drawing
from rnntui.inference.chat.reading import costs, log_softmax, read_on
from rnntui.inference.sampling import Sampling
from tests.inference.chat.talkers import TALKER_SYMBOLS, make_talker

END = TALKER_SYMBOLS.index("\n")


def draw(model, count, *, seed=1, sampling=None, longest=200, text=">Hi\n<", **others):
    moment = read_on(model.network, None, model.vocabulary.encode(text).ids.tolist())
    drawing = Drawing(
        model.network, model.vocabulary, moment, (END,), count=count, seed=seed,
        sampling=sampling or Sampling(), longest=longest, **others,
    )  # fmt: skip
    while not drawing.done:
        drawing.advance(7)
    return moment, drawing.drawn()


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_candidates_cost_is_that_of_reading_it_after_the_context(cell):
    model = make_talker(cell=cell, layers=2)
    moment, drawn = draw(model, 6)
    again = costs(model.network, moment, [one.symbols for one in drawn])
    assert [one.nats for one in drawn] == pytest.approx(again.tolist(), rel=1e-5)


def test_costs_are_those_of_one_stream_reading_symbol_by_symbol():
    model = make_talker()
    moment, drawn = draw(model, 3)
    reader = model.network.reader()
    for one in drawn:
        reader.restore(moment.reader)
        nats = 0.0
        for symbol in one.symbols:
            nats -= log_softmax(reader.logits)[symbol]
            reader.read(symbol)
        assert one.nats == pytest.approx(nats, rel=1e-5)


def test_a_text_of_no_symbols_costs_nothing():
    model = make_talker()
    moment, _ = draw(model, 1)
    assert costs(model.network, moment, []).tolist() == []
    assert costs(model.network, moment, [(), (3,)])[0] == 0


def test_the_same_seed_gives_the_same_candidates_and_another_others():
    model = make_talker()
    assert draw(model, 5)[1] == draw(model, 5)[1]
    assert draw(model, 5)[1] != draw(model, 5, seed=2)[1]


def test_fewer_candidates_are_the_first_ones_and_later_streams_are_others():
    model = make_talker()
    texts = [one.text for one in draw(model, 6)[1]]
    assert [one.text for one in draw(model, 2)[1]] == texts[:2]
    assert [one.text for one in draw(model, 3, first=3)[1]] == texts[3:]


def test_a_candidate_ends_where_its_turn_ends_or_is_broken_off():
    model = make_talker()
    _, drawn = draw(model, 40, longest=20)
    assert {one.ended for one in drawn} == {True, False}
    for one in drawn:
        assert "\n" not in one.text
        assert (one.symbols[-1] == END) == one.ended
        assert len(one.text) == len(one.symbols) - one.ended
        assert one.ended or len(one.symbols) == 20


def test_where_a_text_goes_on_an_end_before_anything_is_said_is_white_space():
    model = make_talker()
    _, drawn = draw(model, 60, may_begin_blank=True)
    assert any(one.text.startswith("\n") for one in drawn)
    assert all(one.text.strip() for one in drawn if one.ended)


def test_settings_act_on_every_candidate():
    model = make_talker()
    _, greedy = draw(model, 3, sampling=Sampling(temperature=0), longest=30)
    assert len({one.text for one in greedy}) == 1
    _, narrow = draw(model, 4, sampling=Sampling(top_n=1), longest=30)
    assert {one.text for one in narrow} == {greedy[0].text}


def test_a_repetition_penalty_sees_what_was_read_before():
    model = make_talker()
    sampling = Sampling(temperature=0, repetition_penalty=1000.0)
    _, [one] = draw(model, 1, sampling=sampling, longest=8)
    assert not set(one.text) & set(">Hi<")


def test_reading_nothing_leaves_a_moment_as_it_is():
    model = make_talker()
    moment, _ = draw(model, 1)
    assert read_on(model.network, moment, []) is moment
    further = read_on(model.network, moment, [3, 4])
    whole = read_on(model.network, None, [*moment.recent, 3, 4])
    assert np.array_equal(further.reader.hidden, whole.reader.hidden)
    assert further.recent == whole.recent
