"""Where the text goes that leaves the view of an endless transcript.

The view holds a bounded number of characters; what is older lies in a file, so that memory stays
constant and saving or copying still gives every character. A disk that refuses costs nothing but
memory: what could not be written is held and tried again.
"""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

from rnntui.files import FileProblem, file_problem

HELD = 4_000_000
"""Characters kept in memory at most while the disk refuses; the oldest of them are lost first."""


def own_file(folder: Path) -> Path:
    """Return a path that no other app has, on no host that shares the folder."""
    return folder / f"{socket.gethostname()}-{os.getpid()}.txt"


def remove_stale(folder: Path) -> None:
    """Remove the files of apps that were killed on this host before they could.

    Args:
        folder: of files named by `own_file`, or by their process alone, as they once were.
    """
    for file in folder.glob("*.txt"):
        host, _, process = file.stem.rpartition("-")
        here = host in ("", socket.gethostname())
        if here and process.isdigit() and not _lives(int(process)):
            with contextlib.suppress(OSError):
                file.unlink()


def _lives(process: int) -> bool:
    if os.name != "posix":  # elsewhere the question itself would end it
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


class Spool:
    """A text on disk that grows and shrinks at its end.

    Args:
        path: the file. It is made with the first character, replacing an older one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lost = 0
        """Characters that had to be dropped because the disk refused for too long."""
        self._held = ""
        self._bytes = 0
        self._made = False

    def append(self, text: str) -> FileProblem | None:
        """Add text at the end; the problem is returned, not raised: nothing needs to stop."""
        self._held += text
        # Bytes of our own choosing, truncated first: what a full disk left half written goes.
        data = self._held.encode("utf-8", "surrogatepass")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("r+b" if self._bytes else "wb", buffering=0) as file:
                file.truncate(self._bytes)
                file.seek(self._bytes)
                if (written := file.write(data)) < len(data):
                    written += file.write(data[written:])  # a full disk says so the second time
        except OSError as error:
            surplus = max(0, len(self._held) - HELD)
            self.lost += surplus
            self._held = self._held[surplus:]
            return file_problem(error, self.path, "write")
        self._bytes += len(data)
        self._held = ""
        self._made = True
        return None

    def read(self) -> str:
        """Return the whole text.

        Raises:
            FileProblem: the file has gone or cannot be read.
        """
        return self._read(0) + self._held

    def pop(self, count: int) -> str:
        """Remove up to `count` characters at the end and return them.

        Raises:
            FileProblem: the file has gone or cannot be read.
        """
        if count <= 0:
            return ""
        if count < len(self._held):
            self._held, text = self._held[:-count], self._held[-count:]
            return text
        text = (self._read(max(0, self._bytes - 4 * count)) + self._held)[-count:]
        on_disk = text[: len(text) - len(self._held)]
        self._held = ""
        self._bytes -= len(on_disk.encode("utf-8", "surrogatepass"))
        return text

    def clear(self) -> None:
        """Forget the text and remove the file."""
        if self._made:
            with contextlib.suppress(OSError):  # left behind, it is replaced by the next text
                self.path.unlink(missing_ok=True)
        self._held, self._bytes, self.lost, self._made = "", 0, 0, False

    def _read(self, start: int) -> str:
        if not self._bytes:
            return ""
        try:
            with self.path.open("rb") as file:
                file.seek(start)
                data = file.read(self._bytes - start)
        except OSError as error:
            raise file_problem(error, self.path, "read") from error
        while start and data and data[0] & 0xC0 == 0x80:
            data = data[1:]  # in the middle of a character: four bytes each was a guess upwards
        return data.decode("utf-8", "surrogatepass")
