"""The engine's ends of the pipe, taken before anything else can print into them.

The real standard input and output are kept for messages alone; file descriptor 1 and standard error
then lead to a log, so that a library's print, or a crash in C, can neither break the protocol nor
draw over the app's screen. It knows no messages.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from rnntui.engine.lines import Lines

_LOG_LIMIT = 1 << 20
"""Bytes; a longer log is put aside at the next start, the one before it dropped."""
_PATIENCE = 3.0
"""Seconds the engine has to leave by itself after its input has ended: on a busy machine it may
still be importing NumPy."""


class Closed:
    """Stands in the inbox for the end of the input."""


class TooLong:
    """Stands in the inbox for a line beyond the limit."""


Inbox = queue.SimpleQueue[bytes | TooLong | Closed | Callable[[], None]]
"""What the engine's loop waits for: lines, and what its helper thread has for it to do."""


def claim(log: Path) -> tuple[int, BinaryIO]:
    """Take standard input and output for messages, and lead all else into the log.

    A log that cannot be written leaves standard error where it was, and everything goes there.

    Returns:
        The input's descriptor, and the output.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    _open_closed()
    given, taken = os.dup(0), os.dup(1)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    with contextlib.suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.replace(log.with_suffix(".old.log"))
        file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(file, 2)
        os.close(file)
    os.dup2(2, 1)
    faulthandler.enable(2)  # a segmentation fault leaves its traceback there too
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is meant for the app
    return given, os.fdopen(taken, "wb")


def _open_closed() -> None:
    """Give the null device to whichever of the three standard descriptors was closed (`<&-`)."""
    for wanted in range(3):
        try:
            os.fstat(wanted)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != wanted:
                os.dup2(opened, wanted)
                os.close(opened)


def note(message: str) -> None:
    """Write a line, or a traceback, to the log."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S")
    with contextlib.suppress(OSError):
        os.write(2, f"{stamp} [{os.getpid()}] {message.rstrip()}\n".encode("utf-8", "replace"))


def read_into(inbox: Inbox, descriptor: int, longest: int) -> None:
    """Start the thread that reads lines, so that a stop is seen while a network computes.

    The end of the input means that the app is gone: the loop is told, and if it does not leave the
    process ends regardless. There is nothing to save, and no better sign is needed: Linux's
    PR_SET_PDEATHSIG fires when the *thread* that started the engine ends.
    """

    def read() -> None:
        lines = Lines(longest)
        with contextlib.suppress(OSError):
            while data := os.read(descriptor, 1 << 16):
                for line in lines.push(data):
                    inbox.put(TooLong() if line is None else line)
        inbox.put(Closed())
        time.sleep(_PATIENCE)
        os._exit(0)

    threading.Thread(target=read, name="requests", daemon=True).start()


class Helper:
    """A thread for what reads the disk, so that runs go on meanwhile.

    Args:
        inbox: where what follows is put, to be done by the loop.
    """

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._tasks: queue.SimpleQueue[tuple[Callable[[], Any], Callable[[Any], None]]] = (
            queue.SimpleQueue()
        )
        threading.Thread(target=self._work, name="helper", daemon=True).start()

    def submit(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Do `work` on the thread, `then` on the loop with its result or its exception."""
        self._tasks.put((work, then))

    def _work(self) -> None:
        while True:
            work, then = self._tasks.get()
            result: Any
            try:
                result = work()
            except Exception as error:  # handed over, not swallowed: `then` reports it
                result = error
            self._inbox.put(lambda then=then, result=result: then(result))  # type: ignore[misc]
