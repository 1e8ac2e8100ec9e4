"""A recipe's keys as a form has them: what each is, may be, and how a value is typed and written.

All of it comes from `recipes.schema`; a key added there is in the form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import msgspec.inspect as types

from rnntui.recipes.allowed import bounds
from rnntui.recipes.schema import Recipe, as_dict, describe, make_recipe

Kind = Literal["number", "integer", "choice", "flag", "numbers", "integers", "texts", "text"]

_NOT_KEYS = ("corpus", "text", "about")
"""What has a field of its own, or is no business of a run begun by a form."""
FITTED = ("batch_size", "dropout", "output_dropout", "epochs", "early_stop", "sample_every")
"""Keys that a run without a recipe fits to its text, as `training.fitting` names them."""


_RESTRICT: dict[Kind, str] = {
    "integer": r"[-+\d_ ]*",
    "number": r"[-+\d._eE]*",
    "integers": r"[-+\d_, ]*",
    "numbers": r"[-+\d._eE, ]*",
}


@dataclass(frozen=True)
class Key:
    """A key of a recipe."""

    name: str
    about: str
    kind: Kind
    choices: tuple[Any, ...]
    """The values of a choice, or of a flag."""
    bounds: str
    """Of a number: "0 to 1", "above 0"."""
    default: Any

    @property
    def restrict(self) -> str | None:
        """A pattern of what may stand in its field while it is typed; None for anything."""
        return _RESTRICT.get(self.kind)

    @property
    def takes(self) -> str:
        """What its value may be."""
        match self.kind:
            case "choice":
                return " or ".join(map(str, self.choices))
            case "flag":
                return "true or false"
            case "text":
                return r"text; \n is a new line"
            case "numbers" | "integers" | "texts":
                kind = "names" if self.kind == "texts" else self.kind
                return f"{kind} with commas between"
            case _:
                return f"{self.kind}, {self.bounds}" if self.bounds else self.kind


@cache
def keys(recipe: type[Recipe]) -> tuple[Key, ...]:
    """Return every key of a kind of recipe that a form changes, in the schema's order."""
    info = types.type_info(recipe)
    assert isinstance(info, types.StructType)
    return tuple(_key(recipe, field) for field in info.fields if field.name not in _NOT_KEYS)


def _key(recipe: type[Recipe], field: types.Field) -> Key:
    kind, choices, bounds = _kind(field.type)
    about = describe(recipe, field.name)
    return Key(field.name, about, kind, choices, bounds, field.default)


def _kind(hint: types.Type) -> tuple[Kind, tuple[Any, ...], str]:
    match hint:
        case types.Metadata():
            return _kind(hint.type)
        case types.LiteralType():
            return "choice", tuple(hint.values), ""
        case types.BoolType():
            return "flag", (False, True), ""
        case types.IntType():
            return "integer", (), bounds(hint)
        case types.FloatType():
            return "number", (), bounds(hint)
        case types.TupleType():
            return "numbers", (), ""
        case types.VarTupleType():
            kinds: dict[str, Kind] = {"integer": "integers", "number": "numbers"}
            return kinds.get(_kind(hint.item_type)[0], "texts"), (), ""
        case _:
            return "text", (), ""


_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\"}
_ESCAPED = re.compile(r"\\([nt\\])")


def write(value: Any) -> str:
    """Return a value as it is typed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(write, value))
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)[1:-1].replace('\\"', '"')
    return str(value)


def read(key: Key, text: str) -> Any:
    """Return the value of what was typed; what is none comes back as it is, to be refused.

    Nothing in the place of a number is None: the recipe's own.
    """
    text = text.strip() if key.kind != "text" else text
    if not text and key.kind in ("integer", "number"):
        return None
    try:
        match key.kind:
            case "integer":
                return int(text.replace("_", "").replace(" ", ""))
            case "number":
                return float(text)
            case "flag":
                return {"true": True, "yes": True, "false": False, "no": False}[text.lower()]
            case "integers":
                return [int(part) for part in text.replace(",", " ").split()]
            case "numbers":
                return [float(part) for part in text.replace(",", " ").split()]
            case "texts":
                return [part.strip() for part in text.split(",") if part.strip()]
            case "text":
                return _ESCAPED.sub(lambda match: _ESCAPES[match[1]], text)
            case "choice":
                return text
    except (ValueError, KeyError):
        return text


def same(one: Any, other: Any) -> bool:
    """Whether two values of a key are the same: lists and tuples of the same numbers are."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return list(one) == list(other)
    return type(one) is type(other) and bool(one == other)


def checked(base: Recipe, changes: dict[str, Any]) -> Recipe:
    """Return a recipe with some keys changed, as the command line will make it.

    Raises:
        RecipeError: a value is wrong, or contradicts another.
    """
    changes = dict(changes)
    if "minutes" in changes and "epochs" not in changes:
        changes["epochs"] = base.epochs
    if "epochs" in changes and "minutes" not in changes:
        changes["minutes"] = 0.0
    return make_recipe({**as_dict(base), **changes}, "this run")


def options(changes: dict[str, Any]) -> Iterable[str]:
    """Return the changed keys as options of `rnntui train`."""
    for name, value in changes.items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            yield f"--{flag}" if value else f"--no-{flag}"
        elif isinstance(value, list | tuple):
            yield f"--{flag}={','.join(map(str, value))}"
        else:
            yield f"--{flag}={value}"
