"""Finding a corpus by name: a file, or a text in the folder that `RNNTUI_DATA` names."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from rnntui.errors import CorpusError

_ENDINGS = ("", ".txt", ".txt.gz")


def find_corpora(names: Sequence[str]) -> list[Path]:
    """Return the file of each corpus.

    Args:
        names: paths of text files, or names such as `tinyshakespeare`.

    Raises:
        CorpusError: one is neither.
    """
    return [_find(name) for name in names]


def _find(name: str) -> Path:
    path = Path(name)
    if _exists(path) or path.parent != Path():
        return path
    folder = os.environ.get("RNNTUI_DATA")
    if folder:
        for ending in _ENDINGS:
            candidate = Path(folder).expanduser() / f"{name}{ending}"
            if _exists(candidate) and candidate.is_file():
                return candidate
    if path.suffix:
        return path  # a file that does not exist: whoever reads it says so
    raise CorpusError(
        f"the corpus {name!r} is not here",
        f"name its text file, or set RNNTUI_DATA to the folder that holds {name}.txt",
    )


def absolute_corpora(files: Sequence[str]) -> tuple[str, ...]:
    """Return files as a run's recipe keeps them: findable from any folder, names left as names."""
    return tuple(str(Path(f).resolve()) if _exists(Path(f)) else f for f in files)


def _exists(path: Path) -> bool:
    """Whether a file is there; a name too long for one, such as a whole text, is none."""
    try:
        return path.exists()
    except OSError:
        return False
