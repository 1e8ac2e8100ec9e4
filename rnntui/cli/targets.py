"""The files that commands write where a person says: looked at before the work is done.

Minutes of work must not end in a path that cannot be written, and a file that somebody else made
is never replaced: only what the same command wrote before, or an empty file.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

from rnntui.errors import BadOption
from rnntui.files import file_problem

_LOOKED_AT = 4096
"""Bytes at both ends of a file, in which each command knows its own again."""

Ours = Callable[[bytes, bytes], bool]
"""Tells by the first and the last bytes of a file whether the command wrote it."""


def check_target(path: Path, option: str, ours: Ours) -> None:
    """Raise what would be wrong with writing a file, before it is made.

    Args:
        path: of the file.
        option: that named it, for messages.
        ours: whether a file that is there is an earlier one of the same command.

    Raises:
        BadOption: it is a folder, a device, or a file that the command did not write.
        FileProblem: it cannot be written, or not be looked at.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise BadOption(f"{option} is {path}, a folder", "name a file")
        if not stat.S_ISREG(mode):
            raise BadOption(f"{option} is {path}, a device or a pipe", "name a plain file")
        with path.open("rb") as file:
            head = file.read(_LOOKED_AT)
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LOOKED_AT))
            tail = file.read()
    except FileNotFoundError:
        _check_folder(path)
        return
    except OSError as error:
        raise file_problem(error, path, "write") from error
    if head and not ours(head, tail):
        raise BadOption(
            f"{path} is there already, and {option} did not write it",
            "name another, or remove it first",
        )
    _check_folder(path)


def is_same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file that is there."""
    with contextlib.suppress(OSError):
        return one.samefile(other)
    return False


def _check_folder(path: Path) -> None:
    """Raise FileProblem where no file can be made beside `path`; missing folders will be made."""
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "")
    except OSError as error:
        raise file_problem(error, path, "write") from error
