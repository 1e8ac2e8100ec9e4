"""The keys of a recipe as options of a command: one for each, made from the recipe's schema."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
import typer

from rnntui.display import one_line
from rnntui.errors import BadOption
from rnntui.recipes.schema import (
    OPTIONS,
    Recipe,
    TextRecipe,
    as_dict,
    choices_of,
    describe,
    make_recipe,
)
from rnntui.training.fitting import FITTED

_LISTS = {
    "head_hidden": int,
    "sample_temperatures": float,
    "split": float,
    "unlabelled": str,
    "covariates": str,
    "cycles": str,
    "lags": int,
    "levels": float,
}
"""Keys whose option takes several values in one word: `--split 0.9,0,0.1`."""
_EXAMPLES = {
    "head_hidden": "128,64",
    "sample_temperatures": "0.5,1",
    "split": "0.85,0.05,0.1",
    "lags": "7,28",
    "levels": "0.1,0.5,0.9",
}
"""What those that take numbers may be."""
_NOT_OPTIONS = ("corpus", "text", "about")

Command = Callable[..., None]


def with_recipe_options(recipe: type[Recipe]) -> Callable[[Command], Command]:
    """Add an option for every key of a recipe to a command that takes them as `**keys`.

    Typer reads options off a function's signature; this one's is made from the recipe's schema, so
    that help, files and options cannot disagree.
    """

    def add(command: Command) -> Command:
        own = [
            p
            for p in inspect.signature(command, eval_str=True).parameters.values()
            if p.kind is not p.VAR_KEYWORD
        ]
        fields = msgspec.structs.fields(recipe)
        made = [_option(recipe, f) for f in fields if f.name not in _NOT_OPTIONS]

        def run(*args: Any, **options: Any) -> None:
            command(*args, **options)

        run.__doc__ = command.__doc__
        run.__signature__ = inspect.Signature([*own, *made])  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in [*own, *made]}
        return run

    return add


def _option(recipe: type[Recipe], field: msgspec.structs.FieldInfo) -> inspect.Parameter:
    kind = type(field.default)
    if field.name in _LISTS:
        shown = (value if isinstance(value, str) else f"{value:g}" for value in field.default)
        kind, default = str, ",".join(shown)
    else:
        default = str(field.default)
    default = default or "none"
    if field.name in FITTED and recipe is TextRecipe:
        default = f"fitted to the text; {default} in recipes"
    flag = "--" + field.name.replace("_", "-")
    names = [f"{flag}/--no-{flag[2:]}"] if kind is bool else [flag]
    about, choices = describe(recipe, field.name), choices_of(recipe, field.name)
    about += f" ({choices})" if choices else ""
    option = typer.Option(*names, help=f"{about} [{default}]", show_default=False)
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[kind | None, option],
    )


def changes_of(keys: dict[str, Any]) -> dict[str, Any]:
    """Return the recipe's keys that were given as options.

    Raises:
        BadOption: one is not what it should be, or two contradict each other.
    """
    changes = {key: _value(key, value) for key, value in keys.items() if value is not None}
    if changes.get("epochs") and changes.get("minutes"):
        raise BadOption("--epochs and --minutes both say how long to train", "give one of them")
    return changes


def _value(key: str, value: Any) -> Any:
    """Turn an option into a recipe's value."""
    if key not in _LISTS:
        return value
    try:
        split = value.split(",") if _LISTS[key] is str else value.replace(",", " ").split()
        return [_LISTS[key](part) for part in split if part]
    except ValueError:
        whole = "whole numbers" if _LISTS[key] is int else "numbers"
        raise BadOption(
            f"--{key.replace('_', '-')} is {one_line(repr(value))}",
            f"give {whole} with commas between: {_EXAMPLES[key]}",
        ) from None


def with_changes(recipe: Recipe, changes: dict[str, Any]) -> Recipe:
    """Return a recipe with options applied; epochs and minutes replace each other."""
    if changes.get("epochs") == 0 and not changes.get("minutes"):
        raise BadOption("--epochs is 0", "choose 1 or more, or give --minutes")
    if "minutes" in changes and "epochs" not in changes:
        changes = {**changes, "epochs": recipe.epochs}
    if "epochs" in changes and "minutes" not in changes:
        changes = {**changes, "minutes": 0.0}
    return make_recipe({**as_dict(recipe), **changes}, OPTIONS)
