"""The session store: how long a person waits for a list or a search among years of talk."""

from __future__ import annotations

import itertools
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

from rnntui.bench.plan import Plan
from rnntui.bench.report import Budget, Entry, Heading, Line
from rnntui.store import open_store, rows
from rnntui.store.inserting import insert_session
from rnntui.store.opening import connect
from rnntui.store.records import Author
from rnntui.store.store import Store

_TURNS = 100
"""Of each session."""

_WORDS = 15
"""Of each message."""

_SYLLABLES = ("ka", "lo", "mi", "ren", "sto", "tu", "va", "wen", "xi", "yor")

_QUERIES = {
    "a common word": "kaka ",
    "a letter": "k",
    "a rare word": "yoryoryor ",
    "a word that is nowhere": "nowhere ",
    "two words": "kaka lo",
    "a phrase": '"kaka kalo"',
}


def sessions(plan: Plan) -> Iterator[Entry]:
    """Time opening a large store for a list, and for searches of several kinds."""
    yield Heading(f"sessions ({plan.messages:,} messages kept)")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sessions.db"
        _build(path, plan.messages)
        size = path.stat().st_size
        seconds = _median_seconds(path, plan, Store.sessions)
        yield _line("sessions/list", "opened, newest 50 listed", seconds, f"{size / 1e6:.0f} MB")
        times = {
            name: _median_seconds(path, plan, partial(Store.search, words=words))
            for name, words in _QUERIES.items()
        }
        slowest = max(times, key=lambda name: times[name])
        yield _line(
            "sessions/search", "opened, searched", times[slowest],
            f"slowest of {len(times)}: {slowest}", times,
        )  # fmt: skip
        seconds = _seconds_to_append(path, plan)
        yield Line("sessions/append", "a frame of text given to be kept", seconds, "s")


def _line(
    name: str, what: str, seconds: float, detail: str, figures: dict[str, float] | None = None
) -> Line:
    return Line(name, what, seconds, "s", Budget(0.2, at_most=True), detail, figures or {})


def _build(path: Path, messages: int) -> None:
    """Fill a new store, in one transaction that waits for no disk and indexes all at its end."""
    db, _ = connect(path)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    (index,) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'piece_added'").fetchone()
    db.execute("DROP TRIGGER piece_added")
    now = rows.now()
    for _ in range(0, messages, _TURNS):
        insert_session(db, "chat", "", Author("chat-lstm"), now, now)
    db.executemany(
        "INSERT INTO turn (session, parent, role, model, revision, settings, candidates, stopped,"
        " created, finished) VALUES (?, ?, ?, '', '', '{}', '[]', 0, ?, ?)",
        (
            (1 + n // _TURNS, n if n % _TURNS else None, "model" if n % 2 else "you", now, now)
            for n in range(messages)
        ),
    )
    texts = _texts()
    numbered = ((n + 1, next(texts)) for n in range(messages))
    db.executemany("INSERT INTO piece (turn, text) VALUES (?, ?)", numbered)
    db.execute("INSERT INTO search (search) VALUES ('rebuild')")
    db.execute(index)
    db.execute("COMMIT")
    db.close()


def _texts() -> Iterator[str]:
    """Yield messages by Zipf's law: a few words stand everywhere, most hardly ever."""
    words = ["".join(parts) for n in (2, 3) for parts in itertools.product(_SYLLABLES, repeat=n)]
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(words) + 1)))
    draw = random.Random(0)
    while True:
        yield " ".join(draw.choices(words, cum_weights=weights, k=_WORDS))


def _median_seconds(path: Path, plan: Plan, job: Callable[[Store], object]) -> float:
    times = []
    for _ in range(plan.store_runs):
        begun = time.perf_counter()
        with open_store(path) as store:
            job(store)
            times.append(time.perf_counter() - begun)
    return median(times)


def _seconds_to_append(path: Path, plan: Plan) -> float:
    """Return what giving a frame's text to a growing turn costs whoever draws the frames."""
    with open_store(path) as store:
        growing = store.grow(store.begin("write", Author()).id, "model", after=None)
        times = []
        for _ in range(20 * plan.store_runs):
            begun = time.perf_counter()
            growing.write("what a fast model writes in one frame of a fortieth of a second; " * 2)
            times.append(time.perf_counter() - begun)
            time.sleep(0.005)
        growing.finish()
    return median(times)
