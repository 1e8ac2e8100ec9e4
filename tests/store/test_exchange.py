"""Sessions go out as JSON or Markdown, and come back from JSON with every branch."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rnntui.errors import StoreError
from rnntui.store import open_store
from rnntui.store.exchange import as_document, from_document
from rnntui.store.markdown import as_markdown
from rnntui.store.records import Author, Candidate, Conversation
from rnntui.store.store import Store
from tests.store.conftest import AUTHOR


def plain(conversation: Conversation) -> dict[str, Any]:
    """A conversation without the ids that a store gives: turns by their order."""
    order: dict[int | None, int] = {turn.id: n for n, turn in enumerate(conversation.turns)}
    order[None] = -1
    return {
        "session": replace(conversation.session, id=0, active=None),
        "active": order[conversation.session.active],
        "turns": [
            (replace(turn, id=0, session=0, parent=None), order[turn.parent])
            for turn in conversation.turns
        ],
    }


@pytest.fixture
def rich(store: Store, chat: int) -> int:
    """The chat with all that a turn can have, on a branch that is not followed."""
    greeting = store.load(chat).turns[0].id
    store.add(
        chat, "model", "```\n# not a heading\x1b[2J \x00\ud800", after=greeting,
        author=Author("other", "sha", 2**80, {"top_p": 0.5, "deep": {"list": [1, "\ud800"]}}),
        candidates=[Candidate("\ud800", -1.5, {"likelihood": -1.0}), Candidate("b")],
        sentiment=0.25, stopped=True,
    )  # fmt: skip
    growing = store.grow(chat, "text", after=None)
    growing.write("word " * 5000)
    growing.flush()
    store.select(chat, store.load(chat).turns[-2].id)
    store.rename(chat, "A name")
    return chat


def test_every_branch_comes_back_from_json(store: Store, rich: int, tmp_path: Path) -> None:
    before = store.load(rich)
    document = as_document([before, before])
    with open_store(tmp_path / "elsewhere.db") as other:
        for conversation in from_document(document, "it"):
            other.copy_in(conversation)
        listed = other.sessions()
        assert len(listed) == 2
        for session in listed:
            assert plain(other.load(session.id)) == plain(before)
            assert other.search("reply", session=session.id)
        assert as_document([other.load(listed[0].id)]) != document
    assert store.load(rich) == before
    assert json.loads(document)["format"] == "rnntui/sessions/1"


def test_a_session_without_turns_comes_back(store: Store) -> None:
    empty = store.load(store.begin("write", AUTHOR).id)
    (read,) = from_document(as_document([empty]), "it")
    assert plain(store.load(store.copy_in(read).id)) == plain(empty)


def test_a_copy_that_was_cut_off_is_never_seen(store: Store, rich: int, monkeypatch: Any) -> None:
    before = store.load(rich)
    monkeypatch.setattr("rnntui.store.inserting.Copy.reveal", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.copy_in(before)
    assert [session.id for session in store.sessions()] == [rich]
    assert {hit.session for hit in store.search("reply")} == {rich}
    assert not store.sessions(deleted=True), "half of it could be brought back"


def document(**changes: Any) -> bytes:
    """A document of one session, with some of its keys changed."""
    turn = {"id": 5, "role": "you", "text": "x", "created": "2026-01-01T00:00:00Z"}
    session = {
        "kind": "chat", "name": "", "model": "", "revision": "", "seed": None, "settings": {},
        "created": "2026-01-01T00:00:00+02:00", "updated": "2026-01-01T00:00:00Z", "active": 5,
        "turns": [{**turn, "finished": None}],
    }  # fmt: skip
    if "turn" in changes:
        session["turns"] = [{**turn, "finished": None, **each} for each in changes.pop("turn")]
    return json.dumps({"format": "rnntui/sessions/1", "sessions": [session | changes]}).encode()


def test_the_smallest_document_is_read() -> None:
    (read,) = from_document(document(), "it")
    assert [turn.text for turn in read.path] == ["x"]
    assert read.session.created.isoformat() == "2025-12-31T22:00:00+00:00"


REFUSED = {
    "no JSON": (b"\xff{", "is not JSON"),
    "nested too deeply": (b'{"sessions": ' + b"[" * 100_000, "holds what no session can"),
    "settings nested too deeply": (
        document().replace(b"{}", b'{"a":' * 90_000 + b"1" + b"}" * 90_000), "can|settings larger"
    ),
    "another format": (b'{"format": "theirs"}', "format 'theirs'.*`rnntui sessions export`"),
    "a newer format": (b'{"format": "rnntui/sessions/2"}', "update rnntui"),
    "a list": (b"[]", "Expected `object`"),
    "a kind that is none": (document(kind="mail"), "kind"),
    "a role that is none": (document(turn=[{"role": "system"}]), "role"),
    "a turn twice": (document(turn=[{}, {}]), "has turn 5 twice"),
    "a parent that comes later": (document(turn=[{"parent": 5}]), "follows none before it"),
    "an active turn that is not there": (document(active=7), "active turn 7 is not there"),
    "a time without a zone": (document(created="2026-01-01T00:00:00"), "timezone"),
    "a time before all others": (document(created="0001-01-01T00:00:00+14:00"), "no session can"),
    "a time no clock shows": (document(created="9999-12-31T23:00:00Z"), "no session can"),
    "settings of absurd size": (document(settings={"a": "x" * 70_000}), "settings larger"),
    "settings that are no object": (document(settings=[1]), "Expected `object`"),
    "a name of absurd length": (document(name="x" * 1001), "name"),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "said"), REFUSED.values(), ids=REFUSED)
def test_it_refuses(raw: bytes, said: str) -> None:
    with pytest.raises(StoreError, match=said) as refused:
        from_document(raw, "it")
    assert str(refused.value).startswith("it") and "; " in str(refused.value)


def test_a_document_too_large_to_be_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnntui.store.exchange.MOST_BYTES", 100)
    with pytest.raises(StoreError, match="more than"):
        from_document(document(), "it")


def test_markdown_shows_the_branch_that_is_followed_and_no_foreign_markup(
    store: Store, rich: int
) -> None:
    store.rename(rich, "<b>*A*</b>\n# x")
    page = as_markdown(store.load(rich))
    assert page.startswith("# \\<b\\>\\*A\\*\\</b\\>⏎\\# x\n\n- chat, ")
    assert "- model chat-lstm (abc123)\n- seed 7\n- temperature 0.8\n" in page
    assert "2 of 6 turns: the branch that was followed" in page
    assert "## You · " in page and "```text\nHello there\n```\n" in page
    assert "## other · " in page and "branch 3 of 3 · 25 % positive · stopped\n" in page
    assert "````text\n```\n# not a heading\x1b[2J" in page
    assert "the first reply" not in page
