"""Reading what runs wrote, and engines with something wrong in them."""

from __future__ import annotations

import sys

from rnntui.engine.client import Run
from rnntui.engine.protocol import Error, Event, Frame


async def events_of(run: Run, frames: int | None = None) -> list[Event]:
    """Take a run's events, all of them or up to so many frames."""
    taken: list[Event] = []
    async for event in run:
        taken.append(event)
        if sum(isinstance(e, Frame) for e in taken) == frames:
            break
    return taken


async def text_of(run: Run, frames: int | None = None) -> str:
    """Take a run's text, all of it or up to so many frames; an error fails the test."""
    events = await events_of(run, frames)
    assert not [event for event in events if isinstance(event, Error)], events
    return "".join(event.text for event in events if isinstance(event, Frame))


def engine_with(patch: str) -> str:
    """A shell command that starts an engine after some Python of the test's own."""
    program = f"{patch}; from rnntui.engine.__main__ import main; main()"
    return f"{sys.executable} -P -c '{program}'"
