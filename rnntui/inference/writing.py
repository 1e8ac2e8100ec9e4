"""Whole texts, of a length or up to a stop text, handed out as they come.

The loops of the Python API and of `rnntui generate`. The app drives a `Session` by itself, since
its settings change in mid-run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from rnntui.data.vocabulary import Encoded
from rnntui.errors import BadOption
from rnntui.inference.generation import Session
from rnntui.inference.sampling import Sampling
from rnntui.inference.stopping import StopText
from rnntui.inference.streams import Streams

_FRAME = 64
"""Characters computed at once: enough to make entering the BLAS limit free, and never a second."""


def _checked(length: int | None) -> float:
    if length is not None and length < 0:
        raise BadOption(f"length is {length}", "choose 0 or more")
    return float("inf") if length is None else length


class Generation(Iterator[str]):
    """The characters of one text, one by one; the session runs up to a frame ahead of them.

    Args:
        session: a fresh one.
        prompt: read first.
        length: characters to write; None never ends.
        sampling: the settings.
        stop: ends the text, "" never does.
    """

    def __init__(
        self, session: Session, prompt: str, length: int | None, sampling: Sampling, stop: str
    ) -> None:
        self._left = _checked(length)
        self._session, self._sampling = session, sampling
        self._stop = StopText(stop)
        self._ready: Iterator[str] = iter(())
        self._frame = 1  # the first character comes at once; frames then double
        self.seed = session.seed
        self.prompt: Encoded = session.feed(prompt)

    @property
    def stopped(self) -> bool:
        """Whether the stop text ended it."""
        return self._stop.stopped

    def __iter__(self) -> Self:
        """The iterator itself."""
        return self

    def __next__(self) -> str:
        """The next character."""
        while True:
            for character in self._ready:
                return character
            if not self._left:
                raise StopIteration
            self._ready = iter(self.next_frame(self._frame))
            self._frame = min(2 * self._frame, _FRAME)

    def next_frame(self, count: int) -> str:
        """Return up to `count` characters more; maybe none, while a stop text may be beginning.

        Do not mix it with iterating by character.
        """
        count = int(min(count, self._left))
        text = self._stop.push(self._session.next_many(count, self._sampling)) if count else ""
        self._left = 0 if self._stop.stopped else self._left - count
        return text if self._left else text + self._stop.flush()

    @property
    def done(self) -> bool:
        """Whether `next_frame` has nothing more to give."""
        return not self._left


class ManyGenerations(Iterator[list[str]]):
    """Several texts that grow side by side; each step gives the next piece of every one.

    Args:
        streams: fresh ones.
        prompt: read first.
        length: characters to write for each text.
        sampling: the settings.
        stop: ends a text, "" never does; the others go on.
    """

    def __init__(
        self, streams: Streams, prompt: str, length: int, sampling: Sampling, stop: str
    ) -> None:
        self._left = _checked(length)
        self._streams, self._sampling = streams, sampling
        self._stops = [StopText(stop) for _ in range(streams.count)]
        self.texts = [""] * streams.count
        """What every stream has written so far."""
        self.seed = streams.seed
        self.prompt: Encoded = streams.feed(prompt)

    def __iter__(self) -> Self:
        """The iterator itself."""
        return self

    def __next__(self) -> list[str]:
        """The next piece of every text, "" where it has ended."""
        if not self._left:
            raise StopIteration
        count = int(min(_FRAME, self._left))
        texts = self._streams.next_many(count, self._sampling)
        pieces = [stop.push(text) for stop, text in zip(self._stops, texts, strict=True)]
        self._left -= count
        if all(stop.stopped for stop in self._stops):
            self._left = 0
        if not self._left:
            pieces = [p + s.flush() for p, s in zip(pieces, self._stops, strict=True)]
        self.texts = [whole + piece for whole, piece in zip(self.texts, pieces, strict=True)]
        return pieces
