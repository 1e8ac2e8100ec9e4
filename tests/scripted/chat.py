"""Replies without a model: three candidates that say which one they are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from rnntui.engine.chat_client import Manner
from rnntui.engine.interface import EngineError
from rnntui.engine.protocol import Candidate, Replied, Said


class ScriptedTalk:
    """The client's interface; what it was asked is kept in `asked`."""

    def __init__(self) -> None:
        self.asked: list[tuple[Said, ...]] = []
        """The branches that were to be replied to."""
        self.manners: list[Manner] = []
        self.numbers: list[tuple[int, int]] = []
        """Seed and number of each."""
        self.notes: tuple[str, ...] = ()
        """What it says of every turn."""
        self.failure: EngineError | None = None
        """What every question ends in."""
        self.thinking: asyncio.Event | None = None
        """Where there is one, answers wait for it."""
        self._hushed = False

    async def reply(
        self,
        model: str,
        turns: Sequence[Said],
        manner: Manner,
        *,
        seed: int,
        number: int,
        avoid: Sequence[str] = (),
    ) -> Replied | None:
        """Reply with the length of what was said, in three ways."""
        self.asked.append(tuple(turns))
        self.manners.append(manner)
        self.numbers.append((seed, number))
        self._hushed = False
        if self.failure:
            raise self.failure
        if self.thinking:
            await self.thinking.wait()
        if self._hushed:
            return None
        said = f"reply {number} to {turns[-1].text}"
        found = (
            Candidate(said, -0.9, 1.1, 1.5),
            Candidate(f"second {said}", -1.2, 1.3, 1.25),
            Candidate("", -3.0, 3.0, 2.0, "empty"),
        )
        return Replied(0, found, seed + number, self.notes)

    def hush(self) -> None:
        """Give up what waits."""
        self._hushed = True
        if self.thinking:
            self.thinking.set()
