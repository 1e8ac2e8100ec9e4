"""Writing files so that a kill, a full disk or a read-only folder never leaves half of one.

Every file of ours is written beside its place and renamed into it: a reader sees the old content or
the new, nothing between.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from rnntui.errors import RnntuiError


class FileProblem(RnntuiError):
    """The operating system refused to read or write, for a reason the user can mend."""


_REASONS = {
    errno.ENOSPC: ("no space left on the disk", "free some space and run the same command again"),
    errno.EDQUOT: ("the disk quota is used up", "free some space and run the same command again"),
    errno.EROFS: ("the file system is read-only", "choose a folder you can write to"),
    errno.ENOTDIR: ("a part of the path is a file", "choose another path"),
    errno.EEXIST: ("a file is where a folder is needed", "choose another path"),
    errno.EISDIR: ("it is a folder", "name a file"),
    errno.EFBIG: ("it would be larger than files may be here", "raise the limit (ulimit -f)"),
    errno.ENOENT: ("no such file or folder", "check the path"),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter one"),
}


_DENIED = {
    "write": "choose a folder you can write to, or change its rights",
    "read": "change its rights, or name another",
}
"""What helps where permission is denied, by the verb; elsewhere it is the folder's rights."""


def file_problem(error: OSError, path: Path | str, doing: str) -> FileProblem:
    """Translate an OSError into a sentence: what could not be done, why, and what helps.

    Args:
        error: as raised by the operating system.
        path: the file or folder it is about.
        doing: the verb, "write", "read" or "delete".
    """
    if error.errno in (errno.EACCES, errno.EPERM):
        fix = _DENIED.get(doing, "change the rights of its folder")
        return FileProblem(f"cannot {doing} {path}: permission denied", fix)
    reason, fix = _REASONS.get(error.errno or 0, (error.strerror or str(error), "check the path"))
    return FileProblem(f"cannot {doing} {path}: {reason}", fix)


def write_atomically(path: Path, content: bytes | str, *, durable: bool = True) -> None:
    """Replace `path` by `content` in one step; on any failure the old file stays.

    Text is written as UTF-8 with LF.

    Args:
        path: of the file.
        content: all of it.
        durable: wait until it is on the disk, which a busy one may take a second for.

    Raises:
        FileProblem: the disk is full, the folder read-only, and so on.
    """
    with replaced(path, durable=durable) as beside:
        beside.write_bytes(content.encode() if isinstance(content, str) else content)


def check_plain(path: Path) -> None:
    """Raise FileProblem for what may never end, or never begin: a named pipe that nobody fills.

    The null device passes as the empty file it stands for; what is not there is told by the reader.
    """
    with contextlib.suppress(OSError):
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or path.samefile(os.devnull)):
            raise FileProblem(f"{path} is a pipe or device", "name a plain file")


def private_folder(folder: Path) -> None:
    """Make a folder that nobody else can look into; one that is there keeps its rights.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(0o700, parents=True, exist_ok=True)


@contextlib.contextmanager
def replaced(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """Give the path of a file to be written beside `path`, which it replaces once it is whole.

    Args:
        path: of the file.
        durable: as for `write_atomically`.

    Raises:
        FileProblem: the disk is full, and so on; any OSError of the block, too.
    """
    _check_replaceable(path)
    # The process id keeps two writers of one folder apart; the dot keeps listings clean.
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        if durable:
            with beside.open("rb+") as file:
                os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise file_problem(error, path, "write") from error
    finally:  # on Ctrl-C too; after the rename there is nothing to find
        with contextlib.suppress(OSError):
            beside.unlink()


def _check_replaceable(path: Path) -> None:
    """Raise FileProblem for a folder and for a device: root could replace /dev/null."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # not there yet, or not to be reached, which the writing will tell
    if stat.S_ISDIR(mode):
        reason, fix = _REASONS[errno.EISDIR]
        raise FileProblem(f"cannot write {path}: {reason}", fix)
    if not stat.S_ISREG(mode):
        raise FileProblem(f"cannot write {path}: it is a device or a pipe", "name a plain file")
