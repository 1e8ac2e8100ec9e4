"""The Write mode's text on its way into the store of sessions, and back from it.

A text that the app began by itself is kept once somebody does something with it, or once it has a
few lines: else each start would leave a session that nobody looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from rnntui.engine.parts import Settings
from rnntui.errors import RnntuiError
from rnntui.store.records import Author, Conversation
from rnntui.tui.archive import Archive
from rnntui.tui.manuscript import Manuscript, Passage

if TYPE_CHECKING:
    from rnntui.store.store import Store
    from rnntui.store.writing import Keeping

WORTH_KEEPING = 500
"""Characters from which a text is kept though nobody touched it."""


class TextKeeping:
    """Keeps a text as it is written.

    Args:
        archive: where.
        author: returns the model that writes, with its settings.
        failed: told what could not be kept; the text is on the screen all the same.
    """

    def __init__(
        self,
        archive: Archive,
        author: Callable[[], Author],
        failed: Callable[[RnntuiError], None],
    ) -> None:
        self._archive, self._author, self._failed = archive, author, failed
        self._kept: Keeping | None = None  # made on the archive's thread, and used there alone
        self._on = False

    def touch(self, manuscript: Manuscript, *, writing: bool) -> None:
        """The person did something with the text: from now on it is kept."""
        self._on = True
        self.sync(manuscript, writing=writing)

    def sync(self, manuscript: Manuscript, *, writing: bool) -> None:
        """Bring the session to what the text is."""
        if self._on:
            passages, author = list(manuscript.passages), self._author()
            self._archive.tell(
                lambda store: self._keeping(store, author).sync(passages, writing=writing),
                self._failed,
            )

    def grew(self, manuscript: Manuscript, text: str) -> None:
        """The last passage grew by a text."""
        if self._on:
            self._archive.tell(lambda store: self._grow(text), self._failed)
        elif manuscript.characters >= WORTH_KEEPING:
            self.touch(manuscript, writing=True)

    def resume(self, conversation: Conversation) -> Manuscript:
        """Go on with a session; return its text."""
        from rnntui.store.writing import Keeping, as_passages

        self._on = True
        author = conversation.session.author

        def take(store: Store) -> None:
            self._kept = Keeping(store, author, conversation)

        self._archive.tell(take, self._failed)
        return Manuscript(
            Passage(each.kind, each.text, each.fresh, each.model, seed=each.seed,
                    settings=tuple((at, _settings(held)) for at, held in each.settings))
            for each in as_passages(conversation)
        )  # fmt: skip

    def _grow(self, text: str) -> None:
        if self._kept:
            self._kept.write(text)

    def _keeping(self, store: Store, author: Author) -> Keeping:
        if self._kept is None:
            from rnntui.store.writing import (
                Keeping,
            )  # loads SQLite, which the first paint needs not

            self._kept = Keeping(store, author)
        self._kept.author = author
        return self._kept


def _settings(held: object) -> Settings:
    """Return settings that were kept; plain ones for what came from elsewhere and is none."""
    try:
        return msgspec.convert(held, Settings)
    except msgspec.ValidationError:
        return Settings()
