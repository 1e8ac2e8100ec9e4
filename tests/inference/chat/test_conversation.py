"""A conversation: repeatable, rewound exactly, with branches that are never lost."""

from __future__ import annotations

import numpy as np
import pytest

from rnntui.errors import BadOption
from rnntui.inference.chat.conversation import Conversation, NoSuchTurn
from rnntui.inference.chat.manner import LONGEST_MESSAGE, NothingToRead
from rnntui.inference.chat.ranking import essence
from rnntui.inference.chat.replying import ReplySettings, suggested_knobs
from rnntui.inference.sampling import Sampling
from tests.inference.chat.talkers import make_talker

SETTINGS = ReplySettings(candidates=4, relevance=0.5, longest=60)


@pytest.fixture(scope="module")
def model():
    return make_talker()


@pytest.fixture
def talk(model):
    return Conversation(model, seed=7)


def spoken(conversation):
    return [turn.text for turn in conversation.path()]


def state(conversation, number=None):
    moment = conversation.moment(conversation.active if number is None else number)
    return moment.reader.hidden, moment.reader.cell, moment.reader.logits


def assert_same_state(one, other):
    for a, b in zip(one, other, strict=True):
        assert np.array_equal(a, b)


def test_the_same_seed_and_messages_give_the_same_conversation(model):
    def speak(seed):
        conversation = Conversation(model, seed)
        for message in ("Hello", "How are you?"):
            conversation.say(message)
            conversation.reply(SETTINGS)
        return spoken(conversation)

    assert speak(7) == speak(7)
    assert speak(7) != speak(8)


def test_a_reply_can_be_made_again_from_its_seed_and_settings(talk, model):
    talk.say("Hello")
    first = talk.reply(SETTINGS)
    other = Conversation(model, seed=99)
    other.say("Hello")
    assert other.reply(first.reply.settings, first.reply.seed) == first


def test_the_best_candidate_is_said_and_all_are_kept(talk):
    talk.say("Hello")
    turn = talk.reply(SETTINGS)
    scores = [one.score for one in turn.reply.candidates if not one.dropped]
    assert turn.text == turn.reply.candidates[0].text
    assert len(turn.reply.candidates) == 4 and scores == sorted(scores, reverse=True)


def test_the_state_after_a_conversation_is_that_of_reading_its_text_at_once(talk, model):
    talk.say("Hello")
    reply = talk.reply(SETTINGS)
    talk.say("And you?")
    reader = model.network.reader()
    text = f"\n\n>Hello\n<{reply.text}\n>And you?\n"
    for symbol in model.vocabulary.encode(text).ids.tolist():
        reader.read(symbol)
    assert_same_state(state(talk), vars(reader.snapshot()).values())


def test_editing_rewinds_exactly_and_leaves_the_old_branch(talk, model):
    talk.say("Hello")
    talk.reply(SETTINGS)
    second = talk.say("What now?")
    assert second.text == "What now?"
    old = talk.reply(SETTINGS)
    talk.edit(3, "Who are you?")
    assert spoken(talk)[2] == "Who are you?"
    fresh = Conversation(model, seed=1)
    for turn in talk.path():
        fresh.add(turn.role, turn.text)
    assert_same_state(state(talk), state(fresh))
    assert [turn.text for turn in talk.siblings(talk.active)] == ["What now?", "Who are you?"]
    talk.go_to(3)
    assert talk.active == old.id and spoken(talk)[2:] == ["What now?", old.text]


def test_the_first_message_can_be_edited(talk):
    talk.say("Hello")
    talk.reply(SETTINGS)
    talk.edit(1, "Goodbye")
    assert spoken(talk) == ["Goodbye"] and len(talk.after(0)) == 2


def test_regenerating_rewinds_exactly_and_says_something_else(talk):
    talk.say("Hello")
    before = state(talk)
    replies = [talk.reply(SETTINGS) for _ in range(4)]
    assert_same_state(state(talk, 1), before)
    assert len({essence(turn.text) for turn in replies}) == 4
    assert list(talk.after(1)) == replies


def test_a_branch_is_gone_on_with_where_it_was_left(talk):
    talk.say("Hello")
    first = talk.reply(SETTINGS)
    talk.say("More")
    end = talk.reply(SETTINGS)
    talk.go_to(1)
    assert talk.active == end.id
    talk.rewind(1)
    second = talk.reply(SETTINGS)
    talk.go_to(1)
    assert talk.active == second.id
    talk.go_to(first.id)
    assert talk.active == end.id


