"""Verdicts on reviews as Markdown: how the score moved, and which words moved it.

Used by `scripts/ship_model` for cards and by `scripts/trace_reviews` for docs/sentiment.md.
"""

from __future__ import annotations

from collections.abc import Iterable

from rnntui.display import one_line
from rnntui.inference.sentiment import Verdict, Word

_BARS = "▁▂▃▄▅▆▇█"
_COLUMNS = 60
"""Characters of a sparkline at most."""
_WIDTH = 88
"""Characters of a row of words."""
_MOVERS = 6


def headline(verdict: Verdict, truth: str) -> str:
    """Say what was judged, how surely, and whether that is right."""
    sure = verdict.score if verdict.label == "positive" else 1 - verdict.score
    right = "right" if verdict.label == truth else f"**wrong**, it is {truth}"
    return f"{verdict.label}, {sure:.1%} sure: {right}"


def sparkline(scores: Iterable[float]) -> str:
    """Draw scores from 0 to 1, at most 60 columns: each is the score where its piece ends."""
    values = list(scores)
    count = min(len(values), _COLUMNS)
    ends = [values[(i + 1) * len(values) // count - 1] for i in range(count)]
    return "".join(_BARS[min(int(score * len(_BARS)), len(_BARS) - 1)] for score in ends)


def excerpt(text: str) -> str:
    """Return the first and last words of a text, as a quotation."""
    text = one_line(text.replace("<br />", " "), 1 << 20)
    words = text.split()
    if len(words) > 50:
        text = " ".join([*words[:25], "[...]", *words[-25:]])
    return "> " + text.replace("*", "\\*").replace("<", "&lt;")


def movers(trace: Iterable[Word]) -> str:
    """Name the words with the largest shares for and against."""
    words = sorted(trace, key=lambda word: word.share)
    against = [word for word in words[:_MOVERS] if word.share < 0]
    found = [word for word in reversed(words[-_MOVERS:]) if word.share > 0]
    parts = [
        f"{side}: " + ", ".join(f"`{word.text}` {word.share:+.2f}" for word in chosen)
        for side, chosen in (("for", found), ("against", against))
        if chosen
    ]
    return "; ".join(parts)


def long_trace(title: str, text: str, verdict: Verdict, truth: str) -> str:
    """Return a review by its beginning and end, its sparkline, and the words that moved it."""
    assert verdict.trace
    return (
        f"{title}: {headline(verdict, truth)}\n\n{excerpt(text)}\n\n"
        f"    {sparkline(word.score for word in verdict.trace)}\n\n"
        f"{movers(verdict.trace)}\n"
    )


def short_trace(title: str, verdict: Verdict, truth: str) -> str:
    """Return every word of a review with the score after it and its share in log-odds."""
    assert verdict.trace
    return f"**{title}**: {headline(verdict, truth)}\n\n```text\n{_rows(verdict.trace)}\n```\n"


def _rows(trace: Iterable[Word]) -> str:
    """Words, the score after each, and the shares, in rows that lie above one another."""
    blocks: list[list[str]] = [["", "", ""]]
    for word in trace:
        cells = (
            word.text if word.known else f"[{word.text}]",
            f"{word.score:.2f}",
            f"{word.share:+.1f}",
        )
        width = max(map(len, cells)) + 1
        if blocks[-1][0] and len(blocks[-1][0]) + width > _WIDTH:
            blocks.append(["", "", ""])
        for row, cell in enumerate(cells):
            blocks[-1][row] += f"{cell:<{width}}"
    return "\n\n".join("\n".join(row.rstrip() for row in block) for block in blocks)
