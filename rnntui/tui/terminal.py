"""The terminal's driver: Textual's own, quicker to hear and quieter to wake.

Textual's waits up to 100 ms between two looks at the clock, by which it tells a lone Esc from the
beginning of another key, and sees that it is to end. It also hands a frame to its writing thread in
three pieces, each of which costs the drawing thread the interpreter for a moment.
"""

from __future__ import annotations

import os
import re
import select
import time
from codecs import getincrementaldecoder
from collections.abc import Iterable

from textual import events
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message

ALERT = 0.02
"""Seconds between two looks at the clock shortly after a key."""
DROWSY = 0.1
"""The same when nobody has pressed a key for a while: an idle app should let a processor sleep."""
_AWAKE = 1.0
"""Seconds after a key that count as shortly after it."""
_CHUNK = 1 << 16
LEAST = Size(20, 5)
"""Cells: of a smaller terminal the app sees so much, and draws outside it. Below that there is
nothing to be read, and Textual's own widgets divide by widths of nothing."""


_MODIFIED = re.compile(r"\x1b\[27;(\d+);(9|13|27|127)~")
"""Tab, Enter, Esc or Backspace with modifiers, as xterm and tmux write them."""


class KeyParser(XTermParser):
    """Tells keys by their bytes, Alt+Enter and Shift+Enter too where there is no kitty protocol.

    Textual's takes Alt+Enter for a plain Enter, and xterm's form of either for no key of a name.
    """

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        # Asked for each beginning of a sequence, however the bytes came; not inside of a paste.
        if sequence in ("\x1b\r", "\x1b\n"):
            return [events.Key("alt+enter", None)]
        return super()._sequence_to_key_events(_MODIFIED.sub("\x1b[\\2;\\1u", sequence), alt)


class TerminalDriver(LinuxDriver):
    """Powers display and input on Linux and macOS."""

    _frame: list[str] | None = None

    def write(self, data: str) -> None:
        """Write to the terminal; what belongs to one frame goes out as one piece."""
        if data == SYNC_START:
            self._frame = []
        if self._frame is None:
            super().write(data)
            return
        self._frame.append(data)
        if data == SYNC_END:
            frame, self._frame = "".join(self._frame), None
            super().write(frame)

    def _get_terminal_size(self) -> tuple[int, int]:
        """Ask the terminal; Textual's way believes COLUMNS and LINES, which tell what once was."""
        try:
            columns, lines = os.get_terminal_size(self.fileno)
        except OSError:
            columns = lines = 0
        if not columns or not lines:
            columns, lines = super()._get_terminal_size()
        return max(columns, LEAST.width), max(lines, LEAST.height)

    def process_message(self, message: Message) -> None:
        """Pass on what the terminal says; some tell their size in this way."""
        if isinstance(message, events.Resize):
            size = Size(
                max(message.size.width, LEAST.width), max(message.size.height, LEAST.height)
            )
            message = events.Resize(size, size, pixel_size=message.pixel_size)
        super().process_message(message)

    def run_input_thread(self) -> None:
        """Read keys until told to end, or until the terminal has gone."""
        parser = KeyParser(self._debug)
        # What is no UTF-8 becomes replacement characters; Textual's own reader would end the app.
        decode = getincrementaldecoder("utf-8")("replace").decode
        heard = time.monotonic()
        while not self.exit_event.is_set():
            awake = time.monotonic() - heard < _AWAKE
            if select.select([self.fileno], [], [], ALERT if awake else DROWSY)[0]:
                heard = time.monotonic()
                if not (data := self._read()):
                    return  # gone; without this, reading would fail for ever at full speed
                if text := decode(data):  # half a character is none yet, and "" means the end
                    for message in parser.feed(text):
                        self.process_message(message)
            for message in parser.tick():
                self.process_message(message)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, _CHUNK)
        except OSError:
            return b""