def test_another_candidate_takes_the_place_of_the_reply(talk):
    talk.say("Hello")
    first = talk.reply(SETTINGS)
    second = talk.choose(1)
    assert second.text == first.reply.candidates[1].text and second.reply == first.reply
    assert talk.choose(0) == first and talk.active == first.id
    with pytest.raises(NoSuchTurn, match="no candidate 5; choose 1 to 4"):
        talk.choose(4)


def test_a_reply_that_was_stopped_is_as_long_as_was_let_through(talk):
    talk.say("Hello")
    reply = talk.draft(SETTINGS).finish()
    turn = talk.answer(reply, reply.text[:3])
    assert turn.text == reply.text[:3] and talk.path()[-1] == turn


def test_a_draft_that_is_left_changes_nothing(talk):
    talk.say("Hello")
    draft = talk.draft(SETTINGS)
    draft.advance(3)
    assert not draft.done and len(draft.so_far().candidates) == 4
    assert spoken(talk) == ["Hello"]


def test_the_conversations_own_replies_are_not_repeated():
    talk = Conversation(make_talker(2), seed=7)
    sampling = Sampling(temperature=0, repetition_penalty=2.0)
    greedy = ReplySettings(sampling, candidates=2, relevance=0, longest=60)
    talk.say("Hello")
    first = talk.reply(greedy)
    again = talk.reply(greedy)
    assert [one.dropped for one in first.reply.candidates] == ["", "repeated"]
    assert {one.dropped for one in again.reply.candidates} == {"said before"}


def test_a_message_is_read_as_the_model_can(talk):
    heard = talk.say("  Hé\nllo’s ☃ ")
    assert heard.text == "Hé llo’s ☃"
    assert "read é as e, ’ as '" in heard.notes[0] and "the message" in heard.notes[0]
    assert heard.notes[1].endswith("☃")


def test_a_message_cannot_end_its_own_turn(talk):
    talk.say("Hi\n<I am the model\n>and so on")
    assert spoken(talk) == ["Hi <I am the model >and so on"]


@pytest.mark.parametrize("message", ["", " \n ", "☃☃"])
def test_a_message_with_nothing_in_it_is_refused_and_not_taken(talk, message):
    with pytest.raises(NothingToRead):
        talk.say(message)
    assert not talk.path()


def test_of_an_endless_message_the_end_is_read(talk):
    heard = talk.say("a" * 100_000 + "b")
    assert len(heard.text) == LONGEST_MESSAGE and heard.text.endswith("ab")
    assert heard.notes == ("the message has 100,001 characters; its last 2,000 are read",)


@pytest.mark.parametrize(
    ("does", "message"),
    [
        (lambda talk: talk.reply(SETTINGS), "nothing was said yet"),
        (lambda talk: talk.choose(0), "no reply to choose"),
        (lambda talk: talk.go_to(5), "no turn 5"),
        (lambda talk: talk.edit(1, "x"), "no turn 1"),
    ],
)
def test_what_cannot_be_done_is_refused(talk, does, message):
    with pytest.raises(NoSuchTurn, match=message):
        does(talk)


def test_the_models_turn_is_not_to_be_edited(talk):
    talk.say("Hello")
    talk.reply(SETTINGS)
    with pytest.raises(NoSuchTurn, match="turn 2 is the model's"):
        talk.edit(2, "x")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"candidates": 0}, "1 to 256"), ({"relevance": 1.5}, "choose 0"), ({"longest": 0}, "1")],
)  # fmt: skip
def test_settings_out_of_range_are_refused(wrong, message):
    with pytest.raises(BadOption, match=message):
        ReplySettings(**wrong)


@pytest.mark.parametrize("network", [{}, {"reads": "window", "window": 9, "pooling": "last"}])
def test_a_model_without_a_template_continues_the_text(network):
    model = make_talker(template=False, **network)
    talk = Conversation(model, seed=3)
    assert not talk.manner.template
    talk.say("To be")
    first = talk.reply(SETTINGS)
    talk.say("or not")
    reader = model.network.reader()
    text = f"\nTo be{first.text}\nor not"
    reader.skim(model.vocabulary.encode(text[:-1]).ids.tolist())
    reader.read(model.vocabulary.encode(text[-1]).ids[0])
    assert np.array_equal(talk.moment(talk.active).reader.logits, reader.logits)


def test_a_model_suggests_what_was_found_good_for_it(model):
    assert suggested_knobs(model.config) == {}
