"""Damaged files are put aside under a name that says when, and never written over."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from rnntui.errors import RnntuiError, StoreError
from rnntui.files import FileProblem
from rnntui.store import location, open_store, opening
from rnntui.store.store import Store
from tests.store.conftest import AUTHOR


def filled() -> int:
    """Close a store with a hundred turns in it; return its session."""
    with open_store() as store:
        session = store.begin("chat", AUTHOR).id
        store.add(session, "text", "some words to damage " * 20_000, after=None)
        return session


def put_aside(notice: str) -> Path:
    """The file that a notice names."""
    found = re.search(
        r"the file is now (\S+sessions-damaged-\d{4}-\d\d-\d\dT\d{6}\S*\.db),", notice
    )
    assert found, notice
    return Path(found[1])


def test_no_database_and_half_a_one_are_put_aside(home: Path) -> None:
    filled()
    whole = location().read_bytes()
    kept = []
    for content in (b"no database at all " * 500, whole[: len(whole) // 2], b"\0" * 8192):
        location().write_bytes(content)
        with open_store() as store:
            kept.append(put_aside(store.notice))
            assert kept[-1].read_bytes() == content
            assert store.sessions() == []
            store.begin("chat", AUTHOR)
        with open_store() as store:
            assert store.notice == "" and len(store.sessions()) == 1
    assert len(set(kept)) == 3
    assert not (kept[0].parent / "sessions.db-wal").exists()


def test_an_empty_file_is_a_store_without_sessions(home: Path) -> None:
    location().parent.mkdir(parents=True)
    location().touch()
    with open_store() as store:
        assert store.sessions() == [] and store.notice == ""


def test_damage_that_is_met_later_is_put_aside_at_the_next_start(home: Path) -> None:
    session = filled()
    damaged = bytearray(location().read_bytes())
    leaves = [
        begin
        for begin in range(0, len(damaged), 4096)  # the pages of a table's rows, with text in them
        if damaged[begin] == 0x0D and b"words to damage" in damaged[begin : begin + 4096]
    ]
    damaged[leaves[len(leaves) // 2]] = 0xA5
    location().write_bytes(damaged)
    with open_store() as store:
        assert store.notice == ""
        with pytest.raises(StoreError, match="damaged; start rnntui again: it puts"):
            store.load(session)
    with open_store() as store:
        assert put_aside(store.notice).read_bytes() == damaged
        assert store.sessions() == []
    with open_store() as store:
        assert store.notice == ""


def test_a_damaged_index_is_made_anew(store: Store, chat: int) -> None:
    store._db.execute("DELETE FROM search_data WHERE id > 10")
    with pytest.raises(StoreError, match="damaged"):
        store.search("reply")
    store.close()
    with open_store() as again:
        assert again.notice == "" and len(again.search("reply")) == 2


def test_a_file_that_another_process_keeps_busy_is_said_to_be(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.1)
    with open_store() as store, open_store() as other:
        session = store.begin("chat", AUTHOR).id
        other._db.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="busy for too long; try again"):
            store.add(session, "you", "x", after=None)
        assert store.load(session).turns == ()  # reading goes on
        other._db.execute("ROLLBACK")
        assert store.add(session, "you", "x", after=None).text == "x"


def test_a_store_that_may_only_be_read_says_so(store: Store, chat: int) -> None:
    store._db.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="cannot be written to; change its rights"):
        store.rename(chat, "x")
    assert store.session(chat).title == "Hello there"


def test_a_place_where_no_file_can_be_is_refused(home: Path) -> None:
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file")
    with pytest.raises(FileProblem, match="a part of the path is a file"):
        open_store()
    home.unlink()
    location().mkdir(parents=True)
    with pytest.raises(RnntuiError, match="it is a folder"):
        open_store()


def test_a_pipe_or_a_device_in_the_place_of_the_file_is_called_so(home: Path) -> None:
    file = location()
    file.parent.mkdir(parents=True)
    os.mkfifo(file)
    with pytest.raises(StoreError, match="it is a pipe or a device; move it away"):
        open_store()
    file.unlink()
    file.symlink_to("/dev/zero")
    with pytest.raises(StoreError, match="it is a pipe or a device; move it away"):
        open_store()


FULL = """
import resource
from rnntui.errors import StoreError
from rnntui.store import open_store
from rnntui.store.records import Author
with open_store() as store:
    session = store.begin("chat", Author()).id
    store.add(session, "you", "before", after=None)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
    try:
        store.add(session, "you", "too much " * 100_000, after=None)
    except StoreError as error:
        print(error)
    assert [turn.text for turn in store.load(session).turns] == ["before"]
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    store.add(session, "you", "after", after=None)
"""


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_FSIZE)[1] != -1, reason="limited already")
def test_a_file_that_may_not_grow_is_an_error_and_no_damage(home: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "cannot write the sessions in" in done.stdout
    with open_store() as store:
        assert [t.text for t in store.load(1).turns] == ["before", "after"]
