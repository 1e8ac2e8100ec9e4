"""What is kept when the app ends: the text, and, after a fault of ours, the traceback.

A terminal that is closed, a signal, or a bug ends it without asking. The text is then in a file,
and no traceback is drawn on anyone's screen: it stands in the log, and the log is named. Headless.
"""

from __future__ import annotations

import contextlib
import os
import time
import traceback
from pathlib import Path

from rnntui import paths

_LOG_LIMIT = 1 << 20
"""Bytes; a longer log is put aside, the one before it dropped."""


def text_path() -> Path:
    """Where the text of the app that ended last is."""
    return paths.state() / "write" / "last.txt"


def log_path() -> Path:
    """The app's log."""
    return paths.state() / "logs" / "app.log"


def keep_text(text: str) -> Path | None:
    """Write the text to `text_path`; return it, or None where there is no text or no room for it.

    Not forced onto the disk, since leaving must not wait for that: the system writes it soon.
    """
    path = text_path()
    beside = path.with_name(f".last.{os.getpid()}")
    with contextlib.suppress(OSError):
        if text.strip():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(text, "utf-8", errors="replace", newline="")
            beside.replace(path)
            return path
    return None


def log_fault(error: BaseException) -> Path:
    """Write an error with its traceback to the log, and return where that is."""
    path = log_path()
    stamp = time.strftime("%Y-%m-%d %H:%M:%S")
    lines = "".join(traceback.format_exception(error))
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LOG_LIMIT:
            path.replace(path.with_suffix(".old.log"))
        with path.open("a", encoding="utf-8", errors="replace") as file:
            file.write(f"{stamp} [{os.getpid()}] {lines}\n")
    return path


def sentence(error: BaseException) -> str:
    """Return a line about an error that is a bug of ours."""
    about = " ".join(f"{type(error).__name__}: {error}".split())
    return f"internal error: {about[:200]}"
