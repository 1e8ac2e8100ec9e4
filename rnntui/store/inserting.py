"""New rows: sessions, turns, pieces; for the store as for what is imported."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rnntui.store import rows
from rnntui.store.pieces import cut
from rnntui.store.records import AS_SESSION, Author, Candidate, Kind, Role


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
    title: str,
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
        (kind, rows.clean(title), *rows.author_values(author), created, updated, deleted),
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
