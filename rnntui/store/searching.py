"""Full-text search. What is sought is data: no query can be a syntax error."""

from __future__ import annotations

import secrets
import sqlite3
import unicodedata
from collections.abc import Iterator

from rnntui.store import rows
from rnntui.store.records import Hit

_WORDS = 24
"""Of a snippet."""

_SEARCH = f"""
SELECT search.rowid, s.id, t.id, s.kind, {rows.TITLE}, t.role, t.created,
    snippet(search, 0, :begin, :end, '…', {_WORDS})
FROM search
CROSS JOIN piece found ON found.id = search.rowid
CROSS JOIN turn t ON t.id = found.turn
CROSS JOIN session s ON s.id = t.session
WHERE search MATCH :query AND search.rowid < :before AND s.deleted IS NULL
    AND (:kind IS NULL OR s.kind = :kind) AND (:session IS NULL OR s.id = :session)
ORDER BY search.rowid DESC LIMIT :limit
"""
# Newest first rather than best first: ranking looks at every place a common word stands at, 0.3 s
# of 100,000, and what one looks for in one's own talk is mostly recent.


def search(
    db: sqlite3.Connection,
    words: str,
    *,
    kind: str | None,
    session: int | None,
    before: int | None,
    limit: int,
) -> list[Hit]:
    """Return where words stand; for the arguments see `Store.search`."""
    query = as_query(words)
    if not query:
        return []
    # Marks that no text holds, since they are drawn anew each time.
    begin, end = (f"\ue000{secrets.token_hex(8)}{mark}" for mark in "<>")
    values = {
        "query": query, "begin": begin, "end": end, "kind": kind, "session": session,
        "before": 2**62 if before is None else before, "limit": limit,
    }  # fmt: skip
    return [
        Hit(
            id_, session_, turn, kind_, rows.shown_title(title), role, rows.when(created),
            *_marked(snippet, begin, end),
        )
        for id_, session_, turn, kind_, title, role, created, snippet in db.execute(_SEARCH, values)
    ]  # fmt: skip


def as_query(words: str) -> str:
    """Return what a person typed in FTS5's language, "" where there is no word in it.

    All words must be there; the last may be the beginning of one, as it is still being typed;
    words between quotation marks stand in that order.
    """
    phrases = [" ".join(_words(part)) if quoted else _words(part) for quoted, part in _parts(words)]
    terms: list[str] = []
    for phrase in phrases:
        terms += [phrase] if isinstance(phrase, str) else phrase
    quoted_terms = [f'"{term}"' for term in terms if term]
    if quoted_terms and words[-1:] != '"' and not words[-1:].isspace():
        quoted_terms[-1] += "*"
    return " AND ".join(quoted_terms)


def _parts(words: str) -> Iterator[tuple[bool, str]]:
    for number, part in enumerate(words.split('"')):
        yield bool(number % 2), part


def _words(text: str) -> list[str]:
    """Return the words of a text: letters, digits and the marks on them, as the index has them."""
    words = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in text).split()
    return [word for word in words if any(unicodedata.category(c)[0] != "M" for c in word)]


def _marked(snippet: str, begin: str, end: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Take the marks out of a snippet; return it, and where the words between them stand."""
    first, *marked = snippet.split(begin)
    text, matches = first, []
    for part in marked:
        word, _, rest = part.partition(end)
        matches.append((len(text), len(text) + len(word)))
        text += word + rest
    return text, tuple(matches)
