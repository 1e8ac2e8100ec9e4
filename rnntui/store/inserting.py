"""New rows: sessions, turns, pieces; for the store as for what is imported."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rnntui.store import rows
from rnntui.store.pieces import cut
from rnntui.store.records import AS_SESSION, Author, Candidate, Conversation, Kind, Role, Turn


@dataclass(frozen=True)
class NewTurn:
    """A turn without its text."""

    session: int
    parent: int | None
    role: Role
    created: int
    finished: int | None
    """None while it is being written."""
    author: Author = AS_SESSION
    candidates: Iterable[Candidate] = ()
    sentiment: float | None = None
    stopped: bool = False


def insert_session(
    db: sqlite3.Connection,
    kind: Kind,
    name: str,
    author: Author,
    created: int,
    updated: int,
    deleted: int | None = None,
) -> int:
    """Insert a session without turns; return its id."""
    return _inserted(
        db,
        "INSERT INTO session (kind, title, model, revision, seed, settings, created, updated,"
        " deleted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            kind,
            rows.clean(name)[: rows.LONGEST_NAME],
            *rows.author_values(author),
            created,
            updated,
            deleted,
        ),
    )


def insert_turn(db: sqlite3.Connection, turn: NewTurn, text: str = "") -> int:
    """Insert a turn with the text it has so far; return its id."""
    id_ = _inserted(
        db,
        "INSERT INTO turn (session, parent, role, model, revision, seed, settings, candidates,"
        " sentiment, stopped, created, finished) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            turn.session, turn.parent, turn.role, *rows.author_values(turn.author),
            rows.candidates_value(turn.candidates), rows.finite(turn.sentiment), turn.stopped,
            turn.created, turn.finished,
        ),
    )  # fmt: skip
    if text:
        add_pieces(db, id_, cut(rows.clean(text)))
    return id_


def add_pieces(db: sqlite3.Connection, turn: int, pieces: Sequence[str]) -> int:
    """Add pieces, one at least, to a turn; return the last one's id."""
    ids = [
        _inserted(db, "INSERT INTO piece (turn, text) VALUES (?, ?)", (turn, piece))
        for piece in pieces
    ]
    return ids[-1]


def _inserted(db: sqlite3.Connection, query: str, values: Sequence[object]) -> int:
    id_ = db.execute(query, values).lastrowid
    assert id_ is not None  # every insertion has one
    return id_


_BATCH = 500
"""Turns between which other processes may write."""


class Copy:
    """A conversation on its way in, out of sight until all of it is there.

    Args:
        conversation: what to copy; its ids are not kept.
    """

    def __init__(self, conversation: Conversation) -> None:
        self._from = conversation
        self._ids: dict[int | None, int | None] = {None: None}
        self.session = 0
        """The new session's id."""

    def begin(self, db: sqlite3.Connection) -> None:
        """Insert the session, deleted before the epoch: out of sight, and purged after a crash."""
        head = self._from.session
        times = (rows.milliseconds(head.created), rows.milliseconds(head.updated), -rows.now())
        self.session = insert_session(db, head.kind, head.name, head.author, *times)

    def batches(self) -> Iterator[Sequence[Turn]]:
        """Yield the turns in parts, each to be given to `insert` in a transaction of its own."""
        turns = self._from.turns
        yield from (turns[begin : begin + _BATCH] for begin in range(0, len(turns), _BATCH))

    def insert(self, db: sqlite3.Connection, turns: Sequence[Turn]) -> None:
        """Insert some of the turns."""
        for turn in turns:
            finished = None if turn.finished is None else rows.milliseconds(turn.finished)
            new = NewTurn(
                self.session, self._ids[turn.parent], turn.role, rows.milliseconds(turn.created),
                finished, turn.author, turn.candidates, turn.sentiment, turn.stopped,
            )  # fmt: skip
            self._ids[turn.id] = insert_turn(db, new, turn.text)

    def reveal(self, db: sqlite3.Connection) -> None:
        """Let the session be seen."""
        active = self._ids[self._from.session.active]
        query = "UPDATE session SET active = ?, deleted = NULL WHERE id = ?"
        db.execute(query, (active, self.session))
