"""What every message is, and the ones about no kind of work: greeting, pulse, failure."""

from __future__ import annotations

import msgspec

PROTOCOL = 1
"""The version of all messages. It grows when an older side would misread a newer one."""

LONGEST_LINE = 64 << 20
"""Bytes; a longer line is skipped and answered with an error, so that no line can fill memory."""


class Request(
    msgspec.Struct, frozen=True, tag_field="type", tag=str.lower, forbid_unknown_fields=True
):
    """What the app may ask. Those with a `request` number are answered once, with the same number.

    A request that fails is answered by `error`. Requests are taken in order, in mid-run too;
    answers may come in any order.
    """


class Hello(Request, frozen=True):
    """The first message. Answered by `ready`, or by an error when the versions differ."""

    request: int
    """Comes back in the answer."""
    version: int
    """`PROTOCOL` of the app."""


class Ping(Request, frozen=True):
    """Asks whether the engine's loop still turns. Answered by `pong`."""

    request: int
    """Comes back in the answer."""


class Event(
    msgspec.Struct, frozen=True, tag_field="type", tag=str.lower, forbid_unknown_fields=True
):
    """What the engine says. Each names the request it answers, or the run it is about."""


class Ready(Event, frozen=True):
    """Answers `hello`."""

    request: int
    """The request it answers."""
    version: int
    """`PROTOCOL` of the engine."""
    program: str
    """Version of rnntui there."""
    pid: int
    """The engine's process, on its machine."""
    log: str
    """Where it writes what it has to say to nobody, on its machine."""


class Pong(Event, frozen=True):
    """Answers `ping`."""

    request: int
    """The request it answers."""


class Error(Event, frozen=True):
    """Something failed. The engine goes on; a run goes on too, unless `finished` follows."""

    what: str
    """What happened, as a sentence without a full stop."""
    fix: str = ""
    """What to do about it; "" where that is plain."""
    request: int | None = None
    """The request that failed, if it was one with a number."""
    run: int | None = None
    """The run it is about, if any."""
