"""Watching over what the Hub's client transfers: stopping it, and waiting out what passes.

The client waits by itself where a server is busy, for a minute and more, without a word and without
a way to stop it; and of the ways in which a connection can break, it goes on after some and gives
up at others. So requests go through a client of httpx2 that knows who watches: it waits where that
can be seen and stopped, and makes one kind of break of all, after which a file is continued.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from rnntui.checkpoints.hub.errors import HubError, cut_off, host


@dataclass(frozen=True)
class Patience:
    """How much of a server is borne with."""

    tries: int = 5
    """In a row that bring nothing."""
    pause: float = 1.0
    """Seconds before the second try; twice that before the third, and so on."""
    longest_pause: float = 30.0
    """Seconds, also where the server asks for more."""


USUAL = Patience()


def nobody(_: str) -> None:
    """Tell no one."""


@dataclass
class Watch:
    """Somebody who waits for a transfer."""

    cancel: threading.Event = field(default_factory=threading.Event)
    """Set to stop it: before the next request, or at the next bytes."""
    say: Callable[[str], None] = nobody
    """Told what is waited for, in a line."""
    patience: Patience = USUAL
    connected: bool = False
    """Whether the server has answered yet, so that it may be back soon."""
    _broken: int = 0
    """Connections in a row that broke before a byte came."""

    def check(self) -> None:
        """Raise HubError where it was cancelled."""
        if self.cancel.is_set():
            raise HubError("cancelled", "the download was stopped", "the same command begins again")

    def pause(self, failures: int, what: str, asked: float = 0.0) -> None:
        """Wait after a failure, the longer the more there were.

        Args:
            failures: in a row, this one included.
            what: happened.
            asked: seconds that the server wants to be left alone.
        """
        wait = max(asked, self.patience.pause * 2 ** (failures - 1))
        wait = min(wait, self.patience.longest_pause)
        self.say(f"{what}; trying again in {wait:.0f} s")
        self.cancel.wait(wait)
        self.check()

    def broke(self, brought: int) -> None:
        """A connection broke in the middle of a file, which the client continues in a second.

        Args:
            brought: bytes that came before.

        Raises:
            HubError: it broke too often in a row and brought nothing.
        """
        self.check()
        self._broken = 0 if brought else self._broken + 1
        if self._broken >= self.patience.tries:
            raise cut_off()
        self.say(f"the connection to {host()} broke; going on")


_watching: ContextVar[Watch | None] = ContextVar("watching", default=None)


def watching() -> Watch | None:
    """Return who waits for what this thread transfers."""
    return _watching.get()


@contextmanager
def watched_by(watch: Watch) -> Iterator[None]:
    """Let somebody watch what this thread transfers in the block."""
    token = _watching.set(watch)
    try:
        yield
    finally:
        _watching.reset(token)
