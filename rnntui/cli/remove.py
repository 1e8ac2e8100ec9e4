"""`rnntui rm`: take one of the user's own models, or a pulled one, off the disk."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnntui.cli.output import say
from rnntui.errors import BadOption, CheckpointError

if TYPE_CHECKING:
    from rnntui.checkpoints.library import Entry


def remove(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A name of `rnntui list`, or owner/repo.")
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove one of your own models with its run, or one that was pulled, from the disk."""
    from rnntui import paths
    from rnntui.checkpoints.library import find_listed
    from rnntui.display import human_bytes, one_line

    entry = find_listed(model)
    if entry.source == "shipped":
        raise CheckpointError(f"{entry.name} ships with rnntui", "only own and pulled ones can go")
    if entry.pulled:
        what = f"{entry.pulled.name}, pulled from the Hub"
    else:
        place = paths.own_runs() / entry.name
        _check_idle(place)
        size = 0 if place.is_symlink() else _size(place)
        what = f"{one_line(str(place), 300)} ({human_bytes(size)}), which you trained"
    if not yes:
        if not (sys.stdin and sys.stdin.isatty()):
            raise BadOption("there is no terminal to ask on", "give --yes to remove it unasked")
        typer.confirm(f"remove {what}?", err=True, abort=True)
    freed = _remove_pulled(entry) if entry.pulled else _remove_own(place, size)
    say(f"removed {what.partition(' (')[0].partition(',')[0]}: {human_bytes(freed)} freed")


def _remove_pulled(entry: Entry) -> int:
    from rnntui.checkpoints.hub.remove import remove

    assert entry.pulled
    return remove(entry.pulled)


def _remove_own(place: Path, size: int) -> int:
    """Remove a run's folder; of one that is linked from elsewhere, the link."""
    from rnntui.files import file_problem

    try:
        if place.is_symlink():
            place.unlink()
        else:
            shutil.rmtree(place)
    except OSError as error:
        raise file_problem(error, place, "remove") from error
    return size


def _check_idle(place: Path) -> None:
    """Raise RunError where a training writes into the folder."""
    from rnntui.runs.folder import RunFolder
    from rnntui.runs.lock import check_free

    check_free(RunFolder(place).lock)


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
