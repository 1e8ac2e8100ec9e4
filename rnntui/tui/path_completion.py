"""Completing the path of a file while it is typed, as shells do. Headless; it blocks a moment."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass

from rnntui.paths import expanded

MOST = 200
"""Names that are offered."""


@dataclass(frozen=True)
class Completed:
    """What a typed path can become."""

    text: str
    """It with all that its candidates have in common."""
    names: tuple[str, ...]
    """The candidates' names in their folder, folders with a slash; the first `MOST` of them."""


def unquoted(typed: str) -> str:
    """Return a path without its quotes and backslashes, unless a file has that very name.

    Terminals paste a file that is dropped on them as a shell needs it: `'/tmp/x y.txt' `.
    """
    if os.path.exists(expanded(typed)):  # noqa: PTH110 - pathlib's raises at a name too long
        return typed
    try:
        words = shlex.split(typed)
    except ValueError:  # a quote without an end
        return typed
    quoted = len(words) == 1 and words[0] != typed.strip()
    return words[0] if quoted else typed  # a blank at the end may be the middle of a name


def complete(typed: str) -> Completed:
    """Return what a path that somebody is typing can become; itself where nothing fits.

    Args:
        typed: any text; a leading `~` is the home folder.
    """
    before, slash, begin = typed.rpartition("/")
    folder = expanded(before + slash or ".")
    try:
        with os.scandir(folder) as entries:
            names = sorted(
                entry.name + "/" * entry.is_dir()
                for entry in entries
                if entry.name.startswith(begin) and (begin or not entry.name.startswith("."))
                # A line to type in shows what it is offered as it is, escapes too.
                if entry.name.isprintable()
            )
    except (OSError, ValueError):  # ValueError: a null character
        return Completed(typed, ())
    common = names[0] if names else begin
    while names and not names[-1].startswith(common):
        common = common[:-1]  # of sorted names, the first and the last differ most
    return Completed(before + slash + common, tuple(names[:MOST]))
