"""The models that are here: those that ship, the user's own and those pulled from the Hub.

A name means the user's own model, else the one that ships, else the one that was pulled first;
`owner/repo[@revision]` always means the pulled one, and a folder that is there itself.

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
from rnntui.checkpoints.fetching import fetch_now
from rnntui.checkpoints.folder import CONFIG, WEIGHTS, read_config
from rnntui.checkpoints.hub import index
from rnntui.checkpoints.hub.names import HubName, hub_name
from rnntui.display import one_line
from rnntui.errors import CheckpointError, RnntuiError
from rnntui.files import file_problem

DEFAULTS = {"text": "shakespeare-lstm", "sentiment": "imdb-lstm", "forecast": "djia-gru"}
"""The shipped model each task takes when none is named."""


def default_model(name: str) -> str:
    """Return what to load where no MODEL is named: the shipped one, whatever else is called so.

    Args:
        name: of a shipped model; it stands for itself where that one is not here.
    """
    folder = paths.shipped_models() / name
    return str(folder) if checkpoint_in(folder) else name


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
    pulled: index.Pulled | None = None
    """Of one from the Hub: its repository, revision and commit."""

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
        """Bytes of the weights; 0 where there are none."""
        try:
            return (self.folder / WEIGHTS).stat().st_size
        except OSError:
            return 0


def checkpoint_in(folder: Path) -> Path | None:
    """Return the checkpoint a folder is or, being a run folder, holds: its best, else its last."""
    places = (folder, folder / "best", folder / "last")
    return next((place for place in places if _is_file(place / CONFIG)), None)


def _is_file(path: Path) -> bool:
    # pathlib's raises where a folder may not be entered, or a link leads to no possible name.
    return os.path.isfile(path)  # noqa: PTH113


def repository_of(folder: Path) -> str:
    """Return the owner/name of a model in the Hub's cache, whose folder is named as its commit.

    It is "" for any other folder.
    """
    if folder.parent.name != "snapshots":  # models--owner--name/snapshots/commit
        return ""
    return folder.parent.parent.name.removeprefix("models--").replace("--", "/")


def entries() -> Iterator[Entry]:
    """Yield every model here: shipped, then own ones by name, then pulled ones by age.

    A user's model hides a shipped one of the same name nowhere: both are listed, and the name means
    the user's. A pulled one whose short name means another is listed as `owner/repo`.
    """
    taken = []
    for source, root in _roots():
        for folder in _folders(root):
            checkpoint = checkpoint_in(folder)
            if checkpoint:
                taken.append(folder.name)
                yield _entry(folder.name, source, checkpoint)
    try:
        shown = index.shown_names(taken)
    except RnntuiError as error:
        yield Entry(index.path().name, "hub", index.path().parent, None, str(error))
        return
    for name, model in shown:
        yield _entry(name, "hub", Path(model.folder), model)


def _folders(root: Path) -> list[Path]:
    try:
        return sorted(root.iterdir()) if root.is_dir() else []
    except OSError as error:
        raise file_problem(error, root, "read") from error


def _roots() -> tuple[tuple[Source, Path], ...]:
    return ("shipped", paths.shipped_models()), ("own", paths.own_runs())


def _entry(name: str, source: Source, folder: Path, pulled: index.Pulled | None = None) -> Entry:
    try:
        if pulled and _is_gone(pulled):
            raise _gone(pulled)
        return Entry(name, source, folder, read_config(folder), pulled=pulled)
    except RnntuiError as error:
        return Entry(name, source, folder, None, error.what, pulled)


class NotPulled(CheckpointError):
    """A MODEL that is nothing here and may be a repository of the Hub.

    Args:
        name: the repository.
        what: what happened.
        fix: the next step.
    """

    def __init__(self, name: HubName, what: str, fix: str) -> None:
        self.name = name
        super().__init__(what, fix)


def _is_gone(model: index.Pulled) -> bool:
    return not _is_file(Path(model.folder) / CONFIG)


def _gone(model: index.Pulled) -> NotPulled:
    return NotPulled(
        model.name,
        f"{model.name} is no longer in the Hub's cache",
        f"`rnntui pull {model.name}` fetches it again",
    )


def find_model(model: str) -> Path:
    """Return the checkpoint folder that MODEL means on the command line.

    Args:
        model: a folder that holds a checkpoint or a run, a name of the library, or the full name of
            a model that was pulled.

    Raises:
        NotPulled: it may be a model of the Hub that is not here.
        CheckpointError: it is nothing; the message names the nearest models.
    """
    return find_entry(model).folder


def find_listed(model: str) -> Entry:
    """Return the model of the library that a name means, damaged ones too; no folder is one.

    Raises:
        CheckpointError: there is none.
    """
    listed = list(entries())
    wanted = hub_name(model)
    for source in ("own", "shipped", "hub"):
        for entry in listed:
            named = wanted is not None and entry.pulled is not None and entry.pulled.means(wanted)
            if entry.source == source and (entry.name == model or named):
                return entry
    near = difflib.get_close_matches(model, [entry.name for entry in listed], 3, 0.5)
    raise CheckpointError(
        f"`rnntui list` has no model {model!r}",
        f"did you mean {' or '.join(near)}?" if near else "name one of those it has",
    )


def find_entry(model: str) -> Entry:
    """Return the model that MODEL means, as `find_model` does, with where it comes from.

    Its configuration is None, and its problem said, where it is damaged.
    """
    folder = paths.expanded(model)
    try:
        exists = folder.exists()
    except OSError as error:
        raise file_problem(error, one_line(model), "read") from None
    inside = checkpoint_in(folder) if model and exists else None
    if inside:
        return _entry(folder.name or str(folder), "own", inside)
    if model and Path(model).name == model != "..":  # a name, not a way out
        for source, root in reversed(_roots()):
            inside = checkpoint_in(root / model)
            if inside:
                return _entry(model, source, inside)
    if model and exists:
        read_config(folder)  # says why it is no checkpoint
    name = hub_name(model)
    pulled = index.find(name) if name else index.find_short(model)
    wanted, fetch = (pulled.name if pulled else name), fetch_now()
    if fetch and wanted and (pulled is None or _is_gone(pulled)):
        pulled = fetch(wanted)
    if pulled and _is_gone(pulled):
        raise _gone(pulled)
    if pulled:
        return _entry(model, "hub", Path(pulled.folder), pulled)
    known = [entry.name for entry in entries()]
    near = difflib.get_close_matches(model, known, 3, 0.5)
    what = f"there is no model {model!r} here"
    fix = f"did you mean {' or '.join(near)}?" if near else "`rnntui list` shows the models here"
    if name:
        raise NotPulled(name, what, f"{fix} `rnntui pull {name}` asks the Hub for it")
    raise CheckpointError(what, fix)
