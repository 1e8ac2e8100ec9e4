"""Sessions and turns: what is put in comes out, on every branch, and nothing is ever lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rnntui.errors import StoreError
from rnntui.store import location, open_store
from rnntui.store.records import Author, Candidate
from rnntui.store.store import KEPT_DAYS, Store
from tests.store.conftest import AUTHOR


def test_a_session_comes_back_after_a_restart_with_all_that_was_said_of_it(store: Store) -> None:
    chat = store.begin("chat", AUTHOR)
    turn = store.add(
        chat.id, "model", "Hi\x00\x1b[2J \U0001f600\n", after=None,
        author=Author(seed=2**80, settings={"top_p": 0.9}),
        candidates=[Candidate("Hi", -1.5, {"likelihood": -1.0}), Candidate("Ho", float("nan"))],
        sentiment=0.75, stopped=True,
    )  # fmt: skip
    store.close()
    with open_store() as again:
        assert again.notice == ""
        loaded = again.load(chat.id)
        assert loaded.turns == (turn,)
        assert loaded.session.author == AUTHOR
        assert (turn.text, turn.author.seed) == ("Hi\x00\x1b[2J \U0001f600\n", 2**80)
        assert turn.candidates == (
            Candidate("Hi", -1.5, {"likelihood": -1.0}), Candidate("Ho", None)
        )  # fmt: skip
        assert (turn.sentiment, turn.stopped) == (0.75, True)
        assert turn.finished == turn.created


def test_every_branch_stays_reachable(store: Store, chat: int) -> None:
    loaded = store.load(chat)
    assert [t.text for t in loaded.path] == ["Hello there", "the second reply", "and its answer"]
    greeting, first, second, answer = loaded.turns
    assert loaded.siblings(first.id) == [first, second]
    assert loaded.children(None) == [greeting]
    assert loaded.newest_leaf(greeting.id) == answer.id
    store.select(chat, first.id)
    assert store.load(chat).path == [greeting, first]
    store.select(chat, None)
    assert store.load(chat).path == []
    assert store.load(chat).turns == loaded.turns


def test_the_session_last_written_into_comes_first_a_page_at_a_time(store: Store) -> None:
    chats = [store.begin("chat", AUTHOR, name=f"chat {i}").id for i in range(5)]
    write = store.begin("write", AUTHOR, name="A text").id
    store.add(chats[1], "you", "again", after=None)
    first = store.sessions(limit=3)
    assert {s.id for s in first} <= {*chats, write} and first[0].id in (chats[1], write)
    assert [s.id for s in store.sessions()] == [
        *(s.id for s in first), *(s.id for s in store.sessions(offset=3))
    ]  # fmt: skip
    assert [s.id for s in store.sessions(kind="write")] == [write]
    assert [s.id for s in store.sessions(titled="CHAT 4")] == [chats[4]]
    assert store.sessions(titled="%") == store.sessions(titled="_") == []


def test_a_session_is_called_by_how_it_begins_until_it_is_named(store: Store, chat: int) -> None:
    assert store.session(chat).title == "Hello there"
    store.rename(chat, "Greetings\nof the season")
    assert store.session(chat).title == "Greetings⏎of the season"
    store.rename(chat, "")
    assert store.session(chat).title == "Hello there"
    empty = store.begin("write", AUTHOR)
    assert (empty.title, empty.turns, empty.active) == ("", 0, None)


def test_what_was_deleted_can_be_brought_back(store: Store, chat: int) -> None:
    before = store.load(chat)
    store.delete(chat)
    assert store.sessions() == [] and store.search("hello") == []
    assert [s.id for s in store.sessions(deleted=True)] == [chat]
    store.restore(chat)
    assert store.load(chat) == before
    assert [hit.session for hit in store.search("hello")] == [chat]


def test_what_was_deleted_long_ago_is_gone_at_the_next_start(store: Store, chat: int) -> None:
    after = None
    store._db.execute("PRAGMA synchronous = OFF")  # no power cut is tested here
    for number in range(1200):  # deeper than SQLite lets cascades run
        after = store.add(chat, "you", f"turn {number}", after=after).id
    store.delete(chat)
    day = 24 * 3600 * 1000
    store._db.execute("UPDATE session SET deleted = deleted - ?", ((KEPT_DAYS - 1) * day,))
    with open_store() as again:
        assert again.session(chat).turns == 1204
    store._db.execute("UPDATE session SET deleted = deleted - ?", (2 * day,))
    with open_store() as again:
        with pytest.raises(StoreError, match=f"there is no session {chat}"):
            again.load(chat)
        for table in ("turn", "piece"):
            assert again._db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        # FTS5's own check, that the index says what the pieces say.
        again._db.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")


def test_a_session_goes_on_with_other_settings(store: Store, chat: int) -> None:
    other = replace(AUTHOR, model="hamlet-gru", settings={})
    store.adjust(chat, other)
    assert store.session(chat).author == other
    turn = store.load(chat).turns[0].id
    store.judge(turn, sentiment=0.25)
    store.judge(turn, candidates=[Candidate("x", 1.0)])
    assert store.turn(turn).sentiment == 0.25
    assert store.turn(turn).candidates == (Candidate("x", 1.0),)


def test_what_a_model_said_stays_its_own_when_another_goes_on(store: Store, chat: int) -> None:
    before = store.load(chat)
    store.adjust(chat, replace(AUTHOR, settings={}))  # the same model: nothing to write down
    assert [turn.author for turn in store.load(chat).turns] == [t.author for t in before.turns]
    store.adjust(chat, replace(AUTHOR, model="hamlet-gru", revision="later"))
    for turn, was in zip(store.load(chat).turns, before.turns, strict=True):
        if turn.role == "model" and not was.author.model:
            assert (turn.author.model, turn.author.revision) == (AUTHOR.model, AUTHOR.revision)
        else:
            assert turn.author == was.author
    assert any(turn.role == "model" and not turn.author.model for turn in before.turns)


def test_what_is_not_there_is_refused_and_changes_nothing(store: Store, chat: int) -> None:
    other = store.begin("chat", AUTHOR).id
    turn = store.load(chat).turns[0].id
    before = store.load(chat)
    for refused in (
        lambda: store.load(99),
        lambda: store.rename(99, "x"),
        lambda: store.add(99, "you", "x", after=None),
        lambda: store.add(other, "you", "x", after=turn),
        lambda: store.add(chat, "you", "x", after=99),
        lambda: store.select(other, turn),
        lambda: store.begin("chat", Author(settings={"x": object()})),
        lambda: store.begin("chat", Author(settings={"x": float("nan")})),
        lambda: store.turn(99),
    ):
        with pytest.raises(StoreError):
            refused()
    assert store.load(chat) == before and store.load(other).turns == ()


def test_only_its_owner_may_read_the_file(store: Store) -> None:
    assert location() == store.path
    assert store.path.stat().st_mode & 0o077 == 0
