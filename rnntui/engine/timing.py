"""When a run writes, and how much at once: pace, size of a frame, measured speed.

Plain arithmetic on clock readings that the caller passes in; nothing here waits.
"""

from __future__ import annotations

import math
from collections import deque

FRAMES_PER_SECOND = 40
"""At full speed: what a terminal can show, and a stop in a fortieth of a second."""
_PACED_FRAMES_PER_SECOND = 30
_BURST = 0.1
"""Seconds of text that a run held up may catch up with at once."""
_MOST = 4096
"""Characters of a frame at most."""


class Pace:
    """Says how many characters are due.

    The n-th one is due n / rate after the first, so that rounding to frames never adds up.
    """

    def __init__(self) -> None:
        self._rate = 0.0
        self._origin = -math.inf
        self._count = 0
        self._earliest = -math.inf

    def turn(self, rate: float, now: float, written: int) -> None:
        """Take another rate (0 for full speed), from the next character on."""
        if rate != self._rate and rate:
            begun = math.isfinite(self._earliest)
            self._origin, self._count = now + (1 / rate if begun else 0), written
        self._rate = rate

    def due(self, written: int) -> float:
        """Return when there is something to write, as the clock will read; minus infinity now."""
        if not self._rate:
            return -math.inf
        return max(self._earliest, self._origin + (written - self._count) / self._rate)

    def allowed(self, now: float, written: int) -> int:
        """Return how many characters may be written now, and count on their being written."""
        self._earliest = now + 1 / _PACED_FRAMES_PER_SECOND
        if not self._rate:
            return _MOST
        late = (now - self._origin) * self._rate - (written - self._count)
        most = max(1.0, self._rate * _BURST)
        if late > most:  # held up: what was missed stays missed
            self._origin, self._count = now - most / self._rate, written
            late = most
        return min(_MOST, max(1, math.floor(late + 1e-6) + 1))


class FrameSize:
    """Chooses how many characters make a frame that takes the time it should."""

    def __init__(self) -> None:
        self.count = 1
        """Characters of the next frame: one at first, then half to twice the last one's. One frame
        during which another process had the core says little."""

    def took(self, seconds: float, count: int, target: float) -> None:
        """Learn from a frame.

        Args:
            seconds: that it took.
            count: its characters.
            target: seconds that a frame should take.
        """
        fitting = int(target * count / max(seconds, 1e-9))
        most = max(2 * count, self.count)  # the pace may have made it a shorter one than chosen
        self.count = max(1, self.count // 2, min(fitting, most, _MOST))


class Speed:
    """Characters a second over the last second or so."""

    def __init__(self, now: float) -> None:
        self._points: deque[tuple[float, int]] = deque([(now, 0)])

    def at(self, now: float, written: int) -> float:
        """Take another reading and return the speed."""
        points = self._points
        if now - points[-1][0] > 1:  # it rested
            points.clear()
            points.append((now - 1 / FRAMES_PER_SECOND, written - 1))
        points.append((now, written))
        while len(points) > 2 and now - points[1][0] >= 1:
            points.popleft()
        since, before = points[0]
        return (written - before) / (now - since) if now > since else 0.0
