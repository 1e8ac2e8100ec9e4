"""The runs and models that are here, and how each stands: a few small files a run, no more.

Everything here blocks for a moment and belongs into a thread.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from rnntui import paths
from rnntui.checkpoints.config import Config, Network
from rnntui.checkpoints.folder import read_config
from rnntui.checkpoints.library import checkpoint_in
from rnntui.errors import RnntuiError
from rnntui.recipes.catalog import load_recipe, names
from rnntui.recipes.forecast import ForecastRecipe
from rnntui.recipes.schema import Recipe
from rnntui.recipes.sentiment import SentimentRecipe
from rnntui.runs import history, lock, progress
from rnntui.runs.folder import RunFolder
from rnntui.runs.history import Evaluation
from rnntui.runs.lock import Owner
from rnntui.runs.progress import Progress

State = Literal["running", "stopped", "finished", "stale", "model", "damaged"]
"""`stale`: the process that held its lock is gone without having saved; `model`: no run, but a
model with a history to look at."""

_Line = TypeVar("_Line", Evaluation, Progress)
_LONGEST = 4096
"""Bytes of a line, with room to spare."""


class Counters(msgspec.Struct, frozen=True):
    """What is wanted of `state/state.json`."""

    step: int = 0
    epoch: int = 0
    best_loss: float | None = None
    finished: bool = False


_COUNTERS = msgspec.json.Decoder(Counters)


@dataclass(frozen=True)
class Summary:
    """A run or a model in a line."""

    folder: RunFolder
    state: State
    owner: Owner | None = None
    """The process that trains it."""
    recipe: Recipe | None = None
    """None of a model, or where it is damaged."""
    network: str = ""
    """In a word or two: `lstm 2×512`."""
    unit: str = "chars"
    """What its speed counts: `chars`, `bytes`, `words`, `reviews` or `windows`."""
    step: int = 0
    """The last one that is saved."""
    epoch: float | None = None
    best: float | None = None
    """The lowest validation loss."""
    begun: float = 0.0
    """When it was begun or resumed, in seconds since 1970."""
    changed: float = 0.0
    """When it last wrote."""
    has_checkpoint: bool = False
    """Whether there is something to write with."""
    problem: str = ""
    """What is wrong with a damaged one."""

    @property
    def name(self) -> str:
        """What people call it."""
        return self.folder.name

    @property
    def made_by(self) -> str:
        """The name of the recipe of the package it was made by, "" where it is none's."""
        return _recipe_names().get(self.recipe.about, "") if self.recipe else ""

    @property
    def trains(self) -> bool:
        """Whether a process trains it now."""
        return self.owner is not None

    @property
    def is_run(self) -> bool:
        """Whether it can be resumed."""
        return self.state not in ("model", "damaged")


@cache
def _recipe_names() -> dict[str, str]:
    """The names of the package's recipes by what they are about: runs keep that line."""
    return {load_recipe(name).about: name for name in names()}


