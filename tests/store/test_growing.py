"""A turn that streams: it reaches the disk by itself, whole, whatever fails meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rnntui.errors import StoreError
from rnntui.store import open_store
from rnntui.store.growing import FLUSH_SECONDS
from rnntui.store.pieces import LIMIT, cut
from rnntui.store.records import Candidate
from rnntui.store.store import Store
from tests.store.conftest import AUTHOR

WORDS = "".join(f"word{number} " for number in range(3000))


def until(what: Callable[[], object]) -> None:
    """Wait for something, on however busy a machine."""
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_what_streams_is_on_the_disk_before_it_ends(store: Store) -> None:
    assert FLUSH_SECONDS <= 0.5
    session = store.begin("write", AUTHOR).id
    growing = store.grow(session, "model", after=None)
    growing.write("now and ")
    with open_store() as reader:  # as another app would see it
        until(lambda: reader.turn(growing.turn).text == "now and ")
        growing.write("then")
        until(lambda: reader.turn(growing.turn).text == "now and then")
        assert reader.turn(growing.turn).finished is None
        growing.finish(stopped=True, candidates=[Candidate("a", 1.0)], sentiment=0.5)
        turn = reader.turn(growing.turn)
    assert (turn.stopped, turn.sentiment, turn.candidates) == (True, 0.5, (Candidate("a", 1.0),))
    assert turn.finished
    assert store.session(session).active == growing.turn


def test_a_long_text_is_put_together_from_its_pieces(store: Store) -> None:
    session = store.begin("write", AUTHOR).id
    growing = store.grow(session, "model", after=None)
    for begin in range(0, len(WORDS), 1000):
        growing.write(WORDS[begin : begin + 1000])
        growing.flush()
    growing.finish()
    whole = store.add(session, "text", WORDS, after=None)
    assert store.turn(growing.turn).text == whole.text == WORDS
    # No word was cut in two: each is found, in both turns.
    for number in (0, 700, 1500, 2999):
        assert {hit.turn for hit in store.search(f"word{number} ")} == {growing.turn, whole.id}


@pytest.mark.parametrize("text", ["", "a b", "x" * (3 * LIMIT), WORDS, "\n" * LIMIT + " x"])
def test_pieces_together_are_the_text(text: str) -> None:
    pieces = cut(text)
    assert "".join(pieces) == text
    assert all(len(piece) <= LIMIT for piece in pieces) and len(pieces) <= 1 + 2 * len(text) / LIMIT


def test_a_full_disk_loses_nothing_that_streams(store: Store) -> None:
    session = store.begin("write", AUTHOR).id
    growing = store.grow(session, "model", after=None)
    growing.write("before ")
    growing.flush()
    (pages,) = store._db.execute("PRAGMA page_count").fetchone()
    store._db.execute(f"PRAGMA max_page_count = {pages}")
    growing.write(WORDS)
    with pytest.raises(StoreError, match="no space left on the disk; free some"):
        growing.finish()
    assert growing.problem and store.turn(growing.turn).text == "before "
    with pytest.raises(StoreError, match="no space left"):
        store.add(session, "you", WORDS, after=None)
    store._db.execute("PRAGMA max_page_count = 1000000")
    until(lambda: not growing.problem)  # tried again without being asked
    growing.write("after")
    growing.finish()
    assert store.turn(growing.turn).text == f"before {WORDS}after"


def test_closing_keeps_what_waits(home: Path) -> None:
    with open_store() as store:
        session = store.begin("write", AUTHOR).id
        growing = store.grow(session, "model", after=None)
        growing.write("the last words")
    with open_store() as store:
        assert store.turn(growing.turn).text == "the last words"
        assert store.turn(growing.turn).finished is None
