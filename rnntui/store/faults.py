"""SQLite's errors as sentences. What a caller holds in memory is never lost by one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rnntui.errors import StoreError

_BUSY = ("another rnntui has kept it busy for too long", "try again in a moment")
_READ_ONLY = ("it cannot be written to", "change its rights, or set RNNTUI_HOME to another folder")

_REASONS = {
    sqlite3.SQLITE_FULL: ("no space left on the disk", "free some space and try again"),
    sqlite3.SQLITE_IOERR: ("the disk refuses", "look at its free space, quota and health"),
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", "look at the rights of its folder"),
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_TOOBIG: ("a text is too large", "shorten it"),
    sqlite3.SQLITE_CONSTRAINT: ("the session or turn is gone", "choose another session"),
}


def code(error: sqlite3.Error) -> int:
    """Return SQLite's primary code of an error; 0 where it has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def means_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file itself is damaged."""
    return code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def translated(path: Path, doing: str) -> Iterator[None]:
    """Raise what SQLite says as a StoreError.

    Args:
        path: the store's file.
        doing: the verb, "read", "write" or "open".
    """
    try:
        yield
    except sqlite3.Error as error:
        raise store_error(error, path, doing) from error
    except OverflowError as error:
        what = f"cannot {doing} the sessions in {path}: a number is too large for it"
        raise StoreError(what, "give a smaller one") from error


def store_error(error: sqlite3.Error, path: Path, doing: str) -> StoreError:
    """Return a sentence for an error of SQLite's."""
    if means_damage(error):
        return StoreError(
            f"cannot {doing} the sessions in {path}: the file is damaged",
            "start rnntui again: it puts the file aside and begins a new one",
        )
    reason, fix = _REASONS.get(code(error), (str(error), "look at the file and its folder"))
    return StoreError(f"cannot {doing} the sessions in {path}: {reason}", fix)