class Listing:
    """The runs that are here; what did not change is not read again."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, ...], Summary]] = {}

    def look(self, others: Iterable[Path] = ()) -> list[Summary]:
        """Return every run, the one begun last first, and then the models by their names.

        Args:
            others: folders to list besides the user's own.
        """
        found = [self._summary(RunFolder(path)) for path in _folders(others)]

        def place(each: Summary) -> tuple[bool, float, str]:
            model = each.state == "model"  # its files have the time of an installation
            return model, 0.0 if model else -each.begun, each.name

        return sorted(found, key=place)

    def _summary(self, folder: RunFolder) -> Summary:
        signature = tuple(_changed_ns(path) for path in _files(folder))
        known = self._known.get(folder.path)
        if known and known[0] == signature:
            return _with_owner(known[1])
        summary = _read(folder)
        self._known[folder.path] = (signature, summary)
        return _with_owner(summary)


def read_summary(folder: RunFolder) -> Summary:
    """Return how a run stands."""
    return _with_owner(_read(folder))


def _folders(others: Iterable[Path]) -> Iterator[Path]:
    """Yield every folder that is a run or a model, each once."""
    seen: set[Path] = set()
    places = [*others]
    for root in (paths.own_runs(), paths.shipped_models()):
        with suppress(OSError):
            places += sorted(path for path in root.iterdir() if path.is_dir())
    for path in places:
        with suppress(RnntuiError, OSError):
            if path not in seen and (RunFolder(path).is_run() or checkpoint_in(path)):
                seen.add(path)
                yield path


def _files(folder: RunFolder) -> tuple[Path, ...]:
    return (
        folder.recipe,
        folder.history,
        folder.state / "state.json",
        folder.path / progress.PROGRESS,
        folder.path / "config.json",
    )


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _read(folder: RunFolder) -> Summary:
    """Read everything but who trains it."""
    changed = max(map(_changed_ns, _files(folder)))
    begun = _changed_ns(folder.recipe) or _changed_ns(folder.path / "config.json")
    summary = Summary(folder, "model", begun=begun / 1e9, changed=changed / 1e9)
    try:
        if folder.is_run():
            recipe = _recipe(folder, _changed_ns(folder.recipe))
            shape: Network = recipe.network()
            unit = _unit(recipe)
            counters = _counters(folder)
            state: State = "finished" if counters.finished else "stopped"
            summary = replace(summary, state=state, recipe=recipe, step=counters.step)
            best = counters.best_loss
        else:
            config = read_config(checkpoint_in(folder.path) or folder.path)
            shape, unit = config.network, _model_unit(config)
            lines = history.read(folder.history)
            best = min((x.val_loss for x in lines if x.val_loss is not None), default=None)
    except RnntuiError as error:
        return replace(summary, state="damaged", problem=str(error))
    newest = [
        _last_line(folder.history, history.decode),
        _last_line(folder.path / progress.PROGRESS, progress.decode),
    ]  # fmt: skip
    return replace(
        summary,
        network=describe(shape),
        unit=unit,
        epoch=max((line.epoch for line in newest if line), default=None),
        has_checkpoint=checkpoint_in(folder.path) is not None,
        best=best,
    )


@lru_cache(maxsize=512)
def _recipe(folder: RunFolder, changed: int) -> Recipe:
    """Read a run's recipe; 5 ms, so once for each time it was written."""
    return folder.read_recipe()


def _unit(recipe: Recipe) -> str:
    if isinstance(recipe, SentimentRecipe):
        return "words" if recipe.objective == "words" else "reviews"
    if isinstance(recipe, ForecastRecipe):
        return "windows"
    return "bytes" if recipe.unit == "byte" else "chars"


def _model_unit(config: Config) -> str:
    if config.task != "text":
        return {"sentiment": "reviews", "forecast": "windows"}[config.task]
    unit = config.vocabulary.unit if config.vocabulary else "char"
    return f"{unit}s"


def describe(network: Network) -> str:
    """Return a network in a word or two: `lstm 2×512`."""
    both = "bi-" if network.bidirectional else ""
    return f"{both}{network.cell} {network.layers}×{network.hidden}"


def _counters(folder: RunFolder) -> Counters:
    try:
        return _COUNTERS.decode((folder.state / "state.json").read_bytes())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return Counters()


def _last_line(path: Path, decode: Callable[[bytes], _Line | None]) -> _Line | None:
    """Return the last whole line of a file, read from its end."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LONGEST))
            return decode(file.read().rpartition(b"\n")[0].rpartition(b"\n")[2])
    except OSError:
        return None


def _with_owner(summary: Summary) -> Summary:
    """Add who trains it: asked anew each time, since a process can die and change no file."""
    if summary.state == "model":
        return summary
    holder = lock.owner(summary.folder.lock)
    if holder:
        return replace(summary, owner=holder, state=_living(summary.state))
    if summary.state == "stopped" and summary.folder.lock.exists():
        return replace(summary, state="stale")
    return summary


def _living(state: State) -> State:
    return state if state == "damaged" else "running"


def age(seconds: float) -> str:
    """Return how long ago something was: `now`, `5 min`, `3 h`, `2 d`."""
    past = max(0.0, time.time() - seconds)
    if past < 60:
        return "now"
    for unit, length, most in (("min", 60, 60), ("h", 3600, 48), ("d", 86400, 1000)):
        if past < most * length:
            return f"{past / length:.0f} {unit}"
    return "long"
