"""The tables, and the steps by which an older file comes to have them.

A step, once released, is never changed: a newer one changes what it made. `PRAGMA user_version`
says how many steps a file has taken.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rnntui.errors import StoreError

APPLICATION = 0x726E6E74
""""rnnt": told apart from other programs' files by `PRAGMA application_id`."""

# Times are milliseconds since 1970, UTC. Seeds are texts, since they may exceed 64 bits. A turn's
# text lies in pieces, so that a text which grows for days never has to be written anew; search
# indexes the pieces where they lie (external content) and follows them by triggers. A turn goes
# with its session, not with its parent: a chain of cascades would end at SQLite's limit of 1,000.
_SESSIONS = """
CREATE TABLE session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('chat', 'write')),
    title TEXT NOT NULL,
    model TEXT NOT NULL,
    revision TEXT NOT NULL,
    seed TEXT,
    settings TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    deleted INTEGER,
    active INTEGER REFERENCES turn (id) ON DELETE SET NULL
);
CREATE INDEX session_by_time ON session (deleted, updated);
CREATE INDEX session_by_active ON session (active);
CREATE TABLE turn (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    parent INTEGER REFERENCES turn (id) DEFERRABLE INITIALLY DEFERRED,
    role TEXT NOT NULL CHECK (role IN ('you', 'model', 'text')),
    model TEXT NOT NULL,
    revision TEXT NOT NULL,
    seed TEXT,
    settings TEXT NOT NULL,
    candidates TEXT NOT NULL,
    sentiment REAL,
    stopped INTEGER NOT NULL,
    created INTEGER NOT NULL,
    finished INTEGER
);
CREATE INDEX turn_by_session ON turn (session);
CREATE INDEX turn_by_parent ON turn (parent);
CREATE TABLE piece (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    turn INTEGER NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
    text TEXT NOT NULL
);
CREATE INDEX piece_by_turn ON piece (turn);
CREATE VIRTUAL TABLE search USING fts5 (
    text, content = piece, content_rowid = id, tokenize = "unicode61 remove_diacritics 2"
);
CREATE TRIGGER piece_added AFTER INSERT ON piece BEGIN
    INSERT INTO search (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER piece_removed AFTER DELETE ON piece BEGIN
    INSERT INTO search (search, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER piece_grown AFTER UPDATE ON piece BEGIN
    INSERT INTO search (search, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO search (rowid, text) VALUES (new.id, new.text);
END;
"""

# A list of sessions is read in its order, rather than sorted after each one's title was made.
_LISTS = """
DROP INDEX session_by_time;
CREATE INDEX session_kept ON session (updated, id) WHERE deleted IS NULL;
CREATE INDEX session_deleted ON session (deleted, id) WHERE deleted IS NOT NULL;
"""

# Words that are still being typed are looked up by their first letters: among 100,000 messages, one
# letter took 84 ms without these indices and takes 2 ms with them, for a quarter more of disk.
_PREFIXES = """
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
    text, content = piece, content_rowid = id, prefix = '1 2',
    tokenize = "unicode61 remove_diacritics 2"
);
INSERT INTO search (search) VALUES ('rebuild');
"""

STEPS = (_SESSIONS, _LISTS, _PREFIXES)


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring a file to the newest schema, in one transaction; a new one too.

    Raises:
        StoreError: it is from a newer rnntui, or from another program; it is left as it is.
    """
    with transaction(db, "BEGIN"):
        if _steps_taken(db, path) == len(STEPS):
            return
    with transaction(db, "BEGIN IMMEDIATE"):
        # Another process may have been first, between the look and the grasp.
        for step in STEPS[_steps_taken(db, path) :]:
            for statement in _statements(step):
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION}")
        db.execute(f"PRAGMA user_version = {len(STEPS)}")


@contextmanager
def transaction(db: sqlite3.Connection, begin: str) -> Iterator[None]:
    """Do all of the block or nothing; what it reads is of one moment."""
    db.execute(begin)
    try:
        yield
        db.execute("COMMIT")
    except BaseException:  # Ctrl-C too: half of it must never be committed with what comes next
        if db.in_transaction:  # a full disk has rolled it back already
            db.execute("ROLLBACK")
        raise


def _steps_taken(db: sqlite3.Connection, path: Path) -> int:
    """Look at whose a file is, and how old: in a transaction, as it may be in the making."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (steps,) = db.execute("PRAGMA user_version").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != APPLICATION:
        raise StoreError(f"{path} is another program's file", "move it, or set RNNTUI_HOME")
    if steps > len(STEPS):
        raise StoreError(
            f"{path} was written by a newer rnntui (version {steps} of the store, this one knows "
            f"{len(STEPS)})",
            "update rnntui; the file is left as it is",
        )
    return int(steps)


def _statements(script: str) -> list[str]:
    """Cut a script into its statements: `executescript` would commit in between."""
    statements, begun = [], ""
    for line in script.splitlines(keepends=True):
        begun += line
        if sqlite3.complete_statement(begun):
            statements.append(begun)
            begun = ""
    return statements
