"""Messages of judging: a text as it is typed, and many texts one after another."""

from __future__ import annotations

from rnntui.engine.parts import Count, Part
from rnntui.engine.protocol.base import Event, Request


class Verdict(Part, frozen=True):
    """What a model thinks of a text."""

    score: float
    """Probability of positive; the prior where the model knows no word of the text."""
    words: Count
    """Words of the text."""
    known: Count
    """How many of them the vocabulary has."""


class Trace(Part, frozen=True):
    """The words of a text; in each list one entry a word."""

    begins: tuple[int, ...]
    """Where each begins in the text, in characters."""
    ends: tuple[int, ...]
    """The character after it."""
    known: tuple[bool, ...]
    """Whether the vocabulary has it."""
    scores: tuple[float, ...]
    """Probability of positive for the text that ends with the word."""
    shares: tuple[float, ...]
    """What the word added to the verdict, in log-odds: above 0 for positive."""


class Judge(Request, frozen=True):
    """Judge a text that is being typed. Answered by `judged`.

    A newer one replaces it: the older then is answered with null.
    """

    request: int
    """Comes back in the answer."""
    model: str
    """Loaded first when it is not yet."""
    text: str
    """Any text; markup is skipped."""
    trace: bool = True
    """Whether its words are wanted. A model of both directions reads them all anew for each."""


class JudgeMany(Request, frozen=True):
    """Judge some texts side by side. Answered by `judgedmany`.

    Send a few at a time: so it can be stopped, and a text being typed is judged in between.
    """

    request: int
    """Comes back in the answer."""
    model: str
    """Loaded first when it is not yet."""
    texts: tuple[str, ...]
    """Any texts."""


class Judged(Event, frozen=True):
    """Answers `judge`."""

    request: int
    """The request it answers."""
    verdict: Verdict | None
    """Null where a newer request came before there was one."""
    trace: Trace | None = None
    """The words, where asked for."""
    notes: tuple[str, ...] = ()
    """Sentences about what the verdict rests on."""


class JudgedMany(Event, frozen=True):
    """Answers `judgemany`."""

    request: int
    """The request it answers."""
    verdicts: tuple[Verdict, ...]
    """One for each text, in their order."""


Requests = Judge | JudgeMany
"""What judging can be asked."""

Events = Judged | JudgedMany
"""What it says."""
