"""How far a download is, told after each piece that was written.

It takes the place of the tqdm bar that the Hub's client would draw. It is no subclass of tqdm,
whose lock between processes breaks where programs draw on the terminal themselves (`bad value(s)
in fds_to_keep`): it has the few methods that are called.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rnntui.checkpoints.hub.errors import HubError

_RECENT = 3.0
"""Seconds over which the speed is taken."""


@dataclass(frozen=True)
class Progress:
    """How far a download is."""

    done: int
    """Bytes that are here."""
    total: int
    """Bytes there will be."""
    file: str
    """Which one is coming."""
    speed: float
    """Bytes a second, of the last seconds; 0 where nothing came."""


def ignore(_: Progress) -> None:
    """Tell nobody."""


class Meter:
    """Counts the bytes of one file after another.

    Args:
        total: bytes of all files.
        report: told how far it is.
    """

    def __init__(self, total: int, report: Callable[[Progress], None]) -> None:
        self._total = total
        self._report = report
        self._before = 0
        self._file, self._size, self._done = "", 0, 0
        self._marks: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])
        self._moved = 0

    def begin(self, file: str, size: int) -> None:
        """The next file, or the same once more, begins."""
        self._file, self._size, self._done = file, size, 0

    def end(self) -> None:
        """The file is here."""
        self._before += self._size
        self._done = self._size = 0
        self._tell()

    def __call__(self, *_: Any, initial: int = 0, **__: Any) -> Meter:
        """Be the bar that the client makes for a file, of which `initial` bytes are here."""
        self._done = initial
        return self

    def __enter__(self) -> Meter:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, count: float | None = 1) -> None:
        """So many bytes more were written; less than none where they are thrown away.

        Raises:
            HubError: more comes than was announced, as from a packed file that never ends.
        """
        moved = int(count or 0)
        self._done += moved
        self._moved += max(0, moved)
        if self._done > self._size:
            what = f"{self._file} is larger than the Hub says"
            raise HubError("damaged", what, "try again later, or choose another model")
        self._tell()

    def _tell(self) -> None:
        now = time.monotonic()
        self._marks.append((now, self._moved))
        while now - self._marks[0][0] > _RECENT and len(self._marks) > 2:
            self._marks.popleft()
        since, moved = self._marks[0]
        speed = (self._moved - moved) / (now - since) if now > since else 0.0
        self._report(Progress(self._before + self._done, self._total, self._file, speed))
