"""A judged text as the screen needs it: words with their places, and the verdict in words."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace

from rnntui.engine.protocol import Judged, Trace, Verdict

LEVELS = (0.15, 0.4, 0.9)
"""Shares, in log-odds, from which a word is tinted faintly, clearly, strongly. A share of 0.4 moves
an undecided text from 50 % to 60 %."""
_DEGREES = ((0.97, "clearly "), (0.8, ""), (0.6, "rather "))


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, and what it did to the verdict."""

    text: str
    begin: int
    """In characters of the text."""
    end: int
    known: bool
    score: float
    """Probability of positive up to and with it."""
    share: float
    """In log-odds."""

    @property
    def level(self) -> int:
        """How strongly it is tinted: 0 (not at all) to 3."""
        return bisect_right(LEVELS, abs(self.share))


def words_of(text: str, trace: Trace) -> list[Word]:
    """Return the words of a text, in its order."""
    columns = (trace.begins, trace.ends, trace.known, trace.scores, trace.shares)
    return [
        Word(text[begin:end], begin, end, known, score, share)
        for begin, end, known, score, share in zip(*columns, strict=True)
    ]


def moved(words: list[Word], begin: int, removed: int, inserted: int) -> list[Word]:
    """Return the words of a text after an edit; those it touched are gone until judged anew.

    Args:
        words: before.
        begin: where the edit was.
        removed: characters it took away there.
        inserted: characters it put there.
    """
    end, by = begin + removed, inserted - removed
    kept = []
    for word in words:
        if word.end <= begin:
            kept.append(word)
        elif word.begin >= end:
            kept.append(replace(word, begin=word.begin + by, end=word.end + by))
    return kept


def at(words: list[Word], place: int) -> int | None:
    """Return which word a place in the text is in, or ends; None between words."""
    number = bisect_right(words, place, key=lambda word: word.begin) - 1
    return number if number >= 0 and place <= words[number].end else None


def in_words(verdict: Verdict) -> str:
    """Return a verdict: `clearly negative, 98 % sure`."""
    if not verdict.known:
        return f"no verdict, prior {percent(verdict.score)}"
    sure = max(verdict.score, 1 - verdict.score)
    label = "positive" if verdict.score >= 0.5 else "negative"
    degree = next((word for least, word in _DEGREES if sure >= least), None)
    said = f"{degree}{label}" if degree is not None else f"undecided, {label} by a hair"
    return f"{said}, {percent(sure)} sure"


def percent(share: float) -> str:
    """Return a probability; never 100 % or 0 %, which no network can mean."""
    if share > 0.995:
        return "over 99 %"
    return f"{share:.0%}".replace("%", " %") if share >= 0.005 else "under 1 %"


def verdict_line(judged: Judged) -> str:
    """Return the verdict and what it rests on: words, and what the engine notes of them."""
    verdict = judged.verdict
    assert verdict is not None
    # That the score is the prior is said already.
    notes = judged.notes if verdict.known else [note.split(";")[0] for note in judged.notes]
    words = f"{verdict.words:,} word{'s' * (verdict.words != 1)}"
    return " · ".join([in_words(verdict), words, *notes])
