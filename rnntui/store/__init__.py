"""Sessions that are kept: chats and written texts with all their branches, in one SQLite file.

What the store hands out is in `rnntui.store.records`. It knows neither models nor screens, and
loads no SQLite before a store is opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnntui.store.store import Store


def open_store(path: Path | None = None) -> Store:
    """Open the sessions that are kept, beginning with none; a context manager that closes them.

    A damaged file is put aside, never overwritten: `Store.notice` then says where it is.

    Args:
        path: the file; None for the user's own, `location()`.

    Raises:
        StoreError: it is from a newer rnntui or another program, or cannot be opened.
        FileProblem: its folder cannot be made.
    """
    from rnntui.store.store import Store

    return Store(path or location())


def location() -> Path:
    """The file of the user's own sessions."""
    from rnntui import paths

    return paths.state() / "sessions.db"
