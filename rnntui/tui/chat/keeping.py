"""A conversation on its way into the store. All methods run on the archive's thread, in order.

What cannot be written waits here, and goes with the next thing that is written; meanwhile the
conversation is whole in memory.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rnntui.store.records import Author, Conversation, Turn

if TYPE_CHECKING:  # they load SQLite, which no screen has to wait for
    from rnntui.store.growing import Growing
    from rnntui.store.store import Store


class TalkKeeping:
    """Keeps one conversation.

    Args:
        author: the model that is talked with, and how.
        conversation: the session that is gone on with; None begins one with the first turn.
    """

    def __init__(self, author: Author, conversation: Conversation | None = None) -> None:
        self.author = author
        self.session = conversation.session.id if conversation else None
        """The session's id in the store."""
        self._ids = {turn.id: turn.id for turn in conversation.turns} if conversation else {}
        """The store's ids of turns by those of the conversation."""
        self._waiting: dict[int, Turn] = {}
        self._grows: tuple[int, Growing] | None = None
        self._ends: tuple[Growing, Turn] | None = None
        """A turn whose end could not be written yet."""

    def adjust(self, store: Store, author: Author) -> None:
        """Note that it goes on with another model or other settings."""
        self.author = author
        if self.session is not None:
            store.adjust(self.session, author)

    def keep(self, store: Store, turn: Turn) -> None:
        """Keep a whole turn.

        Raises:
            StoreError: it cannot be written, now; it is tried again with the next one.
        """
        self._waiting[turn.id] = turn
        self._flush(store)

    def grow(self, store: Store, turn: Turn) -> None:
        """Begin to keep a turn that is being written.

        Raises:
            StoreError: as `keep`; `finish` then keeps it as a whole.
        """
        self._flush(store)
        session, parent, author = self._place(store, turn)
        growing = store.grow(session, turn.role, after=parent, author=author)
        self._ids[turn.id] = growing.turn
        self._grows = turn.id, growing
        if turn.candidates:  # kept first: after a crash the reply can still be had whole
            store.judge(growing.turn, candidates=turn.candidates)
        growing.write(turn.text)

    def write(self, store: Store, text: str) -> None:
        """Append to the turn that is being written.

        Raises:
            StoreError: what was written before did not reach the disk; it is tried again.
        """
        if self._grows:
            self._grows[1].write(text)
            if self._grows[1].problem:
                raise self._grows[1].problem

    def finish(self, store: Store, turn: Turn) -> None:
        """End the turn that is being written.

        Raises:
            StoreError: as `keep`.
        """
        grows, self._grows = self._grows, None
        if grows is None or grows[0] != turn.id:
            self.keep(store, turn)
        else:
            self._ends = grows[1], turn
            self._flush(store)

    def select(self, store: Store, number: int | None) -> None:
        """Follow another branch."""
        self._flush(store)
        if self.session is not None:
            store.select(self.session, None if number is None else self._ids[number])

    def judge(self, store: Store, number: int, sentiment: float) -> None:
        """Note a turn's sentiment."""
        if number in self._waiting:
            self._waiting[number] = replace(self._waiting[number], sentiment=sentiment)
        elif number in self._ids:
            store.judge(self._ids[number], sentiment=sentiment)

    def _flush(self, store: Store) -> None:
        if self._ends:
            growing, ended = self._ends
            growing.finish(
                stopped=ended.stopped, candidates=ended.candidates, sentiment=ended.sentiment
            )
            self._ends = None
        for number, turn in list(self._waiting.items()):
            session, parent, author = self._place(store, turn)
            kept = store.add(
                session, turn.role, turn.text, after=parent, author=author,
                candidates=turn.candidates, sentiment=turn.sentiment, stopped=turn.stopped,
            )  # fmt: skip
            self._ids[number] = kept.id
            del self._waiting[number]

    def _place(self, store: Store, turn: Turn) -> tuple[int, int | None, Author]:
        """Return where a turn goes; the session begins with its first."""
        if self.session is None:
            self.session = store.begin("chat", self.author).id
        parent = None if turn.parent is None else self._ids[turn.parent]
        return self.session, parent, self._differing(turn.author)

    def _differing(self, author: Author) -> Author:
        """Return what a turn's author has that its session's has not."""
        own = self.author
        same = (author.model, author.revision) == (own.model, own.revision)
        return Author(
            "" if same else author.model, "" if same else author.revision, author.seed,
            author.settings,
        )  # fmt: skip
