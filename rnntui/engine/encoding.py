"""Messages as lines of JSON and back, each checked against its type."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from rnntui.engine.protocol import Event, Events, Request, Requests


class Malformed(Exception):
    """A line that is no message.

    Args:
        why: what is wrong with it.
        kind: its `type`, "" where it has none.
        request: its number, if it could be read.
        run: its run, if it could be read.
    """

    def __init__(
        self, why: str, kind: str = "", request: int | None = None, run: int | None = None
    ) -> None:
        super().__init__(why)
        self.why, self.kind, self.request, self.run = why, kind, request, run


class _Address(msgspec.Struct):
    """The keys that tell whom an unreadable message concerns."""

    type: str = ""
    request: int | None = None
    run: int | None = None


_requests: msgspec.json.Decoder[Requests] = msgspec.json.Decoder(Requests)
_events: msgspec.json.Decoder[Events] = msgspec.json.Decoder(Events)
_address = msgspec.json.Decoder(_Address)
_Message = TypeVar("_Message")
_UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)


def encode(message: Request | Event) -> bytes:
    """Return a message as a line."""
    return msgspec.json.encode(message) + b"\n"


def read_request(line: bytes) -> Requests:
    """Return the request that a line is.

    Raises:
        Malformed: it is none.
    """
    return _read(_requests, line)


def read_event(line: bytes) -> Events:
    """Return the event that a line is.

    Raises:
        Malformed: it is none.
    """
    return _read(_events, line)


def _read(decoder: msgspec.json.Decoder[_Message], line: bytes) -> _Message:
    try:
        return decoder.decode(line)
    except _UNREADABLE as error:
        why = str(error)[:200]  # it may quote a hostile value
    try:
        address = _address.decode(line)
    except _UNREADABLE:
        raise Malformed(why) from None
    raise Malformed(why, address.type[:40], address.request, address.run)
