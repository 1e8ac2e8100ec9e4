"""A turn's text in pieces: a text that grows for days is appended to, never written anew."""

from __future__ import annotations

LIMIT = 4000
"""Characters of a piece. The last one of a growing text is written anew twice a second, which costs
a millisecond; words that stand further apart are not found by one search."""


def cut(text: str) -> list[str]:
    """Cut text into pieces, between words where there is a gap."""
    pieces, begin = [], 0
    while len(text) - begin > LIMIT:
        middle, limit = begin + LIMIT // 2, begin + LIMIT
        gap = max(text.rfind(" ", middle, limit), text.rfind("\n", middle, limit))
        end = gap + 1 if gap >= 0 else limit
        pieces.append(text[begin:end])
        begin = end
    pieces.append(text[begin:])
    return pieces
