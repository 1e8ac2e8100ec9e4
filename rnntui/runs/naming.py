"""The names of runs and models in the library: those that people give, and those that none gave."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rnntui import paths
from rnntui.display import UNSAFE
from rnntui.errors import BadOption


def named_folder(name: str, whose: str = "--name") -> Path:
    """Return the folder in the library of what is to be called so.

    Args:
        name: as typed.
        whose: what the name is, for messages.

    Raises:
        BadOption: it is a path, would be read as an option, could steer a terminal, or is that of a
            model that ships, which would be hidden wherever it is named.
    """
    said = f"{whose} is {name!r}"
    if Path(name).name != name or name in ("", ".", ".."):
        raise BadOption(said, "give a plain name; --out takes a path")
    if name.startswith("-"):
        raise BadOption(
            f"{said}, which would be read as an option", "give a --name that begins with a letter"
        )
    if UNSAFE.search(name) or "\n" in name or "\t" in name:
        raise BadOption(
            f"{said}, with characters that cannot be seen", "give a --name without them"
        )
    with suppress(OSError):  # a name too long is told by who writes it
        if (paths.shipped_models() / name).exists():
            raise BadOption(
                f"{said}, as a model that ships is called",
                f"choose another: --name {shlex.quote(free_name(name, ()))}",
            )
    return paths.own_runs() / name


def free_name(recipe: str, data: Sequence[str]) -> str:
    """Return a name that no run and no shipped model has.

    A shipped model's name goes on meaning that one, unless somebody gives it to a run.

    Args:
        recipe: a recipe's name or file; "" for none.
        data: names or files that are learned from; the first is taken where there is no recipe.
    """
    corpus = Path(data[0]).name.split(".")[0] if data else ""
    named = Path(recipe).name.removesuffix(".toml") or corpus
    seen = UNSAFE.sub("", " ".join(named.split("\n")))
    base = seen.lstrip("-") or "run"  # what begins with a dash would be read as an option
    number = 1
    while True:
        made = base if number == 1 else f"{base}-{number}"
        if not any((root / made).exists() for root in (paths.own_runs(), paths.shipped_models())):
            return made
        number += 1
