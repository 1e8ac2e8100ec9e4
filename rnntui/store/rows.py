"""Between the tables' rows and the records."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from rnntui.display import one_line
from rnntui.errors import StoreError
from rnntui.store.records import Author, Candidate, Session, Turn

TITLE = """
CASE s.title WHEN '' THEN (
    SELECT substr(p.text, 1, 200) FROM turn t CROSS JOIN piece p ON p.turn = t.id
    WHERE t.session = s.id ORDER BY t.id, p.id LIMIT 1
) ELSE s.title END
"""
"""The title of a session, which is the beginning of its text where nobody named it."""

SESSION = f"""
SELECT s.id, s.kind, {TITLE}, s.title, s.model, s.revision, s.seed, s.settings, s.created,
    s.updated, s.deleted, s.active, (SELECT count(*) FROM turn t WHERE t.session = s.id)
FROM session s
"""

TURN = """
SELECT id, session, parent, role, model, revision, seed, settings, candidates, sentiment, stopped,
    created, finished
FROM turn
"""

LONGEST_NAME = 1000
"""Characters of a session's name; the rest is cut off."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> int:
    """Return the time as it is kept."""
    return milliseconds(datetime.now(UTC))


def milliseconds(time: datetime) -> int:
    """Return a time as it is kept."""
    return (time - _EPOCH) // timedelta(milliseconds=1)


def when(kept: int) -> datetime:
    """Return a kept time."""
    return _EPOCH + timedelta(milliseconds=kept)


def as_session(row: Sequence[Any]) -> Session:
    """Return the session of a row of `SESSION`."""
    id_, kind, title, name, *author, created, updated, deleted, active, turns = row
    return Session(
        id_, kind, shown_title(title), name, _author(*author), when(created), when(updated),
        None if deleted is None else when(deleted), active, turns,
    )  # fmt: skip


def shown_title(title: str | None) -> str:
    """Return a title on one line, of 60 characters at most; "" for None."""
    return one_line((title or "").strip())


def as_turn(row: Sequence[Any], text: str) -> Turn:
    """Return the turn of a row of `TURN`."""
    id_, session, parent, role, *rest = row
    author, (candidates, sentiment, stopped, created, finished) = rest[:4], rest[4:]
    return Turn(
        id_, session, parent, role, text, _author(*author),
        tuple(Candidate(*each) for each in json.loads(candidates)), sentiment, bool(stopped),
        when(created), None if finished is None else when(finished),
    )  # fmt: skip


def _author(model: str, revision: str, seed: str | None, settings: str) -> Author:
    return Author(model, revision, None if seed is None else int(seed), json.loads(settings))


def author_values(author: Author) -> tuple[str, str, str | None, str]:
    """Return the values of the columns model, revision, seed and settings."""
    seed = None if author.seed is None else str(author.seed)
    return clean(author.model), clean(author.revision), seed, settings_value(author.settings)


def settings_value(settings: Mapping[str, Any]) -> str:
    """Return settings as they are kept.

    Raises:
        StoreError: JSON cannot hold them.
    """
    try:
        return clean(json.dumps(dict(settings), allow_nan=False, ensure_ascii=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise StoreError(
            f"settings cannot be kept: {error}", "use plain numbers and texts"
        ) from error


def candidates_value(candidates: Iterable[Candidate]) -> str:
    """Return candidates as they are kept; a score that is no finite number is none."""
    kept = [
        (each.text, finite(each.score), {k: v for k, v in each.figures.items() if math.isfinite(v)})
        for each in candidates
    ]
    return clean(json.dumps(kept, ensure_ascii=False))


def finite(value: float | None) -> float | None:
    """Return a number, None for what is no finite one."""
    return float(value) if value is not None and math.isfinite(value) else None


def clean(text: str) -> str:
    """Return text as UTF-8 can hold it: half a surrogate pair becomes U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def texts(db: sqlite3.Connection, where: str, value: int) -> dict[int, str]:
    """Return the texts of turns by their ids, put together from their pieces."""
    pieces: dict[int, list[str]] = {}
    query = f"SELECT p.turn, p.text FROM piece p JOIN turn t ON t.id = p.turn WHERE t.{where} = ?"
    for turn, text in db.execute(f"{query} ORDER BY p.id", (value,)):
        pieces.setdefault(turn, []).append(text)
    return {turn: "".join(found) for turn, found in pieces.items()}
