"""`rnntui train`: one command from a text to a model; every recipe key is an option."""

from __future__ import annotations

import inspect
import shlex
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from rnntui.cli.output import print_json, say
from rnntui.errors import BadOption
from rnntui.files import FileProblem
from rnntui.recipes.catalog import load_recipe_of
from rnntui.recipes.schema import AnyRecipe, TextRecipe, as_dict, changed, describe
from rnntui.training.fitting import FITTED

if TYPE_CHECKING:
    from rnntui.runs.folder import RunFolder
    from rnntui.training.events import Event, Finished
    from rnntui.training.loop import Training

app = typer.Typer(help="Train a network on your own text.", no_args_is_help=True)

_LISTS = {"head_hidden": int, "sample_temperatures": float, "split": float}
"""Keys whose option takes several numbers in one word: `--split 0.9,0,0.1`."""
_NOT_OPTIONS = ("corpus", "text", "about")


def _with_recipe_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add an option for every recipe key to a command that takes them as `**keys`.

    Typer reads options off a function's signature; this one's is made from the recipe's schema, so
    that help, files and options cannot disagree.
    """
    own = [
        p
        for p in inspect.signature(command, eval_str=True).parameters.values()
        if p.kind is not p.VAR_KEYWORD
    ]
    made = [_option(f) for f in msgspec.structs.fields(TextRecipe) if f.name not in _NOT_OPTIONS]

    def run(*args: Any, **options: Any) -> None:
        command(*args, **options)

    run.__doc__ = command.__doc__
    run.__signature__ = inspect.Signature([*own, *made])  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in [*own, *made]}
    return run


def _option(field: msgspec.structs.FieldInfo) -> inspect.Parameter:
    kind = type(field.default)
    if field.name in _LISTS:
        kind, default = str, ",".join(f"{value:g}" for value in field.default)
    else:
        default = str(field.default) or "none"
    if field.name in FITTED:
        default = f"fitted to the text; {default} in recipes"
    flag = "--" + field.name.replace("_", "-")
    names = [f"{flag}/--no-{flag[2:]}"] if kind is bool else [flag]
    option = typer.Option(
        *names, help=f"{describe(TextRecipe, field.name)} [{default}]", show_default=False
    )
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[kind | None, option],
    )


@app.command("text")
@_with_recipe_options
def text(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="Text files, plain or gzip.")
    ] = None,
    recipe: Annotated[str, typer.Option(help="A recipe's name, or a TOML file.")] = "",
    out: Annotated[str, typer.Option(help="The run's folder.")] = "",
    name: Annotated[str, typer.Option(help="The run's name in the library.")] = "",
    resume: Annotated[str, typer.Option(help="Continue the run in this folder.")] = "",
    tensorboard: Annotated[
        str, typer.Option(help="Write TensorBoard event files into this folder.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print a JSON summary.")] = False,
    **keys: Any,
) -> None:
    """Train a network that writes, on one or more text files.

    Ctrl-C saves and tells how to go on. Every option after --json is a key of the recipe.
    """
    from rnntui.data.finding import absolute_corpora

    changes = {key: _value(key, value) for key, value in keys.items() if value is not None}
    if resume and (recipe or out or name or files):
        raise BadOption(
            "--resume takes files, recipe and folder from the run",
            "leave FILE, --recipe, --out and --name out",
        )
    if out and name:
        raise BadOption("--out and --name both say where the run goes", "give one of them")
    if changes.get("epochs") and changes.get("minutes"):
        raise BadOption("--epochs and --minutes both say how long to train", "give one of them")
    if resume:
        _resume(resume, changes, tensorboard, json)
        return
    base = load_recipe_of(TextRecipe, recipe) if recipe else TextRecipe()
    keys_given = changes.keys() | ({"epochs"} if "minutes" in changes else set())
    if files:
        changes["corpus"] = absolute_corpora(files)
        changes["text"] = ""
    chosen = _changed(base, changes)
    # What neither a recipe nor an option said is fitted to the text.
    free = frozenset() if recipe else frozenset(TextRecipe.__struct_fields__) - keys_given
    path = _new_path(out, name, recipe, chosen)
    _require_torch(chosen)
    from rnntui.runs.folder import RunFolder
    from rnntui.training.start import new_run

    with new_run(chosen, RunFolder(path), free) as training:
        _watch(training, tensorboard, json)


def _resume(run: str, changes: dict[str, Any], tensorboard: str, json: bool) -> None:
    """Continue a run, named by its folder or by its name in the library."""
    from rnntui.runs.folder import RunFolder

    folder = RunFolder(_run_path(run))
    recipe = folder.read_recipe()
    if not isinstance(recipe, TextRecipe):
        task = as_dict(recipe)["task"]
        raise BadOption(f"{run} learns {task}", f"go on with: rnntui train {task} --resume {run}")
    chosen = _changed(recipe, changes)
    _require_torch(chosen)
    from rnntui.training.start import resumed_run

    with resumed_run(chosen, folder) as training:
        _watch(training, tensorboard, json)


def _require_torch(recipe: TextRecipe) -> None:
    """Have PyTorch here: a download, perhaps, so only for a text that can be trained on."""
    from rnntui.cli.data import get_corpora
    from rnntui.extras import require_torch
    from rnntui.training.corpora import check_corpus

    get_corpora(recipe.corpus)
    check_corpus(recipe, say)
    require_torch("training")


def _value(key: str, value: Any) -> Any:
    """Turn an option into a recipe's value."""
    if key not in _LISTS:
        return value
    try:
        return [_LISTS[key](part) for part in value.replace(",", " ").split()]
    except ValueError:
        flag = key.replace("_", "-")
        raise BadOption(
            f"--{flag} is {value!r}", "give numbers with commas between: 0.85,0.05,0.1"
        ) from None


