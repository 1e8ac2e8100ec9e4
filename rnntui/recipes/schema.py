"""What a recipe may say. The single source of the keys: files, options and help come from here.

A recipe is immutable; an option on the command line makes another one. Each key documents itself in
its annotation, which is what `rnntui train text --help` prints.
"""

from __future__ import annotations

import difflib
import math
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta

from rnntui.checkpoints.config import Network
from rnntui.display import one_line
from rnntui.errors import RecipeError
from rnntui.recipes.allowed import allowed, choices
from rnntui.recipes.forecast import ForecastRecipe
from rnntui.recipes.keys import TrainingKeys
from rnntui.recipes.sentiment import SentimentRecipe
from rnntui.typed import prepared


class TextRecipe(
    TrainingKeys,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="task",
    tag="text",
):
    """The keys of a text recipe."""

    corpus: Annotated[tuple[str, ...], Meta(description="names of corpora, or text files")] = ()
    text: Annotated[str, Meta(description="the corpus itself, for toys")] = ""
    dialogues: Annotated[
        bool, Meta(description="the corpus is dialogues, for a model to chat with")
    ] = False
    unit: Annotated[
        Literal["char", "byte"], Meta(description="characters, or the bytes of UTF-8")
    ] = "char"
    lowercase: Annotated[bool, Meta(description="lower-case the text first")] = False
    errors: Annotated[
        Literal["strict", "replace"], Meta(description="invalid UTF-8: refuse, or read as U+FFFD")
    ] = "strict"
    seq_len: Annotated[
        int, Meta(ge=1, le=1 << 20, description="steps of truncated back-propagation")
    ] = 128
    window: Annotated[
        int, Meta(ge=0, le=1 << 20, description="read windows so long, many to one; 0 for streams")
    ] = 0
    stride: Annotated[int, Meta(ge=1, description="symbols between windows")] = 1
    sample_every: Annotated[int, Meta(ge=0, description="epochs between samples; 0 for none")] = 1
    sample_length: Annotated[int, Meta(ge=1, le=100_000, description="characters a sample")] = 400
    sample_temperatures: Annotated[
        tuple[Annotated[float, Meta(ge=0, le=1e6)], ...], Meta(description="one sample each")
    ] = (0.3, 0.5, 0.7, 1.0, 1.2)
    show_predictions: Annotated[
        bool, Meta(description="for toys: show what follows each symbol, after each evaluation")
    ] = False
    sample_prompt: Annotated[str, Meta(description="what samples begin with")] = ""

    def network(self) -> Network:
        """The shape of the network this recipe trains."""
        reads = "window" if self.window else "stream"
        return msgspec.structs.replace(
            super().network(),
            reads=reads,
            window=self.window or None,
            pooling="last" if self.window else None,
        )

    def check(self) -> None:
        """Raise RecipeError where keys that are fine alone contradict each other."""
        super().check()
        if self.bidirectional and not self.window:
            raise RecipeError(
                "bidirectional = true with carried state: the backward direction would read the "
                "characters it is to predict",
                "set window (35, say), so that it reads only inside windows",
            )
        network = self.network()
        width = network.head.hidden[-1] if network.head.hidden else network.features
        if self.tied and self.embedding != width:
            raise RecipeError(
                f"tied = true with embedding = {self.embedding}",
                f"the output layer reads {width} values: set embedding to {width}",
            )


Recipe = TextRecipe | SentimentRecipe | ForecastRecipe
"""Any task's recipe; a new task joins here."""

KINDS: dict[str, type[Recipe]] = {
    "text": TextRecipe,
    "sentiment": SentimentRecipe,
    "forecast": ForecastRecipe,
}
for _kind in KINDS.values():
    prepared(_kind)

AnyRecipe = TypeVar("AnyRecipe", TextRecipe, SentimentRecipe, ForecastRecipe)


@cache
def _hints(kind: type[Recipe]) -> dict[str, Any]:
    """A recipe's annotations, evaluated: a millisecond that `--help` would spend for each key."""
    return get_type_hints(kind, include_extras=True)


def describe(kind: type[Recipe], key: str) -> str:
    """Return a key's documentation, from its annotation."""
    hint = _hints(kind)[key]
    texts = [m.description for m in get_args(hint)[1:] if isinstance(m, Meta) and m.description]
    return texts[0] if texts else ""


def choices_of(kind: type[Recipe], key: str) -> str:
    """Return the values a key may have, where they are a list: "adamw, adam, rmsprop or sgd"."""
    return choices(_hints(kind)[key])


OPTIONS = "options"
"""Where values come from that were options of a command: messages call their keys by the flag."""


def make_recipe(values: dict[str, Any], where: str) -> Recipe:
    """Check some keys and values and make a recipe of them.

    Args:
        values: as read from TOML, with `task`; or a recipe as dictionary with changes.
        where: the file they come from, for messages; or `OPTIONS`.

    Raises:
        RecipeError: an unknown key (with the nearest known one), a wrong type or value, or a
            contradiction.
    """
    task = values.get("task")
    if not isinstance(task, str) or task not in KINDS:
        raise RecipeError(
            f"{where}: task is {one_line(repr(task))}" if task else f"{where} names no task",
            f"set task to one of: {', '.join(KINDS)}",
        )
    kind = KINDS[task]
    known = kind.__struct_fields__
    for key in sorted(values.keys() - {"task", *known}):
        near = difflib.get_close_matches(key[:40], known, 1)
        raise RecipeError(
            f"{where}: {one_line(repr(key))} is no key of a {task} recipe",
            f"did you mean {near[0]}?" if near else "`rnntui recipes show` lists the keys",
        )
    try:
        recipe = msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        path = str(error).partition(" - at `$.")[2].rstrip("`")
        raise _wrong(kind, path.partition("[")[0], values, where) from None
    for key in known:
        value = getattr(recipe, key)
        if isinstance(value, float) and not math.isfinite(value):
            raise _wrong(kind, key, values, where)
    recipe.check()
    return recipe


def _wrong(kind: type[Recipe], key: str, values: dict[str, Any], where: str) -> RecipeError:
    """The error about a key's value: what it is, and what it may be."""
    value = values[key]
    default = next(f.default for f in msgspec.structs.fields(kind) if f.name == key)
    fix = f"choose {allowed(_hints(kind)[key], value, default)}"
    if where != OPTIONS:
        return RecipeError(f"{where}: {key} = {one_line(repr(value))}", fix)
    shown = ",".join(map(str, value)) if isinstance(value, list | tuple) else repr(value)
    return RecipeError(f"--{key.replace('_', '-')} is {one_line(shown)}", fix)


def as_dict(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as plain values, with its task."""
    values: dict[str, Any] = msgspec.to_builtins(recipe)
    return values


def changed(recipe: AnyRecipe, changes: dict[str, Any], where: str = OPTIONS) -> AnyRecipe:
    """Return a recipe with some keys changed, as options of the command line do.

    Args:
        recipe: any.
        changes: new values by key.
        where: what they come from, for messages.

    Raises:
        RecipeError: as `make_recipe`.
    """
    made = make_recipe({**as_dict(recipe), **changes}, where)
    assert isinstance(made, type(recipe))
    return made
