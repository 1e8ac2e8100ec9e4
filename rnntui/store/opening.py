"""Opening the file: made when there is none, migrated when it is old, put aside when damaged."""

from __future__ import annotations

import os
import sqlite3
import time
from datetime import datetime
from pathlib import Path

from rnntui.errors import StoreError
from rnntui.files import file_problem, private_folder
from rnntui.store import schema
from rnntui.store.faults import code, means_damage, translated

BUSY_SECONDS = 5.0
"""How long to wait for another process that writes: ours write milliseconds at a time."""

_PROBES = (
    "SELECT count(*) FROM sqlite_master",
    "SELECT id FROM session ORDER BY id DESC LIMIT 1",
    "SELECT id FROM turn ORDER BY id DESC LIMIT 1",
    "SELECT id FROM piece ORDER BY id DESC LIMIT 1",
)
"""A look at each table. To read the whole file at every start would take too long; damage that is
met later leaves a mark, and the next start reads it all, and makes the index of search anew."""


def connect(path: Path) -> tuple[sqlite3.Connection, str]:
    """Open a store for reading and writing.

    Returns:
        The connection, and a sentence that says where a damaged file was put, "" where none was.

    Raises:
        StoreError: it is from a newer rnntui or another program, or cannot be opened.
        FileProblem: its folder cannot be made, or the damaged file not put aside.
    """
    _make_private(path)
    notice = ""
    with translated(path, "open"):
        if not _suspected(path).exists():
            try:
                return _connected(path), ""
            except sqlite3.DatabaseError as error:
                if not means_damage(error):
                    raise
        notice = _put_aside(path)
        _make_private(path)
        return _connected(path), notice


def suspect(path: Path) -> None:
    """Leave a mark that damage was met, so that the next start reads the whole file."""
    try:
        _suspected(path).touch()
    except OSError:  # a folder that cannot be written: the damage will be met again
        return


def _suspected(path: Path) -> Path:
    return path.with_name(path.name + ".damaged")


def _make_private(path: Path) -> None:
    """Make an empty file that nobody else may read: these are conversations."""
    try:
        private_folder(path.parent)
        if path.exists() and not path.is_file():
            what = "a folder" if path.is_dir() else "a pipe or a device"
            raise StoreError(
                f"cannot open the sessions in {path}: it is {what}",
                "move it away, or set RNNTUI_HOME to another folder",
            )
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise file_problem(error, path, "write") from error


def _connected(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        schema.migrate(db, path)
        _use_write_ahead_log(db)
        # FULL: what is committed survives a power cut too. A commit costs a sync of the log, which
        # happens twice a second while a text grows, and on a thread of its own.
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        for probe in _PROBES:
            db.execute(probe).fetchone()
    except BaseException:  # Ctrl-C too: a connection left open holds its locks
        db.close()
        raise
    return db


def _use_write_ahead_log(db: sqlite3.Connection) -> None:
    """Let readers and a writer not wait for each other.

    The change of a new file's mode does not wait for another process by itself. Where the disk
    knows no shared memory (some network drives) SQLite keeps its older mode, which works too.
    """
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _put_aside(path: Path) -> str:
    """Rename a damaged file with what belongs to it; return a sentence that says where it is.

    One process at a time, and only what is damaged still: another may have begun a new one.
    """
    from filelock import FileLock

    try:
        with FileLock(path.with_name(path.name + ".lock"), timeout=60):
            sound = _sound(path)
            _suspected(path).unlink(missing_ok=True)
            if sound:
                return ""
            aside = _free_name(path)
            for suffix in (
                "-wal",
                "-shm",
                "",
            ):  # a log without its file would be played into a new one
                part = path.with_name(path.name + suffix)
                if part.exists():
                    part.rename(aside.with_name(aside.name + suffix))
    except OSError as error:
        raise file_problem(error, path, "put aside") from error
    return f"the sessions in {path} were damaged; the file is now {aside}, and a new one was begun"


def _free_name(path: Path) -> Path:
    when = datetime.now().astimezone().strftime("%Y-%m-%dT%H%M%S")
    name, count = f"{path.stem}-damaged-{when}", 1
    while (aside := path.with_name(f"{name}{path.suffix}")).exists():
        count += 1
        name = f"{path.stem}-damaged-{when}-{count}"
    return aside


def _sound(path: Path) -> bool:
    """Whether a file can be opened and no table in it is damaged; its index is made anew."""
    try:
        db = _connected(path)
        try:
            sound = bool(db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
            if sound:
                db.execute("INSERT INTO search (search) VALUES ('rebuild')")
            return sound
        finally:
            db.close()
    except sqlite3.DatabaseError as error:
        if means_damage(error):
            return False
        raise
