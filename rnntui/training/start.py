"""Beginning and resuming a training: from a recipe and a folder to a `Training` ready to run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import torch

from rnntui.errors import BadOption, RunError
from rnntui.recipes.forecast import ForecastRecipe
from rnntui.recipes.schema import Recipe, TextRecipe, as_dict, changed, make_recipe
from rnntui.recipes.sentiment import SentimentRecipe
from rnntui.runs import lock
from rnntui.runs.folder import RunFolder
from rnntui.training import resume
from rnntui.training.allocator import keep_freed_memory
from rnntui.training.corpora import corpus_of
from rnntui.training.fitting import fitted_keys
from rnntui.training.forecast import ForecastTask
from rnntui.training.loop import Training
from rnntui.training.memory import shortage_told
from rnntui.training.pretraining import PretrainedTraining, is_pretraining
from rnntui.training.ranks import asked_for, follows, join
from rnntui.training.review_data import read_review_data
from rnntui.training.sentiment import SentimentTask
from rnntui.training.series_data import prepare, series_of
from rnntui.training.series_fitting import fitted_to_series
from rnntui.training.task import Task
from rnntui.training.text import TextTask
from rnntui.training.words import WordsTask

MAY_CHANGE = frozenset(
    {
        *("about", "corpus", "errors", "epochs", "minutes", "early_stop", "save_minutes"),
        *("threads", "device", "precision", "show_predictions"),
        *("sample_every", "sample_length", "sample_temperatures", "sample_prompt"),
    }
)
"""Keys a resumed run may change without becoming another run."""


@contextmanager
def new_run(
    recipe: Recipe, folder: RunFolder, free: frozenset[str] = frozenset()
) -> Iterator[Training]:
    """Begin a run in a new folder, and hold its lock.

    Args:
        recipe: what to train.
        folder: where.
        free: keys that nobody chose, to be fitted to the data.

    Raises:
        RunError: the folder holds a run already, or is in use.
        CorpusError: the data cannot be read, or are too short.
    """
    if not follows():
        if folder.is_run():
            lock.check_free(folder.lock)  # says more than that a run is there
        _check_new(folder)
    task = make_task(recipe, free)
    with _held(folder) as notes:
        if not follows():
            _check_new(folder)  # another one may have come and gone meanwhile
        yield _training(task, folder, notes)


def _training(task: Task, folder: RunFolder, notes: tuple[str, ...]) -> Training:
    """A run that begins; or one that was left before the first of its two parts was over."""
    if isinstance(task, SentimentTask) and task.recipe.pretrains:
        return PretrainedTraining(task, folder, notes)
    return Training(task, folder, resumed=False, notes=notes)


@contextmanager
def resumed_run(recipe: Recipe, folder: RunFolder) -> Iterator[Training]:
    """Continue the run in a folder, and hold its lock.

    Args:
        recipe: the run's own, with changes to keys of `MAY_CHANGE` at most.
        folder: the run's.

    Raises:
        RunError: there is nothing to resume, a key changed that may not, the data are others, the
            run is over, or it is in use.
    """
    if is_pretraining(recipe, folder):
        _check_changes(folder.read_recipe(), recipe)
        with _held(folder) as notes:
            yield _training(make_task(recipe), folder, notes)
        return
    counters = resume.read_counters(folder.state)
    # recipe.toml may have been edited since; what a run trained with is in its state.
    trained = (
        make_recipe(counters.recipe, str(folder.state)) if counters.recipe else folder.read_recipe()
    )
    _check_changes(trained, recipe)
    if counters.finished:
        _check_goes_on(recipe, counters, folder)
    with _held(folder) as notes:
        task = make_task(recipe)
        if task.data.sha256 != counters.data_sha256:
            raise RunError(
                f"the content of {task.data.name} is not the one this run began with",
                "bring that back, or begin a new run",
            )
        yield Training(task, folder, resumed=True, notes=notes)


@shortage_told()
def make_task(recipe: Recipe, free: frozenset[str] = frozenset()) -> Task:
    """Read what a recipe trains on, and make its task. A new kind of task joins here.

    Args:
        recipe: any.
        free: keys that nobody chose, to be fitted to the data.
    """
    device = choose_device(recipe.device)
    keep_freed_memory()
    match recipe:
        case TextRecipe():
            corpus = corpus_of(recipe)
            fitted = fitted_keys(len(corpus.ids), validated=recipe.split[1] > 0)
            recipe = _with(recipe, {k: v for k, v in fitted.items() if k in free})
            return TextTask(recipe, corpus, device, join(device, recipe.batch_size))
        case SentimentRecipe():
            if asked_for() > 1:
                raise BadOption("reviews are learned in one process", "leave torchrun out")
            data = read_review_data(recipe)
            if recipe.objective == "words":
                return WordsTask(recipe, data, device)
            return SentimentTask(recipe, data, device)
        case ForecastRecipe():
            if asked_for() > 1:
                raise BadOption("a series is learned in one process", "leave torchrun out")
            series = series_of(recipe)
            chosen = {key: v for key, v in as_dict(recipe).items() if key not in free}
            recipe = changed(recipe, fitted_to_series(series, chosen))
            recipe.check()
            return ForecastTask(recipe, prepare(recipe, series), device)


def choose_device(name: str) -> torch.device:
    """Return the device a recipe names; "auto" is a GPU where there is one.

    Raises:
        BadOption: there is no such device here.
    """
    here = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        # Not mps: its LSTM is slower than the CPU's at these sizes, as pytorch's issues tell.
        name = "cuda" if here["cuda"] else "cpu"
    if not here[name]:
        raise BadOption(f"--device is {name}, and torch sees none here", "use --device cpu")
    # Each of the processes that torchrun starts on a machine has a GPU of its own.
    own = f":{os.environ['LOCAL_RANK']}" if name == "cuda" and "LOCAL_RANK" in os.environ else ""
    return torch.device(name + own)


@contextmanager
def _held(folder: RunFolder) -> Iterator[tuple[str, ...]]:
    """Hold the folder's lock, the leader for all ranks; yield what is to be told of it."""
    if follows():
        with shortage_told():
            yield ()
        return
    with lock.held(folder.lock) as dead, shortage_told():
        yield (f"process {dead.pid} died in this folder; its lock is taken over",) if dead else ()


