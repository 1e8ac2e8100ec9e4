"""Cutting a stream of bytes into lines of any length, which both ends of the pipe need.

asyncio's own line reader gives up at 64 KiB, and a prompt may be a pasted megabyte.
"""

from __future__ import annotations

from collections.abc import Iterator


class Lines:
    """Takes bytes as they come and gives back whole lines.

    Args:
        longest: bytes of the longest line; a longer one is skipped and given back as None.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._pieces: list[bytes] = []  # of the line not yet ended: joined once, not per piece
        self._size = 0

    def push(self, data: bytes) -> Iterator[bytes | None]:
        """Yield the lines that `data` completes, without their newline."""
        *ended, rest = data.split(b"\n")
        for piece in ended:
            self._keep(piece)
            yield b"".join(self._pieces) if self._size <= self._longest else None
            self._pieces, self._size = [], 0
        self._keep(rest)

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._longest:
            self._pieces = []
        elif piece:
            self._pieces.append(piece)
