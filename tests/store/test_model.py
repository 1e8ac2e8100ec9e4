"""Whatever is done in whatever order, the store holds what a plain dictionary would."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from rnntui.store import open_store
from tests.store.conftest import AUTHOR

TEXTS = st.text("abc \n\x00é\U0001f600", max_size=20)
PICK = st.integers(0, 10**6)


@dataclass
class Plain:
    """A session as one would write it without a disk: texts and parents by id, and a place."""

    texts: dict[int, str] = field(default_factory=dict)
    parents: dict[int, int | None] = field(default_factory=dict)
    active: int | None = None
    deleted: bool = False


class Sessions(RuleBasedStateMachine):
    """Writes, branches, goes back, deletes, restores and restarts, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "sessions.db"
        self.store = self.opened()
        self.plain: dict[int, Plain] = {}

    def opened(self):  # type: ignore[no-untyped-def]
        """The store; no test waits for a power cut, so none waits for the disk."""
        store = open_store(self.path)
        store._db.execute("PRAGMA synchronous = OFF")
        return store

    def session(self, pick: int) -> int:
        """One of the sessions."""
        return list(self.plain)[pick % len(self.plain)]

    def place(self, session: int, pick: int) -> int | None:
        """One of its turns, or the beginning."""
        places = [None, *self.plain[session].texts]
        return places[pick % len(places)]

    @rule()
    @precondition(lambda self: len(self.plain) < 3)
    def begin(self) -> None:
        self.plain[self.store.begin("chat", AUTHOR).id] = Plain()

    @rule(which=PICK, where=PICK, text=TEXTS)
    @precondition(lambda self: self.plain)
    def add(self, which: int, where: int, text: str) -> None:
        session = self.session(which)
        after = self.place(session, where)
        turn = self.store.add(session, "you", text, after=after).id
        self.note(session, turn, after, text)

    @rule(which=PICK, where=PICK, texts=st.lists(TEXTS, max_size=4), long=st.booleans())
    @precondition(lambda self: self.plain)
    def grow(self, which: int, where: int, texts: list[str], long: bool) -> None:
        session = self.session(which)
        after = self.place(session, where)
        growing = self.store.grow(session, "model", after=after)
        texts = [text * 500 for text in texts] if long else texts
        for text in texts:
            growing.write(text)
            growing.flush()
        growing.finish()
        self.note(session, growing.turn, after, "".join(texts))

    def note(self, session: int, turn: int, after: int | None, text: str) -> None:
        """Do the same to the plain one."""
        plain = self.plain[session]
        plain.texts[turn], plain.parents[turn], plain.active = text, after, turn

    @rule(which=PICK, where=PICK)
    @precondition(lambda self: self.plain)
    def select(self, which: int, where: int) -> None:
        session = self.session(which)
        self.plain[session].active = self.place(session, where)
        self.store.select(session, self.plain[session].active)

    @rule(which=PICK, deleted=st.booleans())
    @precondition(lambda self: self.plain)
    def delete_or_restore(self, which: int, deleted: bool) -> None:
        session = self.session(which)
        (self.store.delete if deleted else self.store.restore)(session)
        self.plain[session].deleted = deleted

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = self.opened()

    @rule(which=PICK)
    @precondition(lambda self: self.plain)
    def compare(self, which: int) -> None:
        session = self.session(which)
        plain, loaded = self.plain[session], self.store.load(session)
        assert {turn.id: turn.text for turn in loaded.turns} == plain.texts
        assert {turn.id: turn.parent for turn in loaded.turns} == plain.parents
        assert loaded.session.active == plain.active
        path, turn = [], plain.active
        while turn is not None:
            path.insert(0, turn)
            turn = plain.parents[turn]
        assert [turn.id for turn in loaded.path] == path
        kept = {s.id for s in self.store.sessions()}
        assert kept == {s for s, each in self.plain.items() if not each.deleted}

    def teardown(self) -> None:
        self.store._db.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
        self.store.close()
        self.folder.cleanup()


TestSessions = Sessions.TestCase
TestSessions.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)
