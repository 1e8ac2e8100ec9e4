"""The models that are here: those that ship and the user's own, found by name or folder.

Reads configurations, never weights, so that a listing of a hundred models takes no time.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rnntui import paths
from rnntui.checkpoints.config import Config, parameter_count
from rnntui.checkpoints.folder import CONFIG, WEIGHTS, read_config
from rnntui.display import one_line
from rnntui.errors import CheckpointError, RnntuiError
from rnntui.files import file_problem

DEFAULTS = {"text": "shakespeare-lstm", "sentiment": "imdb-lstm", "forecast": "djia-gru"}
"""The shipped model each task takes when none is named."""

Source = Literal["shipped", "own", "hub"]


@dataclass(frozen=True)
class Entry:
    """A model of the library."""

    name: str
    source: Source
    folder: Path
    """The checkpoint's."""
    config: Config | None
    """None where it is damaged."""
    problem: str = ""
    """What is wrong with a damaged one."""

    @property
    def task(self) -> str:
        """What the model does; "?" where it is damaged."""
        return self.config.task if self.config else "?"

    @property
    def parameters(self) -> int:
        """Trainable parameters; 0 where it is damaged."""
        return parameter_count(self.config) if self.config else 0

    @property
    def size(self) -> int:
        """Bytes of the weights."""
        path = self.folder / WEIGHTS
        return path.stat().st_size if path.exists() else 0


def checkpoint_in(folder: Path) -> Path | None:
    """Return the checkpoint a folder is or, being a run folder, holds: its best, else its last."""
    places = (folder, folder / "best", folder / "last")
    return next((place for place in places if (place / CONFIG).is_file()), None)


def entries() -> Iterator[Entry]:
    """Yield every model here, shipped ones first, each source by name.

    A user's model hides a shipped one of the same name nowhere: both are listed, and the name means
    the user's.
    """
    for source, root in _roots():
        if not root.is_dir():
            continue
        for folder in sorted(root.iterdir()):
            checkpoint = checkpoint_in(folder) if folder.is_dir() else None
            if checkpoint:
                yield _entry(folder.name, source, checkpoint)


def _roots() -> tuple[tuple[Source, Path], ...]:
    return ("shipped", paths.shipped_models()), ("own", paths.own_runs())


def _entry(name: str, source: Source, folder: Path) -> Entry:
    try:
        return Entry(name, source, folder, read_config(folder))
    except RnntuiError as error:
        return Entry(name, source, folder, None, error.what)


def find_model(model: str) -> Path:
    """Return the checkpoint folder that MODEL means on the command line.

    Args:
        model: a folder that holds a checkpoint or a run, or a name of the library.

    Raises:
        CheckpointError: it is neither; the message names the nearest models.
    """
    folder = Path(os.path.expanduser(model))  # noqa: PTH111 (pathlib's raises where ~ is nobody's)
    try:
        exists = folder.exists()
    except OSError as error:
        raise file_problem(error, one_line(model), "read") from None
    inside = checkpoint_in(folder) if model and exists else None
    if inside:
        return inside
    if model and Path(model).name == model != "..":  # a name, not a way out
        for _, root in reversed(_roots()):
            inside = checkpoint_in(root / model)
            if inside:
                return inside
    if model and exists:
        read_config(folder)  # says why it is no checkpoint
    known = [entry.name for entry in entries()]
    near = difflib.get_close_matches(model, known, 3, 0.5)
    raise CheckpointError(
        f"there is no model {model!r} here",
        f"did you mean {' or '.join(near)}?" if near else "`rnntui list` shows the models here",
    )
