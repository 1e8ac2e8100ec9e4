"""The messages between the app and its engine: one JSON object a line, UTF-8, both ways.

A file for each kind of work, and `base` for what all share. Both sides check what they read against
these types (`engine.encoding`). It imports msgspec alone, so that the app may load it before it
paints. `scripts/generate_docs` makes `docs/protocol.md` from the docstrings here and in
`engine.parts`. A new kind of work: its file here, its two unions below, and a
`rnntui.engine.service.Service` that takes its requests.
"""

from __future__ import annotations

from rnntui.engine.protocol import chat, forecast, models, sentiment, sharing, writing
from rnntui.engine.protocol.base import (
    LONGEST_LINE,
    PROTOCOL,
    Error,
    Event,
    Hello,
    Ping,
    Pong,
    Ready,
    Request,
)
from rnntui.engine.protocol.chat import Candidate, Hush, Replied, Reply, Said
from rnntui.engine.protocol.models import Listing, Load, Loaded, Models, Unload, Unloaded
from rnntui.engine.protocol.sentiment import Judge, Judged, JudgedMany, JudgeMany, Trace, Verdict
from rnntui.engine.protocol.writing import (
    Complete,
    Completion,
    Copied,
    Copying,
    Credit,
    Finished,
    Frame,
    Generate,
    Look,
    Looked,
    Pause,
    Reading,
    Resume,
    RunEvents,
    Started,
    Steer,
    Stop,
)

__all__ = [
    "LONGEST_LINE",
    "PROTOCOL",
    "Candidate",
    "Complete",
    "Completion",
    "Copied",
    "Copying",
    "Credit",
    "Error",
    "Event",
    "Events",
    "Finished",
    "Frame",
    "Generate",
    "Hello",
    "Hush",
    "Judge",
    "JudgeMany",
    "Judged",
    "JudgedMany",
    "Listing",
    "Load",
    "Loaded",
    "Look",
    "Looked",
    "Models",
    "Pause",
    "Ping",
    "Pong",
    "Reading",
    "Ready",
    "Replied",
    "Reply",
    "Request",
    "Requests",
    "Resume",
    "RunEvents",
    "Said",
    "Started",
    "Steer",
    "Stop",
    "Trace",
    "Unload",
    "Unloaded",
    "Verdict",
]

Requests = (
    Hello
    | Ping
    | models.Requests
    | writing.Requests
    | sentiment.Requests
    | chat.Requests
    | sharing.Requests
    | forecast.Requests
)
"""Any request."""

Events = (
    Ready
    | Pong
    | Error
    | models.Events
    | writing.Events
    | sentiment.Events
    | chat.Events
    | sharing.Events
    | forecast.Events
)
"""Any event."""
