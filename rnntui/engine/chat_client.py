"""What the app asks of a model it talks with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rnntui.engine.connection import Asks
from rnntui.engine.interface import clean
from rnntui.engine.parts import Sampling
from rnntui.engine.protocol import Hush, Replied, Reply, Request, Said


@dataclass(frozen=True)
class Manner:
    """How a reply is made. Replaced as a whole, never changed."""

    sampling: Sampling = field(default_factory=Sampling)
    candidates: int = 8
    relevance: float = 0.5


class AsksAndTells(Asks, Protocol):
    """Asks an engine, and tells it what has no answer."""

    def tell(self, request: Request) -> None:
        """Send a request that has no answer."""


class Talk:
    """Replies by an engine.

    Args:
        asks: the engine.
    """

    def __init__(self, asks: AsksAndTells) -> None:
        self._asks = asks
        self._asked: int | None = None

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
        """Return candidates for a reply; None when it was given up.

        Args:
            model: a name of the library or a folder.
            turns: the branch; the last is to be replied to.
            manner: how.
            seed: the conversation's.
            number: of replies that were drawn from it before.
            avoid: what is not to be said again.

        Raises:
            EngineError: the model cannot be loaded, or knows nothing of what was said.
        """
        request = Reply(
            self._asks.number(), clean(model),
            tuple(Said(turn.role, clean(turn.text)) for turn in turns), tuple(map(clean, avoid)),
            seed, number, manner.sampling, manner.candidates, manner.relevance,
        )  # fmt: skip
        self._asked = request.request
        answer = await self._asks.ask(request, Replied)
        return answer if answer.candidates else None

    def hush(self) -> None:
        """Give up what was asked for last; nothing if it is answered."""
        if self._asked is not None:
            self._asks.tell(Hush(self._asked))


class Replies(Protocol):
    """What the app needs: `Talk` has it, and so has the tests' own."""

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
        """Return candidates for a reply."""

    def hush(self) -> None:
        """Give up what was asked for last."""
