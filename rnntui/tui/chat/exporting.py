"""Sessions as files where the app was started, and back. Runs on the archive's thread."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from rnntui.display import one_line
from rnntui.files import file_problem, write_atomically
from rnntui.store.records import Session
from rnntui.store.store import Store

Form = Literal["md", "json"]


def export(store: Store, session: int, form: Form) -> str:
    """Write a session: the branch that is followed as a page, or all of it as JSON.

    Returns:
        The path, for people.

    Raises:
        FileProblem: it cannot be written.
        StoreError: there is no such session.
    """
    from rnntui.store.exchange import as_document
    from rnntui.store.markdown import as_markdown

    conversation = store.load(session)
    title = re.sub(r"[^\w]+", "-", conversation.session.title).strip("-").lower()[:30]
    content = as_markdown(conversation) if form == "md" else as_document([conversation])
    return _written(f"{title or 'session'}.{form}", content)


def export_all(store: Store, sessions: Sequence[int]) -> str:
    """Write sessions as one JSON document, as `export` does."""
    from rnntui.store.exchange import as_document

    return _written("sessions.json", as_document(store.load(session) for session in sessions))


def _written(name: str, content: str | bytes) -> str:
    path = Path.cwd() / f"rnntui-{time.strftime('%Y-%m-%d-%H%M%S')}-{name}"
    write_atomically(path, content)
    return one_line(str(path), 200)


def import_(store: Store, path: Path) -> list[Session]:
    """Bring the sessions of an exported JSON document in, as new ones.

    Raises:
        FileProblem: it cannot be read.
        StoreError: it is none of ours, or damaged, or cannot be kept.
    """
    from rnntui.store.exchange import MOST_BYTES, from_document

    try:
        with path.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise file_problem(error, path, "read") from error
    return [store.copy_in(each) for each in from_document(raw, path.name)]
