"""Ranking candidates by what they say about what was said, and dropping those nobody wants.

Maximum mutual information, in its anti-language-model form (Li et al. 2015, "A Diversity-Promoting
Objective Function for Neural Conversation Models", arXiv 1510.03055, section 4, MMI-antiLM): of the
replies T to a context S, the one with the largest

    log p(T | S) - lambda log p(T)

A reply that fits anywhere, such as "I don't know", is likely without its context too, and loses by
that. Both terms are divided by the length of T here, since candidates have different lengths.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from rnntui.data.dialogues.cleaning import is_crude
from rnntui.inference.chat.candidates import Drawn
from rnntui.inference.sampling import Doubles

Why = Literal["", "empty", "repeated", "said before", "crude"]
"""Why a candidate was dropped; "" where it was not. Repeated: another candidate says the same; said
before: the conversation's own earlier reply does."""


@dataclass(frozen=True)
class Candidate:
    """What might have been replied."""

    text: str
    score: float
    """What it is ranked by: nats per symbol, the higher the better."""
    nats: float
    """Its cost after the conversation so far, per symbol, by the network's own distribution."""
    alone: float | None
    """Its cost without any context, likewise; None where nobody asked."""
    ended: bool
    """Whether it came to its end before it was broken off."""
    dropped: Why = ""


def rank(
    drawn: Sequence[Drawn], alone: Doubles | None, relevance: float, before: Set[str]
) -> tuple[Candidate, ...]:
    """Return candidates from best to worst, those dropped at the end.

    Args:
        drawn: as they were drawn.
        alone: (candidates,): nats of each without the context; None where `relevance` is 0.
        relevance: lambda.
        before: what was said before, each by its `essence`.
    """
    seen: set[str] = set()
    candidates = []
    for k, one in enumerate(drawn):
        length = max(1, len(one.symbols))
        nats = one.nats / length
        without = None if alone is None else float(alone[k]) / length
        score = -nats + relevance * (without or 0.0)
        why = _why(one.text, seen, before)
        seen.add(essence(one.text))
        candidates.append(Candidate(one.text, score, nats, without, one.ended, why))
    return tuple(sorted(candidates, key=lambda c: (_WORTH[c.dropped], not c.ended, -c.score)))


_WORTH: dict[Why, int] = {"": 0, "repeated": 1, "said before": 1, "crude": 2, "empty": 3}
"""In which order dropped candidates would have to do after all, if there is no other."""


def _why(text: str, seen: Set[str], before: Set[str]) -> Why:
    key = essence(text)
    if not key:
        return "empty"
    if is_crude(text):
        return "crude"
    if key in before:
        return "said before"
    return "repeated" if key in seen else ""


def essence(text: str) -> str:
    """Return what makes a reply the same as another: its letters and digits, in small letters."""
    return "".join(c for c in text.casefold() if c.isalnum())


def essences(texts: Iterable[str]) -> frozenset[str]:
    """Return the essence of each text."""
    return frozenset(map(essence, texts))
