"""Following a file that another process appends to: only what is new is read.

A last line that is half written is left for the next look. A file that was cut back (by a resumed
run) or replaced is noticed, and read anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rnntui.files import file_problem

_SEAL = 64
"""Bytes before the place read up to that must still be there. A file cut back may have grown again,
and one that is replaced by each append has another inode every time."""


@dataclass(frozen=True)
class Appended:
    """What a look found."""

    text: bytes
    """Whole lines, each with its end."""
    anew: bool = False
    """What was read before is no longer there: forget it."""


class Tail:
    """A place in a growing file.

    Args:
        path: there or not.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._at = 0
        self._seal = b""
        self._seen: tuple[int, int, int] | None = None

    def read(self) -> Appended:
        """Return the whole lines that are new since the last look.

        A file that did not change costs one stat.

        Raises:
            FileProblem: the file is there and cannot be read.
        """
        try:
            facts = self.path.stat()
            seen = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
            if seen == self._seen:
                return Appended(b"")
            with self.path.open("rb") as file:
                kept = self._still_there(file)
                if not kept:
                    self._at, self._seal = 0, b""
                file.seek(self._at)
                new = file.read()
        except FileNotFoundError:
            gone, self._at, self._seal, self._seen = self._at > 0, 0, b"", None
            return Appended(b"", anew=gone)
        except OSError as error:
            raise file_problem(error, self.path, "read") from error
        whole = new[: new.rfind(b"\n") + 1]
        self._at += len(whole)
        self._seal = (self._seal + whole)[-_SEAL:]
        self._seen = seen
        return Appended(whole, anew=not kept)

    def _still_there(self, file: BinaryIO) -> bool:
        file.seek(self._at - len(self._seal))
        return file.read(len(self._seal)) == self._seal
