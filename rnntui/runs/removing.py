"""Taking a model of the library off the disk: with its run where it is the user's own."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from rnntui import paths
from rnntui.checkpoints.library import Entry
from rnntui.display import human_bytes, one_line
from rnntui.errors import CheckpointError
from rnntui.files import file_problem
from rnntui.runs.folder import RunFolder
from rnntui.runs.lock import check_free


@dataclass(frozen=True)
class Removal:
    """What would go, for whoever is asked."""

    entry: Entry
    what: str
    """What it is and where from, in a line."""
    size: int
    """Bytes of a model of the user's own; what removing a pulled one frees is known afterwards."""

    @property
    def name(self) -> str:
        """Its full name, or the folder of the user's own."""
        return self.what.partition(" (")[0].partition(",")[0]


def removal(entry: Entry) -> Removal:
    """Return what removing a model takes away.

    Raises:
        CheckpointError: it ships with rnntui.
        RunError: a training writes into its folder.
    """
    if entry.source == "shipped":
        raise CheckpointError(f"{entry.name} ships with rnntui", "only own and pulled ones can go")
    if entry.pulled:
        return Removal(entry, f"{entry.pulled.name}, pulled from the Hub", 0)
    place = _place(entry)
    check_free(RunFolder(place).lock)
    size = 0 if place.is_symlink() else _size(place)
    shown = one_line(str(place), 300)
    return Removal(entry, f"{shown} ({human_bytes(size)}), which you trained", size)


def remove(goes: Removal) -> int:
    """Remove a model; of a run's folder that is linked from elsewhere, the link.

    Returns:
        The bytes that were freed.

    Raises:
        FileProblem: the disk does not let it go.
    """
    if goes.entry.pulled:
        from rnntui.checkpoints.hub.remove import remove as remove_pulled

        return remove_pulled(goes.entry.pulled)
    place = _place(goes.entry)
    try:
        if place.is_symlink():
            place.unlink()
        else:
            shutil.rmtree(place)
    except OSError as error:
        raise file_problem(error, place, "remove") from error
    return goes.size


def _place(entry: Entry) -> Path:
    return paths.own_runs() / entry.name


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
