"""What the store hands out: sessions, their turns as a tree, what a search found. All frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

Kind = Literal["chat", "write"]

Role = Literal["you", "model", "text"]
"""Who a turn is from: "you" typed it, a "model" wrote it, or it is a "text" that begins here and
that a model goes on with (in Write, the prompt of a text of its own)."""


@dataclass(frozen=True)
class Author:
    """What wrote something: enough to have it written again.

    Of a turn, only what differs from its session: "", None and {} mean as there.
    """

    model: str = ""
    """As the library calls it."""
    revision: str = ""
    """The Hub's commit, or the SHA-256 of the weights."""
    seed: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Sampling and the like; anything JSON can hold."""


AS_SESSION = Author()
"""The author of a turn that differs in nothing from its session's."""


@dataclass(frozen=True)
class Candidate:
    """A reply that might have been given."""

    text: str
    score: float | None = None
    """What it was ranked by, the higher the better; None where it was no number."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """What the score was computed from, by name."""


@dataclass(frozen=True)
class Session:
    """A chat or a text, without its turns."""

    id: int
    kind: Kind
    title: str
    """To be shown, on one line: its name, else how its text begins; "" while there is none."""
    name: str
    """As a person called it; "" where nobody did."""
    author: Author
    created: datetime
    """UTC, as all times here."""
    updated: datetime
    """When something was last written into it."""
    deleted: datetime | None
    """When it was deleted; it can be restored for `store.KEPT_DAYS`."""
    active: int | None
    """The turn at the end of the branch that is being followed; None while there is none."""
    turns: int
    """How many turns it has, in all branches."""


@dataclass(frozen=True)
class Turn:
    """A message of a chat, or a passage of a text."""

    id: int
    session: int
    parent: int | None
    """The turn it follows; None where it begins the session, or another beginning of it."""
    role: Role
    text: str
    author: Author
    candidates: tuple[Candidate, ...]
    """The replies it was chosen from, itself among them; () where there was no choice."""
    sentiment: float | None
    """The probability that it is positive; None where nobody judged it."""
    stopped: bool
    """Whether a person ended it before the model did."""
    created: datetime
    finished: datetime | None
    """None while it is being written, and for ever when that was broken off by a crash."""


@dataclass(frozen=True)
class Conversation:
    """A session with all its turns: a tree, of which one path is being followed."""

    session: Session
    turns: tuple[Turn, ...]
    """In the order in which they began; a parent comes before its children."""

    @cached_property
    def by_id(self) -> Mapping[int, Turn]:
        """The turns by their ids."""
        return {turn.id: turn for turn in self.turns}

    @cached_property
    def _children(self) -> Mapping[int | None, list[Turn]]:
        children: dict[int | None, list[Turn]] = {}
        for turn in self.turns:
            children.setdefault(turn.parent, []).append(turn)
        return children

    @property
    def path(self) -> list[Turn]:
        """The turns from the beginning to the active one."""
        return self.path_to(self.session.active)

    def path_to(self, turn: int | None) -> list[Turn]:
        """Return the turns from the beginning to one of them; none for None."""
        path = []
        while turn is not None:
            path.append(self.by_id[turn])
            turn = path[-1].parent
        return path[::-1]

    def children(self, turn: int | None) -> list[Turn]:
        """Return what follows a turn, the oldest branch first; for None, the beginnings."""
        return self._children.get(turn, [])

    def siblings(self, turn: int) -> list[Turn]:
        """Return the branches that a turn is one of, itself among them, the oldest first."""
        return self.children(self.by_id[turn].parent)

    def newest_leaf(self, turn: int) -> int:
        """Return the end of a branch: from a turn down, always the newest child."""
        while children := self.children(turn):
            turn = children[-1].id
        return turn


@dataclass(frozen=True)
class Hit:
    """A place where what was sought was found."""

    id: int
    """Newer places have higher ones: pass the last one's as `before` to see older ones."""
    session: int
    turn: int
    kind: Kind
    title: str
    """Of the session."""
    role: Role
    created: datetime
    """Of the turn."""
    snippet: str
    """The words around it; "…" stands for what was left out."""
    matches: tuple[tuple[int, int], ...]
    """Where in the snippet the words stand: (start, end) in characters, end exclusive."""
