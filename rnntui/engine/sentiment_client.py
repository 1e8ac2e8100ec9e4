"""What the app asks of models that judge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from rnntui.engine.connection import Asks
from rnntui.engine.interface import clean
from rnntui.engine.protocol import Judge, Judged, JudgedMany, JudgeMany, Verdict

AT_ONCE = 16
"""Texts of a batch that are asked of at once: a quarter of a second of work for 250 words each, in
which a text being typed waits."""
_CHARACTERS = 200_000
"""And the characters they may have together."""


class Sentiment:
    """Texts judged by an engine.

    Args:
        asks: the engine.
    """

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def judge(self, model: str, text: str, *, trace: bool = True) -> Judged | None:
        """Judge a text being typed; None when a newer call came first.

        Args:
            model: a name of the library or a folder.
            text: its characters are counted by the answer's words as they are here.
            trace: whether its words are wanted.

        Raises:
            EngineError: the model cannot be loaded, or is none that judges.
        """
        request = Judge(self._asks.number(), clean(model), clean(text), trace)
        answer = await self._asks.ask(request, Judged)
        return answer if answer.verdict else None

    async def judge_many(
        self, model: str, texts: Sequence[str]
    ) -> AsyncIterator[tuple[Verdict, ...]]:
        """Yield the verdicts on many texts, some at a time, in their order.

        Whoever stops taking them ends it: no more is asked for.

        Raises:
            EngineError: the model cannot be loaded, or is none that judges.
        """
        for piece in pieces(texts):
            request = JudgeMany(self._asks.number(), clean(model), tuple(map(clean, piece)))
            yield (await self._asks.ask(request, JudgedMany)).verdicts


def pieces(texts: Sequence[str]) -> list[Sequence[str]]:
    """Cut many texts into what is asked for at once; none is left out."""
    found: list[Sequence[str]] = []
    begin = characters = 0
    for end, text in enumerate(texts):
        full = end - begin == AT_ONCE or characters + len(text) > _CHARACTERS
        if full and end > begin:
            found.append(texts[begin:end])
            begin, characters = end, 0
        characters += len(text)
    return [*found, texts[begin:]] if begin < len(texts) else found


class Judges(Protocol):
    """What the app needs: `Sentiment` has it, and so has the tests' own."""

    async def judge(self, model: str, text: str, *, trace: bool = True) -> Judged | None:
        """Judge a text being typed."""

    def judge_many(self, model: str, texts: Sequence[str]) -> AsyncIterator[tuple[Verdict, ...]]:
        """Judge many texts."""
