"""What takes part in a comparison: a run folder or a model, with all of it that can be read.

A name that is nowhere is an error; anything wrong with what was found is a note, so that one
damaged run does not keep the others from being compared. Read-only: a run may be going on.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from rnntui import paths
from rnntui.checkpoints.config import Config, parameter_count
from rnntui.checkpoints.folder import HISTORY, read_config
from rnntui.checkpoints.library import find_model, repository_of
from rnntui.display import human_seconds
from rnntui.errors import CheckpointError, RnntuiError
from rnntui.files import FileProblem, file_problem
from rnntui.recipes.schema import as_dict, make_recipe
from rnntui.runs import history, lock
from rnntui.runs.folder import PRETRAINED, RunFolder
from rnntui.runs.history import Evaluation

_ABSURD = 1e6
"""No loss, in nats, comes near; a damaged line that says more would flatten every curve."""


@dataclass(frozen=True)
class Contender:
    """A run or a model that is compared."""

    name: str
    """Tells it apart from the others."""
    folder: Path
    """The run's, or the model's."""
    checkpoint: Path | None = None
    """What is loaded to write with; None where a run has none."""
    config: Config | None = None
    """None where it is missing, damaged or of another version."""
    recipe: dict[str, Any] | None = None
    """Every key it was trained with, None where nothing says."""
    history: tuple[Evaluation, ...] = ()
    notes: tuple[str, ...] = ()
    """What is to be known about it, a line each."""

    @property
    def parameters(self) -> int | None:
        """Trainable parameters; None where unknown."""
        try:
            return parameter_count(self.config) if self.config else None
        except CheckpointError:  # a task of another version, without what counting needs
            return None

    @property
    def network(self) -> str:
        """The network in a word or two: `lstm 2×512`."""
        if not self.config:
            return "?"
        shape = self.config.network
        both = "bi-" if shape.bidirectional else ""
        return f"{both}{shape.cell} {shape.layers}×{shape.hidden}"

    @property
    def unit(self) -> str:
        """What a symbol is: char, byte or word; "" where the model has none."""
        vocabulary = self.config.vocabulary if self.config else None
        return vocabulary.unit if vocabulary else ""

    @property
    def validated(self) -> tuple[Evaluation, ...]:
        """The evaluations that have a validation loss."""
        return tuple(line for line in self.history if line.val_loss is not None)

    @property
    def best(self) -> Evaluation | None:
        """The evaluation with the lowest validation loss."""
        return min(self.validated, key=lambda line: line.val_loss or 0.0, default=None)

    @property
    def val_loss(self) -> float | None:
        """The lowest validation loss in nats per symbol, by the history, else by the model."""
        return self.best.val_loss if self.best else self.metric("val_loss")

    @property
    def test_loss(self) -> float | None:
        """Nats per character on the test part, which only finished models carry."""
        return self.metric("nats_per_char")

    @property
    def accuracy(self) -> float | None:
        """Share of the validation part judged rightly, at the lowest loss; None of other tasks."""
        return self.best.accuracy if self.best and self.best.accuracy else self.metric("accuracy")

    @property
    def test_accuracy(self) -> float | None:
        """Share of the test part judged rightly, which only finished models carry."""
        return self.metric("test_accuracy")

    @property
    def seconds(self) -> float | None:
        """Training time so far, that of a language model it began with among it."""
        return self.history[-1].seconds if self.history else self.metric("seconds")

    @property
    def epochs(self) -> float | None:
        """Readings of the training part so far."""
        return self.history[-1].epoch if self.history else self.metric("epoch")

    @property
    def symbols_per_second(self) -> float | None:
        """Predictions trained on in a second, the median of its evaluations."""
        speeds = [line.symbols_per_second for line in self.history if line.symbols_per_second > 0]
        return statistics.median(speeds) if speeds else None

    def metric(self, name: str) -> float | None:
        """Return a figure of `config.json`; None where it is missing or no sensible number."""
        value = self.config.metrics.get(name) if self.config else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if math.isfinite(value) and value >= 0 else None


def read_contenders(names: Sequence[str]) -> list[Contender]:
    """Find and read some runs and models; one that is named twice comes once.

    Args:
        names: run folders, model folders, or names of the library.

    Raises:
        CheckpointError: one is nowhere; the message names the nearest.
        FileProblem: the system does not let it be looked for.
    """
    folders = list(dict.fromkeys(_find(name) for name in names))
    found = []
    for folder, label in zip(folders, _labels(folders), strict=True):
        run = RunFolder(folder)
        found.append(_run(label, run) if run.is_run() else _model(label, folder))
    return found


def _find(name: str) -> Path:
    """Return the folder, resolved, of a run or a checkpoint."""
    if name:
        places = [paths.expanded(name)]
        if Path(name).name == name != "..":
            places.append(paths.own_runs() / name)
        for place in places:
            with suppress(FileProblem):  # too long a name, say: find_model says it better
                if RunFolder(place).is_run():
                    return place.resolve()
    return find_model(name).resolve()


def _labels(folders: Sequence[Path]) -> list[str]:
    """Return the shortest ends of paths, a folder's name at least, that tell them apart.

    A checkpoint inside a run is called by both: `run/best`.
    """
    deepest = max(len(folder.parts) for folder in folders)
    labels = []
    for folder in folders:
        if repository := repository_of(folder):
            labels.append(f"{repository}@{folder.name[:7]}")
            continue
        inside = folder.name in ("best", "last") and RunFolder(folder.parent).is_run()
        for depth in range(2 if inside else 1, deepest + 1):
            label = "/".join(folder.parts[-depth:])
            others = ("/".join(f.parts[-depth:]) for f in folders if f != folder)
            if label not in others:
                break
        labels.append(label)
    return labels


def _run(name: str, folder: RunFolder) -> Contender:
    notes = []
    holder = lock.owner(folder.lock)
    if holder:
        notes.append(f"still training (process {holder.pid}): these are its figures so far")
    contender = Contender(name, folder.path, notes=tuple(notes))
    try:
        checkpoint = folder.checkpoint()
    except OSError as error:
        return _noted(contender, file_problem(error, folder.path, "read").what)
    contender = _with_history(_with_config(contender, checkpoint), folder.history)
    contender = _after(contender, _seconds_before(folder))
    try:
        return replace(contender, recipe=as_dict(folder.read_recipe()))
    except RnntuiError as error:
        kept = contender.config.recipe if contender.config else None
        noted = _noted(contender, f"its recipe cannot be read: {error.what}")
        return replace(noted, recipe=_filled(kept))


def _model(name: str, folder: Path) -> Contender:
    contender = _with_config(Contender(name, folder), folder)
    contender = _with_history(contender, folder / HISTORY)
    contender = _after(contender, contender.metric("pretrain_seconds") or 0.0)
    return replace(contender, recipe=_filled(contender.config.recipe if contender.config else None))


def _seconds_before(folder: RunFolder) -> float:
    """Return how long the language model was trained that a run began with; 0 without one."""
    inside = RunFolder(folder.path / PRETRAINED).history
    try:
        return max((line.seconds for line in history.read(inside) if _sensible(line)), default=0.0)
    except RnntuiError:
        return 0.0


def _after(contender: Contender, before: float) -> Contender:
    """Let a history begin after the seconds that went before it: a race by time counts them."""
    if not before:
        return contender
    later = tuple(msgspec.structs.replace(x, seconds=x.seconds + before) for x in contender.history)
    told = f"its times hold {human_seconds(before)} of the language model it began with"
    return _noted(replace(contender, history=later), told)


def _noted(contender: Contender, note: str) -> Contender:
    return replace(contender, notes=(*contender.notes, note))


def _with_config(contender: Contender, checkpoint: Path | None) -> Contender:
    if checkpoint is None:
        return _noted(contender, "holds no model yet, so nothing is known of its network")
    try:
        config = read_config(checkpoint)
    except RnntuiError as error:
        return _noted(contender, f"its model cannot be read: {error}")
    return replace(contender, checkpoint=checkpoint, config=config)


def _with_history(contender: Contender, path: Path) -> Contender:
    try:
        # Counted before they are read: a line that a living run adds between counts as sound.
        there = path.is_file()  # and no pipe, which would never end
        written = len(path.read_bytes().splitlines()) if there else 0
        lines = tuple(history.read(path)) if there else ()
    except OSError as error:
        return _noted(contender, file_problem(error, path, "read").what)
    except RnntuiError as error:
        return _noted(contender, error.what)
    sound = tuple(line for line in lines if _sensible(line))
    if len(lines) < written:
        contender = _noted(
            contender,
            f"line {len(lines) + 1} of its history is half-written or damaged; "
            f"the {_counted(len(lines), 'line')} before it count",
        )
    if len(sound) < len(lines):
        contender = _noted(
            contender, f"{_counted(len(lines) - len(sound), 'line')} of its history make no sense"
        )
    if not sound:
        contender = _noted(contender, "has no history of its training, so it has no curves")
    elif not any(line.val_loss is not None for line in sound):
        contender = _noted(contender, "was trained without a validation part")
    return replace(contender, history=sound)


def _sensible(line: Evaluation) -> bool:
    losses = [line.train_loss, *([] if line.val_loss is None else [line.val_loss])]
    amounts = (line.epoch, line.seconds, line.grad_norm, line.symbols_per_second)
    return all(0 <= loss < _ABSURD for loss in losses) and all(0 <= a < 1e12 for a in amounts)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _filled(recipe: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a checkpoint's recipe with the keys that its version did not have yet."""
    if not recipe:
        return None
    try:
        return as_dict(make_recipe(recipe, "recipe"))
    except RnntuiError:  # of a newer version: as it stands
        return recipe
