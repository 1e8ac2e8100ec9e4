"""Ending a text where it ends with the words asked for, which are not part of it."""

from __future__ import annotations


class StopText:
    """Passes text on until the stop text appears, holding back what may turn out to be its start.

    Args:
        stop: ends the text; "" never does.
    """

    def __init__(self, stop: str) -> None:
        self._stop = stop
        self._held = ""
        self.stopped = False

    def push(self, text: str) -> str:
        """Take the next piece of the text; return what can no longer be part of the stop text."""
        if self.stopped or not self._stop:
            return "" if self.stopped else text
        self._held += text
        found = self._held.find(self._stop)
        if found >= 0:
            released, self._held, self.stopped = self._held[:found], "", True
            return released
        longest = min(len(self._held), len(self._stop) - 1)
        keep = next(k for k in range(longest, -1, -1) if self._held.endswith(self._stop[:k]))
        split = len(self._held) - keep
        released, self._held = self._held[:split], self._held[split:]
        return released

    def flush(self) -> str:
        """Return what was held back, once the text has ended otherwise."""
        released, self._held = self._held, ""
        return released
