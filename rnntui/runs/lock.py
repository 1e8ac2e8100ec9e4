"""One writer per run folder: a file that names the process, and tells a dead one as dead."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import msgspec

from rnntui.errors import RunError
from rnntui.files import file_problem


class Owner(msgspec.Struct, frozen=True):
    """Who writes into a run folder."""

    pid: Annotated[int, msgspec.Meta(ge=1, lt=1 << 31)]
    host: str
    began: str = ""
    """When the process began, as the system tells it: a recycled pid began at another time."""


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
    try:
        holder = msgspec.json.decode(path.read_bytes(), type=Owner)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    if holder.host != socket.gethostname():
        return holder
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return holder
    return holder if _began(holder.pid) == holder.began else None


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a run folder's lock.

    Raises:
        RunError: another living process holds it.
        FileProblem: the folder cannot be written.
    """
    me = Owner(os.getpid(), socket.gethostname(), _began(os.getpid()))
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(msgspec.json.encode(me))
        for _ in range(2):
            try:
                os.link(beside, path)  # fails where the lock exists: no gap between look and take
                break
            except FileExistsError:
                other = owner(path) or _remove_stale(path)
                if other:
                    raise _in_use(path.parent, other) from None
        else:
            raise RunError(f"{path.parent} was just taken by another process", "try again")
    except OSError as error:
        raise file_problem(error, path, "write") from error
    finally:
        with suppress(OSError):
            beside.unlink()
    try:
        yield
    finally:
        if owner(path) == me:
            path.unlink(missing_ok=True)


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
            os.link(aside, path)
    aside.unlink()
    return living


def _in_use(folder: Path, other: Owner) -> RunError:
    where = "" if other.host == socket.gethostname() else f" on {other.host}"
    return RunError(
        f"{folder} is in use by a training that goes on (process {other.pid}{where})",
        "wait for it, stop it, or choose another --out",
    )
