"""Judging without a model: a word of praise adds 1 to the log-odds, one of blame takes 1 off."""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator, Sequence
from itertools import accumulate

from rnntui.engine.protocol import Judged, Trace, Verdict
from rnntui.engine.sentiment_client import pieces

WORDS = {"good": 1.0, "great": 2.0, "bad": -1.0, "awful": -2.0, "film": 0.0, "the": 0.0}
"""The words it knows, and their shares."""


class ScriptedSentiment:
    """The client's interface; what it was asked is kept in `asked`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        """The texts judged while typed, in order."""

    async def judge(self, model: str, text: str, *, trace: bool = True) -> Judged | None:
        """Judge a text at once."""
        self.asked.append(text)
        found = list(re.finditer(r"\w+", text))
        known = [match.group().lower() in WORDS for match in found]
        shares = [WORDS.get(match.group().lower(), 0.0) for match in found]
        words = Trace(
            tuple(match.start() for match in found),
            tuple(match.end() for match in found),
            tuple(known),
            tuple(_probability(logit) for logit in accumulate(shares)),
            tuple(shares),
        )
        notes = () if any(known) else ("the model knows none of its words",)
        verdict = Verdict(_probability(sum(shares)), len(found), sum(known))
        return Judged(0, verdict, words if trace else None, notes)

    async def judge_many(
        self, model: str, texts: Sequence[str]
    ) -> AsyncIterator[tuple[Verdict, ...]]:
        """Judge texts in the pieces of the real one."""
        for piece in pieces(texts):
            judged = [await self.judge(model, text) for text in piece]
            yield tuple(each.verdict for each in judged if each and each.verdict)


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))
