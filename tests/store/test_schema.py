"""Older files are migrated with all that is in them; newer and foreign ones are left alone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from rnntui.errors import StoreError
from rnntui.store import location, open_store, schema
from rnntui.store.store import Store
from tests.store.conftest import AUTHOR


def layout(store: Store) -> set[tuple[str, str]]:
    """What tables, indices and triggers a file has, and how they were made."""
    return set(store._db.execute("SELECT name, coalesce(sql, '') FROM sqlite_master"))


@pytest.mark.parametrize("steps", range(1, len(schema.STEPS)))
def test_a_file_of_every_older_version_is_migrated(
    home: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(schema, "STEPS", schema.STEPS[:steps])
        with open_store() as old:
            chat = old.begin("chat", AUTHOR).id
            turn = old.add(chat, "you", "an old message", after=None)
            assert old._db.execute("PRAGMA user_version").fetchone() == (steps,)
    with open_store() as store, open_store(home / "new.db") as new:
        assert store._db.execute("PRAGMA user_version").fetchone() == (len(schema.STEPS),)
        assert layout(store) == layout(new)
        assert store.load(chat).turns == (turn,)
        assert [hit.turn for hit in store.search("message")] == [turn.id]
        assert store._db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = layout(store)
    broken = (*schema.STEPS, "CREATE TABLE more (x);\nSELECT * FROM nowhere;\n")
    monkeypatch.setattr(schema, "STEPS", broken)
    with pytest.raises(StoreError, match="nowhere"):
        open_store()
    assert layout(store) == before


def test_a_newer_file_is_left_as_it_is(home: Path) -> None:
    with open_store() as store:
        store._db.execute("PRAGMA user_version = 99")
    content = location().read_bytes()
    with pytest.raises(
        StoreError, match=r"newer rnntui \(version 99 .* knows \d+\); update rnntui"
    ):
        open_store()
    assert location().read_bytes() == content
    assert [path.name for path in location().parent.iterdir()] == [location().name]


def test_another_programs_file_is_left_as_it_is(home: Path) -> None:
    location().parent.mkdir(parents=True)
    with sqlite3.connect(location()) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    content = location().read_bytes()
    with pytest.raises(StoreError, match="another program's file; move it"):
        open_store()
    assert location().read_bytes() == content
