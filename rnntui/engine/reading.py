"""Reading a text into a session bit by bit, so that a pasted megabyte holds nobody up.

Reading in pieces is exact: the session ends where it would after one long `feed`.
"""

from __future__ import annotations

import time

from rnntui.data.vocabulary import Encoded, explain
from rnntui.inference.generation import Session
from rnntui.inference.models import TextModel


class SlicedReading:
    """A text on its way into a session.

    Args:
        session: what reads.
        model: whose vocabulary it is.
        text: all of it.
    """

    def __init__(self, session: Session, model: TextModel, text: str) -> None:
        self._session = session
        # Folded as a whole: a small sigma depends on what follows it.
        self._text = text.lower() if model.vocabulary.lowercase else text
        self._model = model
        self._piece = 64
        self._mapped: dict[str, str] = {}
        self._dropped: dict[str, None] = {}
        self.read = 0
        """Characters read."""

    @property
    def total(self) -> int:
        """Characters to read."""
        return len(self._text)

    @property
    def done(self) -> bool:
        """Whether all is read."""
        return self.read >= len(self._text)

    def step(self, seconds: float) -> None:
        """Read the next piece, about so many seconds of it."""
        begun = time.perf_counter()
        piece = self._text[self.read : self.read + self._piece]
        encoded = self._session.feed(piece)
        self._mapped |= encoded.mapped
        self._dropped |= dict.fromkeys(encoded.dropped)
        self.read += len(piece)
        took = max(time.perf_counter() - begun, 1e-9)
        fitting = int(seconds * len(piece) / took)
        self._piece = max(16, min(2 * self._piece, fitting, 1 << 16))

    def notes(self) -> tuple[str, ...]:
        """Return sentences about what the vocabulary lacked."""
        none = self._model.vocabulary.encode("").ids
        return tuple(explain(Encoded(none, self._mapped, tuple(self._dropped))))
