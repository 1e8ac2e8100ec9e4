"""A conversation as a tree of turns, of which one branch is followed. Headless.

It lives in memory and is complete there: what could not be kept on the disk is not lost, and is
kept later. Turns are those of the store, with numbers of the app's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from rnntui.engine.protocol import Said
from rnntui.store.records import AS_SESSION, Author, Candidate, Conversation, Role, Turn


class Talk:
    """A conversation.

    Args:
        conversation: one that was kept; None begins anew.
    """

    def __init__(self, conversation: Conversation | None = None) -> None:
        self._turns: dict[int, Turn] = {}
        self._children: dict[int | None, list[int]] = {}
        self._latest: dict[int | None, int] = {}
        """By turn: the one after it that was last gone to."""
        self.active: int | None = None
        """The end of the branch that is followed; None before any turn."""
        for turn in conversation.turns if conversation else ():
            self._put(turn)
        if conversation and conversation.session.active is not None:
            self.go_to(conversation.session.active, onwards=False)

    def __len__(self) -> int:
        """Return how many turns there are, in all branches."""
        return len(self._turns)

    def turn(self, number: int) -> Turn:
        """Return a turn by its number."""
        return self._turns[number]

    @property
    def turns(self) -> list[Turn]:
        """All turns, in the order in which they began."""
        return list(self._turns.values())

    @property
    def path(self) -> list[Turn]:
        """The turns from the beginning to the active one."""
        return self.path_to(self.active)

    def path_to(self, number: int | None) -> list[Turn]:
        """Return the turns from the beginning to one of them."""
        path = []
        while number is not None:
            path.append(self._turns[number])
            number = path[-1].parent
        return path[::-1]

    def siblings(self, number: int) -> list[int]:
        """Return what stands, in any branch, where a turn stands; the oldest first."""
        return self._children[self._turns[number].parent]

    def after(self, number: int | None) -> list[Turn]:
        """Return what follows a turn in any branch; of None, the beginnings."""
        return [self._turns[each] for each in self._children.get(number, [])]

    @property
    def asked(self) -> Turn | None:
        """The person's turn that a reply now would answer: the last one of the branch."""
        return next((turn for turn in reversed(self.path) if turn.role != "model"), None)

    def add(
        self,
        role: Role,
        text: str,
        *,
        author: Author = AS_SESSION,
        candidates: Iterable[Candidate] = (),
        finished: bool = True,
    ) -> Turn:
        """Append a turn to the branch that is followed."""
        now = datetime.now(UTC)
        number = max(self._turns, default=0) + 1
        turn = Turn(
            number, 0, self.active, role, text, author, tuple(candidates), None, False, now,
            now if finished else None,
        )  # fmt: skip
        self._put(turn)
        self._latest[turn.parent] = self.active = number
        return turn

    def change(self, number: int, **fields: object) -> Turn:
        """Put a changed turn in the place of what it was."""
        turn = replace(self._turns[number], **fields)  # type: ignore[arg-type]
        self._turns[number] = turn
        return turn

    def rewind(self, number: int | None) -> None:
        """Go on from right after a turn, whatever followed it; None for the beginning."""
        self.active = number

    def go_to(self, number: int, *, onwards: bool = True) -> None:
        """Follow the branch of a turn, from where it was last left.

        Args:
            number: the turn.
            onwards: whether to its end; otherwise the branch ends with the turn.
        """
        for turn in self.path_to(number):
            self._latest[turn.parent] = turn.id
        while onwards and self._children.get(number):
            number = self._latest.get(number, self._children[number][-1])
        self.active = number

    def _put(self, turn: Turn) -> None:
        self._turns[turn.id] = turn
        self._children.setdefault(turn.parent, []).append(turn.id)


def as_said(path: Iterable[Turn]) -> list[Said]:
    """Return turns as the engine reads them."""
    return [Said("model" if turn.role == "model" else "you", turn.text) for turn in path]
