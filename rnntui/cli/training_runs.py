"""A training from the command line: where it goes, how it is watched, stopped and gone on with."""

from __future__ import annotations

import os
import shlex
import signal
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from rnntui.cli.output import print_json, say
from rnntui.cli.recipe_options import with_changes
from rnntui.errors import BadOption
from rnntui.files import FileProblem
from rnntui.recipes.forecast import ForecastRecipe
from rnntui.recipes.schema import Recipe, as_dict
from rnntui.recipes.sentiment import SentimentRecipe
from rnntui.runs.folder import RunFolder
from rnntui.runs.naming import free_name, named_folder

if TYPE_CHECKING:
    from rnntui.training.events import Event, Finished
    from rnntui.training.loop import Training


def check_places(resume: str, out: str, name: str, *others: object) -> None:
    """Raise BadOption where options that say where a run is contradict each other.

    Args:
        resume: the option.
        out: likewise.
        name: likewise.
        others: files and recipe, which a resumed run has already.
    """
    if resume and (out or name or any(others)):
        raise BadOption(
            "--resume takes files, recipe and folder from the run",
            "leave FILE, --recipe, --out and --name out",
        )
    if out and name:
        raise BadOption("--out and --name both say where the run goes", "give one of them")


def begin(
    recipe: Recipe, path: Path, tensorboard: str, json: bool, free: frozenset[str] = frozenset()
) -> None:
    """Train a recipe in a new folder; `free` are keys that may be fitted to the data."""
    _require_torch(recipe)
    from rnntui.training.start import new_run

    with new_run(recipe, RunFolder(path), free) as training:
        _watch(training, tensorboard, json)


def go_on(run: str, changes: dict[str, Any], tensorboard: str, json: bool) -> None:
    """Continue a run, named by its folder or by its name in the library."""
    folder = RunFolder(_run_path(run))
    chosen = with_changes(folder.read_recipe(), changes)
    _require_torch(chosen)
    from rnntui.training.start import resumed_run

    with resumed_run(chosen, folder) as training:
        _watch(training, tensorboard, json)


def _require_torch(recipe: Recipe) -> None:
    """Have PyTorch here: a download, perhaps, so only for data that can be trained on."""
    from rnntui.extras import require_torch

    if isinstance(recipe, SentimentRecipe):
        from rnntui.cli.data import get_reviews
        from rnntui.training.review_data import check_reviews

        get_reviews(recipe.corpus, recipe.unlabelled)
        check_reviews(recipe, say)
    elif isinstance(recipe, ForecastRecipe):
        from rnntui.cli.data import fetch
        from rnntui.training.series_data import series_of

        series_of(recipe, fetch)
    else:
        from rnntui.cli.data import get_corpora
        from rnntui.training.corpora import check_corpus

        get_corpora(recipe.corpus)
        check_corpus(recipe, say)
    require_torch("training")


def _run_path(folder: str) -> Path:
    """The folder of a run: as given, or by its name in the library."""
    from rnntui import paths

    path = Path(folder)
    own = paths.own_runs() / folder
    return own if not path.exists() and own.exists() else path


def new_path(out: str, name: str, recipe_name: str, recipe: Recipe) -> Path:
    """Where a new run goes: --out, --name in the library, or a name after the recipe or file.

    Raises:
        BadOption: there is no such place, or something of others is in the way there.
    """
    folder = _place(out, name, recipe_name, recipe)
    # Of the processes that torchrun started, the leader may have begun there already.
    leads = os.environ.get("RANK", "0") == "0"
    if leads and (taken := RunFolder(folder).in_the_way()):
        raise BadOption(
            f"{folder} is no run and holds {taken}, which a run would write",
            "choose a new folder by --out, or another --name",
        )
    return folder


def _place(out: str, name: str, recipe_name: str, recipe: Recipe) -> Path:
    from rnntui import paths

    if out:
        with suppress(OSError):  # a name too long even to look at is told by whoever reads it
            if Path(out).is_file():
                raise BadOption(f"--out is {out!r}, which is a file", "name a folder")
        return Path(out)
    if name:
        return named_folder(name)
    return paths.own_runs() / free_name(recipe_name, recipe.corpus)


def _watch(training: Training, tensorboard: str, json: bool) -> None:
    """Drive a run and show it; leave by exit code 130 when it was stopped."""
    from rnntui.cli.train_display import show

    folder = training.folder
    with _stopped_by_signals(training), _going_on_told(training):
        finished = show(_told(training, tensorboard)) if training.leads else _follow(training)
    if not training.leads:
        return
    if json:
        print_json(
            {
                "run": str(folder.path),
                "stopped": finished.why,
                "steps": finished.step,
                "epochs": round(finished.epoch, 4),
                "seconds": round(finished.seconds, 3),
                "val_loss": finished.best_loss,
            }
        )
    if finished.why == "stopped":
        say(f"stopped and saved; go on with: {_to_go_on(folder, training.recipe)}")
        raise typer.Exit(130)
    from rnntui import paths

    own = folder.path.parent == paths.own_runs()
    name = shlex.quote(folder.name if own else str(folder.path))
    recipe = training.recipe
    series = shlex.quote("".join(recipe.corpus)) if isinstance(recipe, ForecastRecipe) else ""
    say(f"try it: rnntui {_TRIALS[_kind(recipe)].format(name, series=series)}")


_TRIALS = {
    "text": "generate {}",
    "sentiment": 'sentiment --model {} "What a film!"',
    "words": "train sentiment --start-from {}",
    "forecast": "forecast {} {series} --plot",
}
"""What to do with a model that is done."""


def _kind(recipe: Recipe) -> str:
    if isinstance(recipe, SentimentRecipe) and recipe.objective == "words":
        return "words"
    return str(as_dict(recipe)["task"])


def _to_go_on(folder: RunFolder, recipe: Recipe) -> str:
    task = as_dict(recipe)["task"]
    return f"rnntui train {task} --resume {shlex.quote(str(folder.path))}"


@contextmanager
def _going_on_told(training: Training) -> Iterator[None]:
    """Tell, where a file could not be written, how to go on once it can: by another command."""
    folder = training.folder
    try:
        yield
    except FileProblem as problem:
        if not folder.is_run():
            raise
        raise FileProblem(
            problem.what, f"mend that, then go on with: {_to_go_on(folder, training.recipe)}"
        ) from None


def _told(training: Training, tensorboard: str) -> Iterator[Event]:
    """A run's events, told to whoever watches from outside."""
    from rnntui.training.telling import with_progress, with_tensorboard

    events = with_progress(training.run(), training.folder)
    run = training.folder.path
    return with_tensorboard(events, Path(tensorboard), run) if tensorboard else events


def _follow(training: Training) -> Finished:
    """Take a run's steps in silence: another rank shows them."""
    return deque(training.run(), maxlen=1).pop()  # type: ignore[return-value]


@contextmanager
def _stopped_by_signals(training: Training) -> Iterator[None]:
    """Let the first Ctrl-C, SIGTERM or closed terminal end the run cleanly, the second at once.

    A closed terminal that is ignored stays so: `nohup` asks for that.
    """

    def stop(number: int, _: object) -> None:
        training.stop()
        if training.ranks.world > 1:
            return  # torchrun passes a signal on that they all had: the second is no wish
        for each in signals:
            signal.signal(each, signal.default_int_handler)
        if number == signal.SIGINT:
            say("stopping and saving; once more to stop at once")

    signals = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signals.append(signal.SIGHUP)
    before = {each: signal.signal(each, stop) for each in signals}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
