"""The disk's side of a download: a `.part` beside its place, and the right to write it."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rnntui.files import file_problem


class Part:
    """What has arrived of a file, on disk."""

    def __init__(self, place: Path) -> None:
        self.place = place
        """Where the whole file goes."""
        self.path = place.with_name(f"{place.name}.part")
        self._etag = place.with_name(f"{place.name}.part.etag")

    @property
    def size(self) -> int:
        """Bytes that have arrived."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def etag(self) -> str:
        """The server's name for the version it is a part of; "" where it gave none."""
        with contextlib.suppress(OSError, UnicodeDecodeError):
            return self._etag.read_text("ascii")
        return ""

    def open(self, at: int, etag: str) -> BinaryIO:
        """Open it to write on from `at`, a part of the version that `etag` names."""
        if at == 0:
            self.clear()
            if (
                etag and etag.isascii() and not etag.startswith("W/")
            ):  # a weak one does not mean same bytes
                self._etag.write_text(etag, "ascii")
        return self.path.open("ab")

    def clear(self) -> None:
        """Throw it away."""
        self.path.unlink(missing_ok=True)
        self._etag.unlink(missing_ok=True)

    def sha256(self) -> str:
        """The hash of what is there."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def publish(self) -> None:
        """Rename it into place."""
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
        self.path.replace(self.place)
        self._etag.unlink(missing_ok=True)


@contextmanager
def alone(path: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Keep other processes from fetching to the same path; the system ends it with ours.

    Args:
        path: where the whole file goes; its folder is made.
        say: told if it has to be waited for.

    Raises:
        FileProblem: the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_name(f".{path.name}.lock"))
        try:
            lock.acquire(blocking=False)
        except Timeout:
            say(f"another process is fetching {path.name}; waiting for it")
            lock.acquire()
    except OSError as error:
        raise file_problem(error, path, "write") from error
    try:
        yield
    finally:
        lock.release()
