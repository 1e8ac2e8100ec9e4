"""The process behind the client: started, read line by line, ended without fail.

It has a session of its own, so that Ctrl-C in the app's terminal is not its concern, an ssh in it
cannot ask for a password over the app's screen, and a shell command ends together with all it
started.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rnntui.display import one_line
from rnntui.engine.lines import Lines
from rnntui.engine.protocol import LONGEST_LINE

OWN = (sys.executable, "-P", "-m", "rnntui.engine")
"""Starts an engine here. `-P`: a file called random.py in the user's folder is none of its
modules."""

_REMEMBERED = 20
"""Lines of the engine's talk that are kept for the report of its death."""
_CHUNK = 1 << 16

Why = Literal["exited", "hung", "nonsense"]
"""How an engine ends that nobody told to: by itself, or ended for not answering, or for saying what
is no message, on and on."""


@dataclass(frozen=True)
class Death:
    """How an engine ended that nobody told to end."""

    why: Why
    """Whether it went by itself."""
    code: int | None
    """Exit code; negative the signal that killed it."""
    last: tuple[str, ...]
    """The last lines of its log or its talk."""

    @property
    def what(self) -> str:
        """A sentence about it."""
        if self.why == "hung":
            return "the engine no longer answered and was ended"
        if self.why == "nonsense":
            said = one_line(self.last[-1], 60) if self.last else ""
            return f"the engine was ended, since it says nothing but {said!r} and the like"
        if self.code is not None and self.code < 0:
            with contextlib.suppress(ValueError):
                return f"the engine was killed by {signal.Signals(-self.code).name}"
        return f"the engine ended with exit code {self.code}"

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "restart it: the text is still here"


class Child:
    """An engine's process.

    Args:
        process: with all three streams as pipes.
    """

    def __init__(self, process: Process) -> None:
        self._process = process
        self.said: deque[str] = deque(maxlen=_REMEMBERED)
        """The last lines that were no messages."""
        self.log: str | None = None
        """Its log, where this machine has it."""
        self._why: Why = "exited"
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, command: str | None) -> Child:
        """Start a shell command, or an engine here.

        Raises:
            OSError: that is impossible.
        """
        if command is None:
            process = await asyncio.create_subprocess_exec(
                *OWN, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True
            )
        else:
            process = await asyncio.create_subprocess_shell(
                command, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True
            )
        return cls(process)

    async def lines(self) -> AsyncIterator[bytes | None]:
        """Yield what it says, line by line of any length, until it ends."""
        stream, lines = self._process.stdout, Lines(LONGEST_LINE)
        assert stream is not None
        while data := await stream.read(_CHUNK):
            for line in lines.push(data):
                yield line

    async def _listen(self) -> None:
        """Keep the last of what it says on standard error before it has a log."""
        stream, lines = self._process.stderr, Lines(_CHUNK)
        assert stream is not None
        while data := await stream.read(_CHUNK):
            for line in lines.push(data):
                self.said.append((line or b"")[:500].decode("utf-8", "replace"))

    def write(self, line: bytes) -> None:
        """Send it a line; never waits, and a dead one is no error here."""
        stream = self._process.stdin
        if stream is not None and not stream.is_closing():
            stream.write(line)

    def kill(self, why: Why = "exited") -> None:
        """End it, and all it started, now."""
        self._why = why
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()

    async def ended(self) -> Death:
        """Wait for its end and return how it was; to be called when it ends or is killed."""
        try:
            async with asyncio.timeout(1):
                await self._process.wait()
                await asyncio.shield(self._listening)
        except TimeoutError:
            self.kill(self._why)  # its output is closed, and something of it lives on: no use
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._process.wait()
        return Death(self._why, self._process.returncode, self._last_words())

    def _last_words(self) -> tuple[str, ...]:
        talk = list(self.said)
        if self.log:
            with contextlib.suppress(OSError), Path(self.log).open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - 4096))
                talk += file.read().decode("utf-8", "replace").splitlines()[-_REMEMBERED:]
        return tuple(talk[-_REMEMBERED:])

    async def close(self, patience: float) -> None:
        """Tell it to go by closing its input; end it if it has not gone after `patience`."""
        if self._process.stdin:
            self._process.stdin.close()
        # asyncio waits for the end of the output too, which has to be read for that.
        draining = asyncio.create_task(self._drain())
        try:
            async with asyncio.timeout(patience):
                await self._process.wait()
        except TimeoutError:
            self.kill()
            await self._process.wait()
        for task in (draining, self._listening):
            task.cancel()
        await asyncio.gather(draining, self._listening, return_exceptions=True)

    async def _drain(self) -> None:
        stream = self._process.stdout
        while stream and await stream.read(_CHUNK):
            pass
