"""A program in a real pseudo-terminal, and the screen it paints: for measuring it from outside.

The emulation knows what Textual writes and no more: text, where it goes, and what is erased;
colours are ignored. A terminal that paints whole frames is assumed, so that the time of a paint is
that of the last byte of its frame.
"""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.cells import cell_len

_TOKEN = re.compile(
    r"\x1b\[(?P<mark>[?>=<]?)(?P<numbers>[\d;:]*)[ -/]*(?P<final>[@-~])"  # a control sequence
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\)"  # a string for the terminal: title, clipboard
    r"|\x1b[()*+].|\x1b[^\[\]PX^_()*+]"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f])|(?P<text>[^\x00-\x1f]+)",
    re.DOTALL,
)
_UNFINISHED = 100_000
"""Characters of a sequence without an end after which it is dropped: a copied text may be long."""


class Screen:
    """What stands on a terminal.

    Args:
        columns: its width.
        lines: its height.
    """

    def __init__(self, columns: int, lines: int) -> None:
        self.columns, self.lines = columns, lines
        self.whole = True
        """False in the middle of a frame (synchronised output, mode 2026)."""
        self.modes: set[str] = set()
        """Private modes that are set: 1049 is the second screen, 25 the cursor."""
        self._cells = [[" "] * columns for _ in range(lines)]
        self._x = self._y = 0
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""

    def row(self, y: int) -> str:
        """Return the text of a row."""
        return "".join(self._cells[y])

    @property
    def text(self) -> str:
        """All rows."""
        return "\n".join(self.row(y).rstrip() for y in range(self.lines))

    def resize(self, columns: int, lines: int) -> None:
        """Take another size, empty: who draws on it draws all of it again."""
        self.columns, self.lines, self._x, self._y = columns, lines, 0, 0
        self._cells = [[" "] * columns for _ in range(lines)]

    def feed(self, data: bytes) -> None:
        """Take what was written to it."""
        text, place = self._rest + self._decode(data), 0
        while place < len(text) and (token := _TOKEN.match(text, place)):
            place = token.end()
            if words := token["text"]:
                self._write(words)
            elif token["final"]:
                self._control(token["mark"], token["numbers"], token["final"])
            elif token["control"]:
                self._move(token["control"])
        self._rest = text[place:] if len(text) - place < _UNFINISHED else ""

    def _write(self, text: str) -> None:
        # Past the right end nothing is drawn: Textual turns wrapping off.
        cells = list(text)
        if not text.isascii():
            cells = [part for c in text for part in (c, "")[: cell_len(c)]]
        cells = cells[: max(0, self.columns - self._x)]
        if self._y < self.lines:
            self._cells[self._y][self._x : self._x + len(cells)] = cells
        self._x += len(cells)

    def _move(self, control: str) -> None:
        if control == "\r":
            self._x = 0
        elif control == "\n":
            self._y = min(self._y + 1, self.lines - 1)
        elif control == "\b":
            self._x = max(0, self._x - 1)

    def _control(self, mark: str, numbers: str, final: str) -> None:
        if mark == "?" and final in "hl":
            (self.modes.add if final == "h" else self.modes.discard)(numbers)
            if numbers == "2026":
                self.whole = final == "l"
            return
        if mark or final not in "HfGCJK":
            return
        given = [int(part) if part.isdigit() else 0 for part in numbers.split(";")]
        if final in "Hf":
            y, x = [*given, 0][:2]
            self._y, self._x = min(max(y, 1), self.lines) - 1, min(max(x, 1), self.columns) - 1
        elif final == "G":
            self._x = min(max(given[0], 1), self.columns) - 1
        elif final == "C":
            self._x = min(self._x + max(given[0], 1), self.columns - 1)
        elif final == "K":
            self._cells[self._y][self._x :] = [" "] * (self.columns - self._x)
        elif given[0] in (2, 3):
            self._cells = [[" "] * self.columns for _ in range(self.lines)]


class Terminal:
    """A program on a terminal of its own.

    Args:
        command: the program, found in PATH, and its arguments.
        environment: all of it.
        columns: width of the terminal.
        lines: its height.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        columns: int = 120,
        lines: int = 36,
    ) -> None:
        self.screen = Screen(columns, lines)
        self.said = b""
        """The last of what it wrote, as bytes."""
        self.bytes = 0
        """How many bytes it wrote."""
        self.begun = self.now = time.perf_counter()
        """When the program was started, and when it last wrote something."""
        self.code: int | None = None
        """Exit code once it has ended; negative the signal that killed it."""
        size = struct.pack("HHHH", lines, columns, 0, 0)
        self.pid, self._fd = pty.fork()
        if not self.pid:
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execvpe(command[0], list(command), dict(environment))
        # The child may have asked before this; it sets the same size.
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, size)

    def __enter__(self) -> Terminal:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it if it has not ended."""
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
            self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self.hang_up()

    def hang_up(self) -> None:
        """Close the terminal under it."""
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1

    def send(self, keys: bytes) -> float:
        """Press keys; return when."""
        pressed = time.perf_counter()
        os.write(self._fd, keys)
        return pressed

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size; it is told by SIGWINCH."""
        self.screen.resize(columns, lines)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def modes(self) -> list[object]:
        """Return the line discipline's settings, to compare before and after."""
        return list(termios.tcgetattr(self._fd))

    def pump(self, seconds: float) -> bool:
        """Wait for something to be written and draw it; return whether anything was."""
        if self._fd < 0 or not select.select([self._fd], [], [], max(seconds, 0))[0]:
            return False
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:  # its other end is closed
            time.sleep(min(max(seconds, 0), 0.001))
            return False
        self.now = time.perf_counter()
        self.bytes += len(data)
        self.said = (self.said + data)[-(1 << 16) :]
        self._answer(data)
        self.screen.feed(data)
        return True

    def _answer(self, data: bytes) -> None:
        # As a good terminal of today: synchronised output yes, resizing in band no.
        for mode in re.findall(rb"\x1b\[\?(\d+)\$p", data):
            os.write(self._fd, b"\x1b[?%s;%d$y" % (mode, 2 if mode == b"2026" else 0))

    def wait(self, shown: Callable[[Screen], object], seconds: float = 20) -> float:
        """Wait until the screen shows something; return when that was painted.

        Raises:
            TimeoutError: it does not; the message is the screen.
        """
        until = time.perf_counter() + seconds
        while not (self.screen.whole and shown(self.screen)):
            if not self.pump(min(0.05, until - time.perf_counter())) and (
                time.perf_counter() > until or self.ended()
            ):
                raise TimeoutError(f"exit code {self.code}; the screen:\n{self.screen.text}")
        return self.now

    def rest(self, seconds: float) -> None:
        """Go on drawing for a time."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self.pump(left)

    def ended(self) -> bool:
        """Whether the program has ended."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None


def lives(pid: int) -> bool:
    """Whether a process is there; one that has ended and was not yet buried is not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()[1]
            if int(parent) == pid:
                found.append(int(folder.name))
    return found


def megabytes(pid: int) -> float:
    """Return the memory a process holds (RSS)."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