def _changed(recipe: AnyRecipe, changes: dict[str, Any]) -> AnyRecipe:
    if "minutes" in changes and "epochs" not in changes:
        changes = {**changes, "epochs": recipe.epochs}
    if "epochs" in changes and "minutes" not in changes:
        changes = {**changes, "minutes": 0.0}
    return changed(recipe, changes)


def _run_path(folder: str) -> Path:
    """The folder of a run: as given, or by its name in the library."""
    from rnntui import paths

    path = Path(folder)
    own = paths.own_runs() / folder
    return own if not path.exists() and own.exists() else path


def _new_path(out: str, name: str, recipe_name: str, recipe: TextRecipe) -> Path:
    """Where a new run goes: --out, --name in the library, or a name after the recipe or file."""
    from rnntui import paths

    if out:
        with suppress(OSError):  # a name too long even to look at is told by whoever reads it
            if Path(out).is_file():
                raise BadOption(f"--out is {out!r}, which is a file", "name a folder")
        return Path(out)
    if name:
        if Path(name).name != name or name in (".", ".."):
            raise BadOption(f"--name is {name!r}", "give a plain name; --out takes a path")
        return paths.own_runs() / name
    base = Path(recipe_name).stem or (
        Path(recipe.corpus[0]).name.split(".")[0] if recipe.corpus else ""
    )
    base = base.lstrip("-") or "run"  # a name that begins with a dash would be read as an option
    number = 1
    while True:
        made = base if number == 1 else f"{base}-{number}"
        path = paths.own_runs() / made
        # A shipped model's name goes on meaning that one, unless --name says otherwise.
        if not path.exists() and not (paths.shipped_models() / made).exists():
            return path
        number += 1


def _watch(training: Training, tensorboard: str, json: bool) -> None:
    """Drive a run and show it; leave by exit code 130 when it was stopped."""
    from rnntui.cli.train_display import show

    folder = training.folder
    with _stopped_by_signals(training), _going_on_told(folder):
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
        say(f"stopped and saved; go on with: {_to_go_on(folder)}")
        raise typer.Exit(130)
    from rnntui import paths

    own = folder.path.parent == paths.own_runs()
    say(f"try it: rnntui generate {shlex.quote(folder.name if own else str(folder.path))}")


def _to_go_on(folder: RunFolder) -> str:
    return f"rnntui train text --resume {shlex.quote(str(folder.path))}"


@contextmanager
def _going_on_told(folder: RunFolder) -> Iterator[None]:
    """Tell, where a file could not be written, how to go on once it can: by another command."""
    try:
        yield
    except FileProblem as problem:
        if not folder.is_run():
            raise
        raise FileProblem(
            problem.what, f"mend that, then go on with: {_to_go_on(folder)}"
        ) from None


def _told(training: Training, tensorboard: str) -> Iterator[Event]:
    """A run's events, told to whoever watches from outside."""
    from rnntui.training.telling import with_progress, with_tensorboard

    events = with_progress(training.run(), training.folder)
    return with_tensorboard(events, Path(tensorboard)) if tensorboard else events


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
