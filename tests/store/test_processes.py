"""Several processes share a file, and one that is killed takes nothing along from the disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from rnntui.store import open_store
from rnntui.store.store import Store
from tests.store.conftest import AUTHOR

TURNS = 25

WRITER = """
import sys
from rnntui.store import open_store
from rnntui.store.records import Author
name, turns = sys.argv[1], int(sys.argv[2])
sys.stdin.read(1)  # all begin at once, with no file there
with open_store() as store:
    session, after = store.begin("chat", Author(name)).id, None
    growing = store.grow(session, "text", after=None)
    for number in range(turns):
        after = store.add(session, "you", f"{name} says {number}", after=after).id
        growing.write(f"{name} {number}\\n")
    growing.finish()
"""


def process(code: str, *arguments: str) -> subprocess.Popen[str]:
    """A Python process that waits for a character to begin."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def check_index(store: Store) -> None:
    """Have FTS5 compare its index with the pieces."""
    store._db.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")


def test_processes_that_write_at_once_lose_nothing(home: object) -> None:
    names = ("one", "two", "three")
    writers = [process(WRITER, name, str(TURNS)) for name in names]
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("!")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=120)
        assert writer.returncode == 0
    with open_store() as store:
        assert store.notice == ""
        assert {session.author.model for session in store.sessions()} == set(names)
        for session in store.sessions():
            name = session.author.model
            loaded = store.load(session.id)
            said = [turn.text for turn in loaded.path]
            assert said == [f"{name} says {number}" for number in range(TURNS)]
            assert loaded.turns[0].text == "".join(f"{name} {n}\n" for n in range(TURNS))
            assert len(store.search(f"{name} says", limit=1000)) == TURNS
        check_index(store)


GROWER = """
import itertools, sys, time
from rnntui.store import open_store
from rnntui.store.records import Author
store = open_store()
session = store.begin("write", Author()).id
growing = store.grow(session, "model", after=None)
print(growing.turn, flush=True)
for number in itertools.count():
    growing.write(f"{number}\\n")
    if number % 100 == 0:
        print(number, flush=True)
    time.sleep(0.001)
"""


def test_a_process_killed_while_it_writes_loses_no_more_than_was_not_flushed(home: object) -> None:
    grower = process(GROWER)
    assert grower.stdout
    try:
        turn = int(grower.stdout.readline())
        told = [int(grower.stdout.readline()) for _ in range(5)][-1]
        end = time.monotonic() + 100
        with open_store() as reader:  # nothing but the time that passes has it flushed
            while len(reader.turn(turn).text.split("\n")) <= told:
                assert time.monotonic() < end
                time.sleep(0.05)
            seen = reader.turn(turn).text
    finally:
        os.kill(grower.pid, signal.SIGKILL)
        grower.communicate()
    with open_store() as store:
        assert store.notice == ""
        left = store.turn(turn)
        assert left.text.startswith(seen) and left.finished is None
        assert left.text == "".join(f"{n}\n" for n in range(left.text.count("\n")))
        check_index(store)
        session = store.session(left.session)
        assert session.active == turn
        more = store.add(session.id, "you", "and on it goes", after=turn)
        assert store.load(session.id).path[-1] == more


def test_a_damaged_file_is_put_aside_once_by_processes_that_begin_at_once(home: object) -> None:
    with open_store() as store:
        folder = store.path.parent
        store.begin("chat", AUTHOR)
    store.path.write_bytes(b"damaged " * 1000)
    writers = [process(WRITER, name, "1") for name in ("one", "two")]
    for writer in writers:
        writer.communicate("!", timeout=120)
        assert writer.returncode == 0
    assert len(list(folder.glob("sessions-damaged-*.db"))) == 1
    with open_store() as store:
        assert {session.author.model for session in store.sessions()} == {"one", "two"}
