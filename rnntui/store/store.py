"""The store: sessions and their turns, kept in one file that several apps may share.

Every method is one transaction, safe from any thread, and either done or not: after an error the
caller still holds what it gave. Times a method takes are well under a frame, but for a file that
another process keeps busy; a text that streams goes through `grow`, which never waits.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from rnntui.errors import StoreError
from rnntui.store import rows
from rnntui.store.faults import means_damage, translated
from rnntui.store.growing import Growing, Keeper
from rnntui.store.inserting import Copy, NewTurn, insert_session, insert_turn
from rnntui.store.opening import connect, suspect
from rnntui.store.records import (
    AS_SESSION,
    Author,
    Candidate,
    Conversation,
    Hit,
    Kind,
    Role,
    Session,
    Turn,
)
from rnntui.store.schema import transaction
from rnntui.store.searching import search

KEPT_DAYS = 30
"""How long a deleted session can be restored."""


class Store:
    """Open with `rnntui.store.open_store`.

    Args:
        path: the file; made, with its folder, when there is none.

    Raises:
        StoreError: it is from a newer rnntui or another program, or cannot be opened.
        FileProblem: its folder cannot be made, or a damaged file not put aside.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db, self.notice = connect(path)
        """The notice says in a sentence where a damaged file was put; "" where none was."""
        self._lock = threading.RLock()
        self._keeper = Keeper()
        self._purge()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Flush what still grows, and close the file."""
        self._keeper.close()
        with self._lock:
            self._db.close()

    # Sessions

    def begin(self, kind: Kind, author: Author, *, name: str = "") -> Session:
        """Begin a session.

        Args:
            kind: what it is.
            author: the model that writes, with its settings.
            name: "" shows the beginning of its text instead.
        """
        now = rows.now()
        with self._writing() as db:
            return self._session(db, insert_session(db, kind, name, author, now, now))

    def sessions(
        self,
        *,
        kind: Kind | None = None,
        titled: str = "",
        deleted: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> list[Session]:
        """Return sessions, the one last written into first.

        Args:
            kind: only such; None for all.
            titled: only those with this in their title, large or small letters alike.
            deleted: those that were deleted, the last one first, rather than the others.
            limit: how many.
            offset: how many to pass over.
        """
        escaped = "".join(f"\\{c}" if c in "\\%_" else c for c in rows.clean(titled))
        query = (
            f"{rows.SESSION} WHERE s.deleted {'> 0' if deleted else 'IS NULL'}"
            " AND (:kind IS NULL OR s.kind = :kind)"
            f" AND (:titled = '%%' OR {rows.TITLE} LIKE :titled ESCAPE '\\')"
            f" ORDER BY s.{'deleted' if deleted else 'updated'} DESC, s.id DESC"
            " LIMIT :limit OFFSET :offset"
        )
        values = {"kind": kind, "titled": f"%{escaped}%", "limit": limit, "offset": offset}
        with self._reading() as db:
            found = db.execute(query, values).fetchall()
        return [rows.as_session(row) for row in found]

    def session(self, session: int) -> Session:
        """Return a session, deleted or not.

        Raises:
            StoreError: there is none.
        """
        with self._reading() as db:
            return self._session(db, session)

    def load(self, session: int) -> Conversation:
        """Return a session with all its turns, to be resumed.

        Raises:
            StoreError: there is none.
        """
        with self._reading() as db:
            head = self._session(db, session)
            texts = rows.texts(db, "session", session)
            turns = db.execute(f"{rows.TURN} WHERE session = ? ORDER BY id", (session,)).fetchall()
        return Conversation(head, tuple(rows.as_turn(row, texts.get(row[0], "")) for row in turns))

    def rename(self, session: int, name: str) -> None:
        """Name a session; "" shows the beginning of its text instead."""
        self._change(session, "title = ?", rows.clean(name)[: rows.LONGEST_NAME])

    def adjust(self, session: int, author: Author) -> None:
        """Note that a session goes on with another model or other settings.

        What the model before it said stays that one's.
        """
        values = "model = ?, revision = ?, seed = ?, settings = ?"
        with self._writing() as db:
            before = self._session(db, session).author
            if (before.model, before.revision) != (author.model, author.revision):
                db.execute(
                    "UPDATE turn SET model = ?, revision = ?"
                    " WHERE session = ? AND role = 'model' AND model = ''",
                    (before.model, before.revision, session),
                )
            self._update(db, session, values, *rows.author_values(author))

    def select(self, session: int, turn: int | None) -> None:
        """Follow the branch that ends in a turn; None goes back before all of them.

        This is undo, and going to another branch: no turn is ever removed by it.
        """
        with self._writing() as db:
            if turn is not None:
                self._check_turn(db, session, turn)
            self._update(db, session, "active = ?", turn)

    def delete(self, session: int) -> None:
        """Delete a session, so that `restore` can bring it back for `KEPT_DAYS`."""
        self._change(session, "deleted = coalesce(deleted, ?)", rows.now())

    def restore(self, session: int) -> None:
        """Undo `delete`."""
        self._change(session, "deleted = ?", None)

    def copy_in(self, conversation: Conversation) -> Session:
        """Keep a session that came from elsewhere, as a new one with all its branches and times.

        Args:
            conversation: from `exchange.from_document`, or another store's `load`.
        """
        copy = Copy(conversation)
        with self._writing() as db:
            copy.begin(db)
        for turns in copy.batches():
            with self._writing() as db:
                copy.insert(db, turns)
        with self._writing() as db:
            copy.reveal(db)
            return self._session(db, copy.session)

    # Turns

    def add(
        self,
        session: int,
        role: Role,
        text: str,
        *,
        after: int | None,
        author: Author = AS_SESSION,
        candidates: Iterable[Candidate] = (),
        sentiment: float | None = None,
        stopped: bool = False,
    ) -> Turn:
        """Add a whole turn, and make it the active one.

        To regenerate or edit a turn is to add another after the same parent.

        Args:
            session: where.
            role: whom it is from.
            text: what it says.
            after: the turn it follows; None begins the session, or begins it anew.
            author: what differs from the session's author.
            candidates: the replies it was chosen from.
            sentiment: the probability that it is positive.
            stopped: whether a person ended it before the model did.

        Raises:
            StoreError: there is no such session or parent, or it cannot be written.
        """
        now = rows.now()
        new = NewTurn(session, after, role, now, now, author, tuple(candidates), sentiment, stopped)
        with self._writing() as db:
            return self._turn(db, self._insert(db, new, text))

    def grow(
        self, session: int, role: Role, *, after: int | None, author: Author = AS_SESSION
    ) -> Growing:
        """Begin a turn that is written bit by bit, and make it the active one.

        Args: as for `add`.

        Raises:
            StoreError: as `add`.
        """
        with self._writing() as db:
            turn = self._insert(db, NewTurn(session, after, role, rows.now(), None, author))
        return Growing(turn, self._writing, self._keeper)

    def turn(self, turn: int) -> Turn:
        """Return a turn.

        Raises:
            StoreError: there is none.
        """
        with self._reading() as db:
            return self._turn(db, turn)

    def judge(
        self,
        turn: int,
        *,
        sentiment: float | None = None,
        candidates: Iterable[Candidate] | None = None,
    ) -> None:
        """Note what was found out about a turn after it was written; None leaves what is there."""
        kept = None if candidates is None else rows.candidates_value(candidates)
        with self._writing() as db:
            db.execute(
                "UPDATE turn SET sentiment = coalesce(?, sentiment),"
                " candidates = coalesce(?, candidates) WHERE id = ?",
                (rows.finite(sentiment), kept, turn),
            )

    def attribute(self, turn: int, author: Author) -> None:
        """Note what wrote a turn, where that became known after it began."""
        with self._writing() as db:
            db.execute(
                "UPDATE turn SET model = ?, revision = ?, seed = ?, settings = ? WHERE id = ?",
                (*rows.author_values(author), turn),
            )

    # Search

    def search(
        self,
        words: str,
        *,
        kind: Kind | None = None,
        session: int | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> list[Hit]:
        """Return where words stand in sessions that are not deleted, the newest place first.

        Args:
            words: as typed: all must be there, within some 4,000 characters of one turn; the last
                may be the beginning of a word; "words between quotation marks" stand in that
                order. Accents and large letters make no difference. No query is an error.
            kind: only in such sessions; None for all.
            session: only in this one.
            before: only places older than the hit of this id.
            limit: how many.
        """
        with self._reading() as db:
            return search(db, words, kind=kind, session=session, before=before, limit=limit)

    # Within

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._faults("read"), transaction(self._db, "BEGIN"):
            yield self._db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._faults("write"), transaction(self._db, "BEGIN IMMEDIATE"):
            yield self._db

    @contextmanager
    def _faults(self, doing: str) -> Iterator[None]:
        with translated(self.path, doing):
            try:
                yield
            except sqlite3.DatabaseError as error:
                if means_damage(error):
                    suspect(self.path)
                raise

    def _session(self, db: sqlite3.Connection, session: int) -> Session:
        if not -(2**63) <= session < 2**63:
            raise _no_session(session)  # SQLite has no such number
        row = db.execute(f"{rows.SESSION} WHERE s.id = ?", (session,)).fetchone()
        if row is None:
            raise _no_session(session)
        return rows.as_session(row)

    def _turn(self, db: sqlite3.Connection, turn: int) -> Turn:
        row = db.execute(f"{rows.TURN} WHERE id = ?", (turn,)).fetchone()
        if row is None:
            raise StoreError(f"there is no turn {turn}", "load the session again")
        return rows.as_turn(row, rows.texts(db, "id", turn).get(turn, ""))

    def _check_turn(self, db: sqlite3.Connection, session: int, turn: int) -> None:
        found = db.execute("SELECT session FROM turn WHERE id = ?", (turn,)).fetchone()
        if found != (session,):
            raise StoreError(f"session {session} has no turn {turn}", "load the session again")

    def _insert(self, db: sqlite3.Connection, turn: NewTurn, text: str = "") -> int:
        """Insert a turn, and make it the active one."""
        if turn.parent is not None:
            self._check_turn(db, turn.session, turn.parent)
        id_ = insert_turn(db, turn, text)
        self._update(db, turn.session, "active = ?, updated = ?", id_, turn.created)
        return id_

    def _change(self, session: int, assignments: str, *values: Any) -> None:
        with self._writing() as db:
            self._update(db, session, assignments, *values)

    def _update(self, db: sqlite3.Connection, session: int, assignments: str, *values: Any) -> None:
        query = f"UPDATE session SET {assignments} WHERE id = ?"
        if not db.execute(query, (*values, session)).rowcount:
            raise _no_session(session)

    def _purge(self) -> None:
        """Remove for good what was deleted long ago, or whose copying broke off then."""
        before = rows.now() - timedelta(days=KEPT_DAYS) // timedelta(milliseconds=1)
        with self._reading() as db:
            old = db.execute(
                "SELECT 1 FROM session WHERE abs(deleted) < ? LIMIT 1", (before,)
            ).fetchone()
        if old:
            with self._writing() as db:
                db.execute("DELETE FROM session WHERE abs(deleted) < ?", (before,))


def _no_session(session: int) -> StoreError:
    return StoreError(f"there is no session {session}", "`rnntui sessions list` shows them")
