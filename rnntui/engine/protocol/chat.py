"""Messages of talking: replies, drawn side by side and ranked.

The conversation belongs to the app, which sends the whole branch with each question; the engine
remembers the network's state after every turn it has read, so that what was read before is not read
again, whichever branch is gone on with.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from rnntui.engine.parts import Count, Part, Sampling
from rnntui.engine.protocol.base import Event, Request


class Said(Part, frozen=True):
    """A turn of a conversation."""

    role: Literal["you", "model"]
    """Whose it is."""
    text: str
    """What was said, as it was typed or written."""


class Candidate(Part, frozen=True):
    """What might be replied."""

    text: str
    """Without what ends a turn."""
    score: float
    """What it is ranked by, the higher the better: nats per symbol."""
    here: float
    """Its cost after the conversation, in nats per symbol, by the network's own distribution."""
    alone: float | None
    """Its cost without any context, likewise; null where the relevance is 0."""
    dropped: Literal["", "empty", "repeated", "said before", "crude"] = ""
    """Why it is not to be said; "" where it may be."""


class Reply(Request, frozen=True):
    """Ask for a reply to a person's turn. Answered by `replied`.

    A newer one replaces it, and `hush` gives it up: it then is answered without candidates.
    """

    request: int
    """Comes back in the answer."""
    model: str
    """Loaded first when it is not yet."""
    turns: tuple[Said, ...]
    """The branch from its beginning; the last turn is the one to reply to."""
    avoid: tuple[str, ...] = ()
    """Replies to that turn in other branches, which are not to be given again."""
    seed: Count = 0
    """The conversation's."""
    number: Count = 0
    """How many replies were drawn from that seed before; decides the draws together with it."""
    sampling: Sampling = Sampling()
    """How characters are chosen."""
    candidates: Annotated[int, msgspec.Meta(ge=1, le=256)] = 8
    """How many are drawn."""
    relevance: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5
    """How much a candidate's likelihood without the context counts against it."""


class Hush(Request, frozen=True):
    """Give a reply up that is being made. Nothing if it is there already."""

    reply: int
    """The number of its request."""


class Replied(Event, frozen=True):
    """Answers `reply`."""

    request: int
    """The request it answers."""
    candidates: tuple[Candidate, ...]
    """From best to worst, those dropped at the end; empty where it was given up."""
    seed: Count = 0
    """What decided the draws: made of the conversation's seed and the reply's number."""
    notes: tuple[str, ...] = ()
    """Sentences about what the model could not read of the turn replied to."""


Requests = Reply | Hush
"""What can be asked of a conversation."""

Events = Replied
"""What is answered."""
