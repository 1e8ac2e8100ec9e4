"""The name a run gets where nobody gives it one: after its recipe or its data, and free."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rnntui import paths


def free_name(recipe: str, data: Sequence[str]) -> str:
    """Return a name that no run and no shipped model has.

    A shipped model's name goes on meaning that one, unless somebody gives it to a run.

    Args:
        recipe: a recipe's name or file; "" for none.
        data: names or files that are learned from; the first is taken where there is no recipe.
    """
    corpus = Path(data[0]).name.split(".")[0] if data else ""
    named = Path(recipe).name.removesuffix(".toml") or corpus
    base = named.lstrip("-") or "run"  # what begins with a dash would be read as an option
    number = 1
    while True:
        made = base if number == 1 else f"{base}-{number}"
        if not any((root / made).exists() for root in (paths.own_runs(), paths.shipped_models())):
            return made
        number += 1
