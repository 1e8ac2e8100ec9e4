"""Sessions as a JSON document, with every branch, and back: for moving and for keeping them.

What is read may come from anywhere: sizes are bounded, forms are checked, and what holds together
is checked too, before anything is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec

from rnntui.errors import StoreError
from rnntui.store import rows
from rnntui.store.records import Author, Candidate, Conversation, Role, Session, Turn

FORMAT: Literal["rnntui/sessions/1"] = "rnntui/sessions/1"

MOST_BYTES = 256 << 20
"""Of a document: a text of days at full speed."""

_MOST_TURNS = 1_000_000
_MOST_CANDIDATES = 1000
_MOST_SETTINGS = 1 << 16
"""Bytes of one author's settings, which have no fixed form: ours have some hundred."""

_AGAIN = "export it again with `rnntui sessions export`"

_Time = Annotated[datetime, msgspec.Meta(tz=True)]
_Name = Annotated[str, msgspec.Meta(max_length=rows.LONGEST_NAME)]
_Nothing = msgspec.Raw(b"{}")


class _Candidate(msgspec.Struct, frozen=True, omit_defaults=True):
    text: str
    score: float | None = None
    figures: dict[str, float] = {}


class _Turn(msgspec.Struct, frozen=True, omit_defaults=True):
    id: int
    role: Role
    text: str
    created: _Time
    finished: _Time | None
    parent: int | None = None
    model: _Name = ""
    revision: _Name = ""
    seed: int | None = None
    settings: msgspec.Raw = _Nothing
    candidates: Annotated[tuple[_Candidate, ...], msgspec.Meta(max_length=_MOST_CANDIDATES)] = ()
    sentiment: float | None = None
    stopped: bool = False


class _Session(msgspec.Struct, frozen=True):
    kind: Literal["chat", "write"]
    name: _Name
    model: _Name
    revision: _Name
    seed: int | None
    settings: msgspec.Raw
    created: _Time
    updated: _Time
    active: int | None
    turns: Annotated[tuple[_Turn, ...], msgspec.Meta(max_length=_MOST_TURNS)]


class _Document(msgspec.Struct, frozen=True):
    format: Literal["rnntui/sessions/1"]
    sessions: tuple[_Session, ...]


class _Head(msgspec.Struct, frozen=True):
    format: str = ""
    sessions: msgspec.Raw = msgspec.Raw(b"")


_HEAD, _DOCUMENT = msgspec.json.Decoder(_Head), msgspec.json.Decoder(_Document)
_SETTINGS = msgspec.json.Decoder(dict[str, Any])


def as_document(conversations: Iterable[Conversation]) -> bytes:
    """Return sessions as a JSON document, in UTF-8."""
    document = _Document(FORMAT, tuple(_session(each) for each in conversations))
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def is_document(head: bytes) -> bool:
    """Whether a file that begins so is a document of ours, of any version."""
    return re.match(rb'\{\s*"format":\s*"rnntui/sessions/', head) is not None


def _session(conversation: Conversation) -> _Session:
    session = conversation.session
    return _Session(
        session.kind, session.name, **_author(session.author), created=session.created,
        updated=session.updated, active=session.active, turns=tuple(map(_turn, conversation.turns)),
    )  # fmt: skip


def _turn(turn: Turn) -> _Turn:
    return _Turn(
        turn.id, turn.role, turn.text, turn.created, turn.finished, turn.parent,
        **_author(turn.author), sentiment=turn.sentiment, stopped=turn.stopped,
        candidates=tuple(_Candidate(c.text, c.score, dict(c.figures)) for c in turn.candidates),
    )  # fmt: skip


def _author(author: Author) -> dict[str, Any]:
    settings = msgspec.Raw(rows.settings_value(author.settings).encode())
    return {
        "model": author.model, "revision": author.revision, "seed": author.seed,
        "settings": settings,
    }  # fmt: skip


def from_document(raw: bytes, where: str) -> list[Conversation]:
    """Return the sessions of a document; their ids are the document's own.

    Args:
        raw: the document.
        where: what to call it in an error.

    Raises:
        StoreError: it is none of ours, or damaged.
    """
    if len(raw) > MOST_BYTES:
        raise StoreError(f"{where} has more than {MOST_BYTES >> 20} MB", _AGAIN)
    try:
        head = _HEAD.decode(raw)
        if head.format != FORMAT:
            is_newer = head.format.startswith("rnntui/sessions/")
            fix = "update rnntui" if is_newer else "name a file of `rnntui sessions export`"
            raise StoreError(f"{where} has the format {head.format[:40]!r}, not {FORMAT!r}", fix)
        document = _DOCUMENT.decode(raw)
        return [_conversation(session, where) for session in document.sessions]
    except msgspec.ValidationError as error:
        raise StoreError(f"{where}: {str(error)[:200]}", _AGAIN) from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise StoreError(f"{where} is not JSON ({error})", _AGAIN) from None
    except (RecursionError, OverflowError):
        raise StoreError(f"{where} holds what no session can", _AGAIN) from None


def _conversation(session: _Session, where: str) -> Conversation:
    _check_tree(session, where)
    head = Session(
        0, session.kind, rows.shown_title(session.name), session.name,
        _as_author(session, where), _utc(session.created), _utc(session.updated), None,
        session.active, len(session.turns),
    )  # fmt: skip
    return Conversation(head, tuple(_as_turn(turn, where) for turn in session.turns))


def _check_tree(session: _Session, where: str) -> None:
    """Raise StoreError unless each turn follows an earlier one, so that no path can be a circle."""
    seen: set[int] = set()
    for turn in session.turns:
        if turn.id in seen:
            raise StoreError(f"{where} has turn {turn.id} twice", _AGAIN)
        if turn.parent is not None and turn.parent not in seen:
            raise StoreError(f"{where}: turn {turn.id} follows none before it", _AGAIN)
        seen.add(turn.id)
    if session.active is not None and session.active not in seen:
        raise StoreError(f"{where}: the active turn {session.active} is not there", _AGAIN)


def _as_turn(turn: _Turn, where: str) -> Turn:
    finished = _utc(turn.finished) if turn.finished else None
    return Turn(
        turn.id, 0, turn.parent, turn.role, turn.text, _as_author(turn, where),
        tuple(Candidate(c.text, c.score, c.figures) for c in turn.candidates), turn.sentiment,
        turn.stopped, _utc(turn.created), finished,
    )  # fmt: skip


def _utc(time: datetime) -> datetime:
    """Return a time as it is kept, which every place on Earth can show in its own."""
    utc = time.astimezone(UTC)
    if not 1 < utc.year < 9999:
        raise OverflowError
    return utc


def _as_author(item: _Session | _Turn, where: str) -> Author:
    if len(item.settings) > _MOST_SETTINGS:
        raise StoreError(f"{where}: settings larger than any model's", _AGAIN)
    settings = _SETTINGS.decode(item.settings)
    return Author(item.model, item.revision, item.seed, settings)
