"""Finding recipes: those inside the package by name, anyone's by file; and writing them back."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from rnntui.display import UNSAFE
from rnntui.errors import RecipeError
from rnntui.files import file_problem
from rnntui.recipes.schema import AnyRecipe, Recipe, as_dict, choices_of, describe, make_recipe

_FOLDER = Path(__file__).parent


@cache
def names() -> tuple[str, ...]:
    """The names of the recipes in the package, sorted: `chapter/hello`, `shakespeare-lstm`."""
    files = _FOLDER.rglob("*.toml")
    return tuple(sorted(file.relative_to(_FOLDER).with_suffix("").as_posix() for file in files))


def path_of(name: str) -> Path:
    """The file of a recipe, by its name or its path.

    Raises:
        RecipeError: there is none, with the nearest names.
    """
    if name in names():
        return _FOLDER / f"{name}.toml"
    path = Path(name)
    if path.suffix == ".toml":
        return path
    near = difflib.get_close_matches(name, names(), 3, 0.5)
    raise RecipeError(
        f"there is no recipe {name!r}",
        f"did you mean {' or '.join(near)}?" if near else "`rnntui recipes` lists them",
    )


def load_recipe(name: str) -> Recipe:
    """Read a recipe by name or file.

    Raises:
        RecipeError: it is missing, is not TOML, or a key or value is wrong.
        FileProblem: the file cannot be read.
    """
    path = path_of(name)
    try:
        values = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise file_problem(error, path, "read") from error
    except ValueError as error:  # no TOML, no UTF-8, or an integer of thousands of digits
        raise RecipeError(f"{path} is not TOML: {error}", "mend it or name another") from None
    except RecursionError:
        raise RecipeError(f"{path} is nested too deeply", "mend it or name another") from None
    return make_recipe(values, str(path) if path.is_absolute() else name)


def load_recipe_of(kind: type[AnyRecipe], name: str) -> AnyRecipe:
    """Read a recipe that must be for one task.

    Args:
        kind: of the recipe.
        name: as for `load_recipe`.

    Raises:
        RecipeError: it is for another task; or as `load_recipe`.
        FileProblem: likewise.
    """
    recipe = load_recipe(name)
    if isinstance(recipe, kind):
        return recipe
    task = as_dict(recipe)["task"]
    raise RecipeError(
        f"{name} is a recipe for {task}", f"train it by: rnntui train {task} --recipe {name}"
    )


def tasks() -> Iterator[tuple[str, str]]:
    """Yield name and task of each recipe in the package."""
    for name in names():
        values = tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))
        yield name, str(values.get("task", ""))


def to_toml(recipe: Recipe, *, documented: bool = False) -> str:
    """Return a recipe as TOML, every key with its value.

    Args:
        recipe: any.
        documented: with each key's documentation above it.
    """
    lines = []
    for key, value in as_dict(recipe).items():
        if documented and key != "task":
            about, choices = describe(type(recipe), key), choices_of(type(recipe), key)
            lines.append(f"\n# {about}" + (f" ({choices})" if choices else ""))
        lines.append(f"{key} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """A TOML value: JSON's strings, numbers and lists of them are TOML's too."""
    text = json.dumps(value, ensure_ascii=False)
    return UNSAFE.sub(lambda match: f"\\U{ord(match.group()):08x}", text)