def _check_new(folder: RunFolder) -> None:
    if folder.is_run():
        raise RunError(
            f"{folder.path} holds a run already",
            f"continue it with --resume {folder.path}, or choose another --out or --name",
        )


def _with(recipe: TextRecipe, changes: dict[str, int | float]) -> TextRecipe:
    changed = msgspec.structs.replace(recipe, **changes)
    changed.check()
    return changed


def _check_changes(old: Recipe, new: Recipe) -> None:
    """Raise RunError where a resumed run would become another."""
    changed = [k for k in _changed_keys(old, new) if k not in MAY_CHANGE]
    if changed:
        raise RunError(
            f"a resumed run cannot change {', '.join(changed)}",
            "begin a new run with them, or leave them out",
        )


def _changed_keys(old: Recipe, new: Recipe) -> list[str]:
    """Return the keys in which two recipes differ."""
    return [key for key in old.__struct_fields__ if getattr(old, key) != getattr(new, key)]


def _check_goes_on(recipe: Recipe, counters: resume.Counters, folder: RunFolder) -> None:
    """Raise RunError where a finished run has nothing left to do under these keys."""
    if recipe.early_stop and counters.since_best >= recipe.early_stop:
        raise RunError(
            f"{folder.path} is finished: it stopped early, after {counters.since_best} evaluations "
            "without progress",
            f"raise --early-stop (now {recipe.early_stop}; 0 never stops early) to go on",
        )
    if recipe.minutes:
        over = counters.seconds >= 60 * recipe.minutes
    else:
        over = counters.epoch >= recipe.epochs
    if over:
        raise RunError(
            f"{folder.path} is finished, after {counters.epoch} epochs",
            f"add epochs, as in --epochs {counters.epoch + 10}, to go on",
        )
