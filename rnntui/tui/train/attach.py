"""Naming a run folder by its path."""

from __future__ import annotations

from pathlib import Path

from textual.suggester import Suggester

from rnntui.checkpoints.library import checkpoint_in
from rnntui.errors import RnntuiError
from rnntui.paths import expanded
from rnntui.runs.folder import RunFolder
from rnntui.tui.path_completion import unquoted


def named(typed: str) -> Path:
    """Return the folder that a line names."""
    return expanded(unquoted(typed.strip()))


def run_problem(typed: str) -> str:
    """Return why a path is no run to watch, "" where it is one."""
    path = named(typed)
    try:
        if not typed.strip() or not path.exists():
            return "there is no such folder"
        if RunFolder(path).is_run() or checkpoint_in(path):
            return ""
    except (RnntuiError, OSError) as error:
        return str(error)
    return "it is not a run folder: it holds no recipe.toml"


class RunSuggester(Suggester):
    """Completes a path with the folders that are there."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the path of the first folder that begins so."""
        path = expanded(value)
        folder, start = (path, "") if value.endswith("/") else (path.parent, path.name)
        try:
            inside = sorted(each.name for each in folder.iterdir() if each.is_dir())
        except OSError:
            return None
        fitting = (n for n in inside if n.startswith(start) and n != start and n[0] != ".")
        name = next((n for n in fitting if n.isprintable()), None)  # the line shows escapes as such
        return f"{value}{name[len(start) :]}/" if name else None
