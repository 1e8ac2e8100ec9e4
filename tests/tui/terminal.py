"""The app in a real pseudo-terminal, as a person has it: a process, keys as bytes, signals."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PTY_APP = Path(__file__).parents[2] / "scripts" / "pty_app.py"

_spec = importlib.util.spec_from_file_location("pty_app", PTY_APP)
assert _spec is not None and _spec.loader is not None
pty_app = importlib.util.module_from_spec(_spec)
sys.modules["pty_app"] = pty_app
_spec.loader.exec_module(pty_app)

PATIENCE = 60.0
"""Seconds anything may take on a busy machine; nothing here measures."""


class Seat:
    """A terminal with the app on it."""

    def __init__(self, terminal: Any) -> None:
        self.terminal = terminal
        self.before = terminal.modes()
        self.written = b""
        answer = terminal._answer

        def keep(data: bytes) -> None:
            self.written += data
            answer(data)

        terminal._answer = keep

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return str(self.terminal.screen.text)

    @property
    def characters(self) -> int:
        """How many characters the status line counts."""
        found = re.search(r"([\d,]+) chars ·", self.text)
        return int(found[1].replace(",", "")) if found else 0

    def wait(self, shown: str | Callable[[], object]) -> None:
        """Wait until the screen shows a text, or something is so."""
        if isinstance(shown, str):
            self.terminal.wait(lambda screen: shown in screen.text, PATIENCE)
        else:
            self.terminal.wait(lambda screen: shown(), PATIENCE)

    def writes(self) -> None:
        """Wait until text comes."""
        begun = self.characters
        self.wait(lambda: self.characters != begun and "/s ·" in self.text)

    def press(self, keys: str | bytes) -> None:
        """Press keys."""
        self.terminal.send(keys.encode() if isinstance(keys, str) else keys)

    def engines(self) -> list[int]:
        """The processes the app has started."""
        return list(pty_app.children(self.terminal.pid))

    def ends(self) -> int:
        """Wait for the end of the app; return its exit code."""
        while not self.terminal.ended():
            self.terminal.pump(0.02)
        while self.terminal.pump(0.05):
            pass
        return int(self.terminal.code)

    def sane(self) -> bool:
        """Whether the terminal is as it was found: modes, the cursor, the first screen."""
        modes = self.terminal.screen.modes
        ours = {"1000", "1003", "1006", "1049", "2004"}
        return "25" in modes and not modes & ours and self.terminal.modes() == self.before


@contextmanager
def seat(
    *arguments: str,
    command: tuple[str, ...] = (sys.executable, "-m", "rnntui"),
    size: tuple[int, int] = (120, 36),
    **environment: str,
) -> Iterator[Seat]:
    """Open the app on a terminal; whatever happens it is ended."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TEXTUAL")}
    kept |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", **environment}
    with pty_app.Terminal([*command, *arguments], kept, *size) as terminal:
        yield Seat(terminal)
