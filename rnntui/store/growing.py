"""A turn that is being written: what is given to it reaches the disk within half a second.

A frame costs its caller no more than an append to a list. A thread of the store's own writes what
has gathered, so that neither the disk nor another process can hold up a screen.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import NamedTuple

from rnntui.errors import StoreError
from rnntui.store import rows
from rnntui.store.inserting import add_pieces
from rnntui.store.pieces import cut
from rnntui.store.records import Candidate

FLUSH_SECONDS = 0.5
"""A crash loses at most this, and the moment that writing takes."""

Writing = Callable[[], AbstractContextManager[sqlite3.Connection]]
"""Opens a transaction of the store."""


class Growing:
    """A turn that is being written. Made by `Store.grow`."""

    def __init__(self, turn: int, writing: Writing, keeper: Keeper) -> None:
        self.turn = turn
        """The turn's id."""
        self.problem: StoreError | None = None
        """Why the last flush failed; the text is kept in memory, and tried again."""
        self._writing = writing
        self._keeper = keeper
        self._pending: list[str] = []
        self._piece: int | None = None
        self._tail = ""
        self._flushing = threading.Lock()

    def write(self, text: str) -> None:
        """Append text."""
        if text:
            self._pending.append(text)
            self._keeper.wake(self)

    def flush(self) -> None:
        """Write what has gathered to the disk, now.

        Raises:
            StoreError: it cannot be written; it stays here, and is tried again.
        """
        self._commit(lambda db: None)

    def finish(
        self,
        *,
        stopped: bool = False,
        candidates: Iterable[Candidate] = (),
        sentiment: float | None = None,
    ) -> None:
        """End the turn.

        Args:
            stopped: whether a person ended it before the model did.
            candidates: the replies it was chosen from.
            sentiment: the probability that it is positive.

        Raises:
            StoreError: it cannot be written; the text stays here, and this may be called again.
        """
        values = (stopped, rows.candidates_value(candidates), rows.finite(sentiment), rows.now())
        query = "UPDATE turn SET stopped = ?, candidates = ?, sentiment = ?, finished = ?"
        self._commit(lambda db: db.execute(f"{query} WHERE id = ?", (*values, self.turn)))
        self._keeper.forget(self)

    def _commit(self, and_then: Callable[[sqlite3.Connection], object]) -> None:
        with self._flushing:
            try:
                with self._writing() as db:
                    kept = self._append(db)
                    and_then(db)
            except StoreError as error:
                self.problem = error
                raise
            del self._pending[: kept.parts]
            self._piece, self._tail = kept.piece, kept.tail
            self.problem = None

    @property
    def waiting(self) -> bool:
        """Whether there is text that is not on the disk yet."""
        return bool(self._pending)

    def _append(self, db: sqlite3.Connection) -> _Kept:
        """Write what has gathered; nothing here changes before the transaction has succeeded."""
        count = len(self._pending)
        if not count:
            return _Kept(0, self._piece, self._tail)
        first, *rest = cut(self._tail + rows.clean("".join(self._pending[:count])))
        if self._piece is None:
            piece = add_pieces(db, self.turn, [first, *rest])
        else:
            db.execute("UPDATE piece SET text = ? WHERE id = ?", (first, self._piece))
            piece = add_pieces(db, self.turn, rest) if rest else self._piece
        touch(db, self.turn)
        return _Kept(count, piece, rest[-1] if rest else first)


class _Kept(NamedTuple):
    """What has reached the disk."""

    parts: int
    """How many of the parts that were waiting."""
    piece: int | None
    """The last piece, which grows."""
    tail: str
    """What is in it."""


def touch(db: sqlite3.Connection, turn: int) -> None:
    """Note that a turn's session was written into."""
    query = "UPDATE session SET updated = ? WHERE id = (SELECT session FROM turn WHERE id = ?)"
    db.execute(query, (rows.now(), turn))


class Keeper:
    """The thread that flushes growing turns. It begins with the first and ends with the store."""

    def __init__(self) -> None:
        self._growing: dict[Growing, None] = {}
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self, growing: Growing) -> None:
        """Have a turn flushed soon."""
        with self._lock:
            self._growing[growing] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sessions", daemon=True)
                self._thread.start()
        self._woken.set()

    def forget(self, growing: Growing) -> None:
        """A turn has ended."""
        with self._lock:
            self._growing.pop(growing, None)

    def close(self) -> None:
        """End the thread, and flush what waits, as far as it can be written."""
        self._closed.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
        self._flush_all()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._woken.wait()
            self._woken.clear()
            self._closed.wait(FLUSH_SECONDS)
            if not self._closed.is_set() and not self._flush_all():
                self._woken.set()  # again, in a while

    def _flush_all(self) -> bool:
        """Flush all turns; return whether that succeeded. What failed is the turn's `problem`."""
        with self._lock:
            waiting = [growing for growing in self._growing if growing.waiting]
        for growing in waiting:
            try:
                growing.flush()
            except StoreError:
                continue
        return all(growing.problem is None for growing in waiting)
