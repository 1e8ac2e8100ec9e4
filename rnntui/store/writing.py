"""The Write mode's text as a session: what was typed and written, with all that was taken back.

The app tells a `Keeping` what its manuscript holds whenever that changes, and each frame in
between; it finds out what is new. A passage taken back stays in the session as a branch, and the
same passage brought back is the same turn again. Nothing of the app is imported: a passage is
whatever has a passage's fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import msgspec

from rnntui.store.growing import Growing
from rnntui.store.records import Author, Conversation, Role, Session, Turn
from rnntui.store.store import Store


class Passage(Protocol):
    """What is kept of a passage; `rnntui.tui.manuscript.Passage` has more."""

    @property
    def kind(self) -> Literal["prompt", "written"]:
        """Whether a person typed it or a model wrote it."""

    @property
    def text(self) -> str:
        """What it says."""

    @property
    def fresh(self) -> bool:
        """Whether a text of its own begins with it."""

    @property
    def model(self) -> str:
        """What wrote it."""

    @property
    def seed(self) -> int | None:
        """Of its run."""

    @property
    def settings(self) -> tuple[tuple[int, Any], ...]:
        """Settings by the position from which they held."""


@dataclass(frozen=True)
class KeptPassage:
    """A passage as it comes back: settings are plain mappings, the engine's runs are gone."""

    kind: Literal["prompt", "written"]
    text: str
    fresh: bool
    model: str
    seed: int | None
    settings: tuple[tuple[int, Mapping[str, Any]], ...]


@dataclass(eq=False)
class _Kept:
    """A passage that is in the session."""

    turn: int
    passage: Passage
    """As it was when it was last looked at."""
    length: int
    """Characters that were handed to the store."""
    growing: Growing | None

    def holds(self, passage: Passage) -> bool:
        """Whether it is this passage, or this one before it grew."""
        mine = self.passage
        if (mine.kind, mine.fresh, mine.model, mine.seed) != (
            passage.kind, passage.fresh, passage.model, passage.seed
        ):  # fmt: skip
            return False
        if self.growing:
            return len(passage.text) >= self.length and passage.text.startswith(mine.text)
        return passage.text == mine.text


def as_passages(conversation: Conversation) -> list[KeptPassage]:
    """Return the passages of the branch that is followed, in order."""
    model = conversation.session.author.model
    return [_as_passage(turn, model) for turn in conversation.path]


class Keeping:
    """A text on its way into a session. The methods may be called from any one thread at a time.

    Args:
        store: where.
        author: the model that writes first, of sessions that begin.
        conversation: the session that is gone on with; None begins one with the first passage.
    """

    def __init__(
        self, store: Store, author: Author, conversation: Conversation | None = None
    ) -> None:
        self.author = author
        self.session: Session | None = conversation.session if conversation else None
        """The session the text is in; None while there is no text."""
        self._store = store
        self._children: dict[int | None, list[_Kept]] = {}
        self._path: list[_Kept] = []
        if conversation:
            model = conversation.session.author.model
            for turn in conversation.turns:
                passage = _as_passage(turn, model)
                kept = _Kept(turn.id, passage, len(turn.text), None)
                self._children.setdefault(turn.parent, []).append(kept)

    def write(self, text: str) -> None:
        """Note that the last passage grew by this. Never waits, never fails.

        Either every frame goes through here or none does: `sync` adds what came after the last.
        """
        last = self._path[-1] if self._path else None
        if last and last.growing:
            last.growing.write(text)
            last.length += len(text)

    def sync(self, passages: Sequence[Passage], *, writing: bool) -> None:
        """Bring the session to what the manuscript holds.

        Where that session was deleted meanwhile, what comes after begins another.

        Args:
            passages: of the whole manuscript, in order.
            writing: whether a run goes on, so that the last passage grows.

        Raises:
            StoreError: it cannot be kept now; call again, nothing is lost meanwhile.
        """
        if self.session and self._store.session(self.session.id).deleted:
            if self._holds_all(passages):
                return  # it is to be forgotten, and nothing came after
            self._finish_all(self._path)
            self.session = None
        if not passages and self.session is None:
            return
        if self.session is None or (passages and self._is_new(passages[0])):
            self._finish_all(self._path)
            self.session = self._store.begin("write", self.author)
            self._children, self._path = {}, []
        path: list[_Kept] = []
        for number, passage in enumerate(passages):
            grows = writing and passage.kind == "written" and number == len(passages) - 1
            path.append(self._kept(path[-1].turn if path else None, passage, grows))
        self._finish_all(kept for kept in self._path if kept not in path)
        self._path = path
        self._store.select(self.session.id, path[-1].turn if path else None)

    def _holds_all(self, passages: Sequence[Passage]) -> bool:
        """Whether the session has all of a text that no longer grows."""
        return len(passages) == len(self._path) and all(
            kept.holds(passage) and not kept.growing
            for kept, passage in zip(self._path, passages, strict=True)
        )

    def _is_new(self, first: Passage) -> bool:
        """Whether another text begins on an empty page."""
        page_was_empty = not self._path
        return page_was_empty and not self._find(None, first)

    def _find(self, parent: int | None, passage: Passage) -> _Kept | None:
        return next((k for k in self._children.get(parent, []) if k.holds(passage)), None)

    def _kept(self, parent: int | None, passage: Passage, grows: bool) -> _Kept:
        kept = self._find(parent, passage)
        if kept is None:
            kept = self._new(parent, passage, grows)
            self._children.setdefault(parent, []).append(kept)
        elif kept.growing:
            kept.growing.write(passage.text[kept.length :])
            kept.length, kept.passage = len(passage.text), passage
            if not grows:
                self._finish_all([kept])
        return kept

    def _new(self, parent: int | None, passage: Passage, grows: bool) -> _Kept:
        assert self.session
        role, author = _role(passage), self._author(passage)
        length = len(passage.text)
        if not grows:
            turn = self._store.add(self.session.id, role, passage.text, after=parent, author=author)
            return _Kept(turn.id, passage, length, None)
        growing = self._store.grow(self.session.id, role, after=parent, author=author)
        growing.write(passage.text)
        return _Kept(growing.turn, passage, length, growing)

    def _finish_all(self, path: Iterable[_Kept]) -> None:
        for kept in path:
            if kept.growing:
                kept.growing.finish()
                if len(kept.passage.settings) > 1:  # a knob was turned since it began
                    self._store.attribute(kept.turn, self._author(kept.passage))
                kept.growing = None

    def _author(self, passage: Passage) -> Author:
        """Return what a passage's author has that its session's has not."""
        assert self.session
        same = passage.model == self.session.author.model
        settings = [[at, msgspec.to_builtins(each)] for at, each in passage.settings]
        return Author(
            "" if same else passage.model, "", passage.seed, {"from": settings} if settings else {}
        )


def _role(passage: Passage) -> Role:
    if passage.kind == "written":
        return "model"
    return "text" if passage.fresh else "you"


def _as_passage(turn: Turn, model: str) -> KeptPassage:
    written = turn.role == "model"
    return KeptPassage(
        "written" if written else "prompt", turn.text, turn.role == "text",
        (turn.author.model or model) if written else "", turn.author.seed,
        tuple(_settings(turn.author.settings.get("from"))),
    )  # fmt: skip


def _settings(held: object) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield settings with their positions; a session from elsewhere may hold anything there."""
    for pair in held if isinstance(held, list) else ():
        match pair:
            case [int(at), dict(each)]:
                yield at, each
