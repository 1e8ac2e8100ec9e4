"""The keys in which recipes differ: what the contenders' differences may be owed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rnntui.compare.contenders import Contender

_PROSE = ("about",)
"""Keys that change nothing."""
_MISSING = object()


@dataclass(frozen=True)
class Difference:
    """A key with each contender's value."""

    key: str
    values: tuple[str, ...]
    """In the contenders' order; "" where a contender's recipe is unknown or lacks it."""


def differences(contenders: Sequence[Contender]) -> list[Difference]:
    """Return the keys whose values differ between those contenders that have a recipe."""
    recipes = [c.recipe for c in contenders]
    known = [recipe for recipe in recipes if recipe]
    keys = dict.fromkeys(key for recipe in known for key in recipe if key not in _PROSE)
    found = []
    for key in keys:
        values = [recipe.get(key, _MISSING) for recipe in known]
        if any(value != values[0] for value in values):
            told = tuple(_told((recipe or {}).get(key, _MISSING)) for recipe in recipes)
            found.append(Difference(str(key), told))
    return found


def _told(value: Any) -> str:
    """A value as a person would write it."""
    if value is _MISSING:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(_told(each) for each in value) or "none"
    return str(value) if value != "" else "none"
