"""One writer per run folder: a file that names the process, and tells a dead one as dead."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import msgspec

from rnntui.errors import RunError
from rnntui.files import file_problem

_WRITTEN_WITHIN = 0.2
"""Seconds that a process may take from making a lock to writing its name into it."""


class Owner(msgspec.Struct, frozen=True):
    """Who writes into a run folder."""

    pid: Annotated[int, msgspec.Meta(ge=1, lt=1 << 31)]
    host: str
    began: str = ""
    """When the process began, as the system tells it: a recycled pid began at another time."""


_OWNER = msgspec.json.Decoder(Owner)


def _began(pid: int) -> str:
    """Return a token for the start of a process, "" where the system has no /proc.

    A killed process whose parent never asked for its end (a zombie, common in containers) writes no
    more: its token is no living process's.
    """
    try:
        # Fields 3 and 22 of stat(5), counted after the command's closing parenthesis.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "zombie" if fields[0] in "ZX" else fields[19]
    except (OSError, IndexError):
        return ""


def owner(path: Path) -> Owner | None:
    """Return the living process that holds a lock; None when nobody does or it is dead.

    A lock from another host counts as living, since it cannot be asked.
    """
    holder = _named(path)
    return holder if holder and _lives(holder) else None


def _named(path: Path) -> Owner | None:
    """Return the process that a lock names, dead or alive; None where it names none."""
    try:
        return _OWNER.decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _lives(holder: Owner) -> bool:
    if holder.host != socket.gethostname():
        return True
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _began(holder.pid) == holder.began


def check_free(path: Path) -> None:
    """Raise RunError where a living process holds a lock."""
    other = owner(path)
    if other:
        raise _in_use(path.parent, other)


@contextmanager
def held(path: Path) -> Iterator[Owner | None]:
    """Hold a run folder's lock.

    Yields:
        The process that died with the lock in its hands, if one did.

    Raises:
        RunError: another living process holds it.
        FileProblem: the folder cannot be written.
    """
    me = Owner(os.getpid(), socket.gethostname(), _began(os.getpid()))
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(msgspec.json.encode(me))
        dead = _take(beside, path)
    except OSError as error:
        raise file_problem(error, path, "write") from error
    finally:
        with suppress(OSError):
            beside.unlink()
    try:
        yield dead
    finally:
        if owner(path) == me:
            path.unlink(missing_ok=True)


def _take(beside: Path, path: Path) -> Owner | None:
    """Make `beside` the lock; return the dead process whose lock it replaced."""
    dead = None
    for _ in range(2):
        try:
            _name(beside, path)
            return dead
        except FileExistsError:
            if not _named(path):  # where there are no links, its owner may be about to write it
                time.sleep(_WRITTEN_WITHIN)
            check_free(path)
            dead = _named(path)
            other = _remove_stale(path)
            if other:
                raise _in_use(path.parent, other) from None
    raise RunError(f"{path.parent} was just taken by another process", "try again")


def _name(file: Path, path: Path) -> None:
    """Give a lock its name, whole from the first moment where the disk knows links.

    exFAT and some network drives know none; there its content follows its name.

    Raises:
        FileExistsError: there is a lock: no gap between look and take.
    """
    try:
        os.link(file, path)
    except FileExistsError:
        raise
    except OSError:
        with path.open("xb") as lock:
            lock.write(file.read_bytes())


def _remove_stale(path: Path) -> Owner | None:
    """Take a dead process's lock away.

    Another process may do the same and take the lock between our look and our grasp, so the file is
    moved aside first and looked at again.

    Returns:
        The living process whose lock it was after all, and which keeps it.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.stale")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return None
    living = owner(aside)
    if living:
        with suppress(FileExistsError):
            _name(aside, path)
    aside.unlink()
    return living


def _in_use(folder: Path, other: Owner) -> RunError:
    where = "" if other.host == socket.gethostname() else f" on {other.host}"
    return RunError(
        f"{folder} is in use by a training that goes on (process {other.pid}{where})",
        "wait for it, stop it, or choose another --out",
    )
