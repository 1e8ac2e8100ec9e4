"""Standard input as lines, one at a time as they come."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from rnntui.errors import CorpusError

_LONGEST = 64 << 20
"""Bytes of a line: what comes without an end, from /dev/zero say, is no text."""


def piped_lines() -> Iterator[str]:
    """Yield the lines of standard input as they come, without their ends.

    Raises:
        CorpusError: it is no text, or a line has no end.
    """
    first = True
    while raw := sys.stdin.buffer.readline(_LONGEST):
        if b"\0" in raw:
            raise CorpusError(
                "standard input is not text: it holds zero bytes", "pipe text in UTF-8"
            )
        if len(raw) == _LONGEST:
            raise CorpusError(
                f"a line of standard input is longer than {_LONGEST >> 20} MB", "cut it in pieces"
            )
        line = raw.removesuffix(b"\n").decode("utf-8-sig" if first else "utf-8", "replace")
        first = False
        yield line
