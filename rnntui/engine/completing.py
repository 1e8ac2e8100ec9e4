"""A few likely words after a text being typed: the ghost text of the prompt editor.

Asked for at every key press, so only the newest question counts, and a text that merely grew is
read on from where the last one ended.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rnntui.engine.protocol import Complete, Completion
from rnntui.engine.reading import SlicedReading
from rnntui.engine.run import Send
from rnntui.engine.timing import FRAMES_PER_SECOND
from rnntui.inference.generation import Session, Snapshot
from rnntui.inference.models import TextModel
from rnntui.inference.sampling import Sampling

_CONTEXT = 500
"""Characters of the text that are read: enough for the next words, and read in a tenth of a
second."""
_GREEDY = Sampling(temperature=0)


@dataclass
class _Reader:
    """A session that has read a question's text, or is reading it."""

    request: Complete
    model: TextModel
    session: Session
    reading: SlicedReading
    state: Snapshot | None = None
    """At the end of the text; None while it reads."""


class Completer:
    """Answers the newest question.

    Args:
        send: where answers go.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self.asked: Complete | None = None
        """The question not yet answered."""
        self._reader: _Reader | None = None

    def ask(self, request: Complete) -> None:
        """Take a question; one not yet answered is answered with nothing."""
        if self.asked:
            self._send(Completion(self.asked.request, ""))
        self.asked = request

    def abandon(self, request: Complete | None) -> bool:
        """Drop a question that failed; return whether it was still waiting for an answer."""
        self._reader = None
        waiting = request is not None and request is self.asked
        if waiting:
            self.asked = None
        return waiting

    def begin(self, request: Complete, model: TextModel) -> None:
        """Take the model for a question, unless a newer one has come."""
        if request is not self.asked:
            return
        text, old = request.text, self._reader
        if (
            old and old.state and old.model is model
            and text.startswith(old.request.text) and len(text) - len(old.request.text) <= _CONTEXT
        ):  # fmt: skip
            session, rest = old.session, text[len(old.request.text) :]
            session.restore(old.state)
        else:
            session, rest = model.session(0), text[-_CONTEXT:]
        self._reader = _Reader(request, model, session, SlicedReading(session, model, rest))

    def forget(self, model: TextModel) -> None:
        """Let go of a model."""
        if self._reader and self._reader.model is model:
            self._reader = None
            if self.asked:
                self._send(Completion(self.asked.request, ""))
                self.asked = None

    def due(self) -> float:
        """Return when there is something to do: now, or infinity."""
        begun = self.asked and self._reader and self._reader.request is self.asked
        return -math.inf if begun else math.inf

    def step(self) -> None:
        """Read on, or answer."""
        asked, reader = self.asked, self._reader
        if asked is None or reader is None:
            return
        if not reader.reading.done:
            reader.reading.step(1 / FRAMES_PER_SECOND)
            return
        if reader.state is None:
            reader.state = reader.session.snapshot()
        ghost = reader.session.next_many(asked.length, _GREEDY)
        self.asked = None
        self._send(Completion(asked.request, _whole_words(ghost)))


def _whole_words(text: str) -> str:
    """Return the first line of a text, without the word at its end that may be half of one."""
    line, newline, _ = text.partition("\n")
    words = line.rstrip() if newline else line.rpartition(" ")[0]
    return words or line.rstrip()
