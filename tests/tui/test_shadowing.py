"""No attribute of our widgets takes the place of one of Textual's, unless it is meant to.

A screen that kept in `loading` whether its model was on the way was covered by Textual's dots.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator

from textual.dom import DOMNode

import rnntui.tui

MEANT = {
    "DEFAULT_MODE", "cursor_blink", "cursor_position", "highlighted", "match_cursor_bracket",
    "selection", "suggestion", "text", "theme", "tooltip", "value", "virtual_size",
}  # fmt: skip
"""Textual's own, set as its documentation tells."""


def widgets() -> Iterator[tuple[type[DOMNode], ast.ClassDef]]:
    """Every class of ours that Textual shows, with its source."""
    for found in pkgutil.walk_packages(rnntui.tui.__path__, "rnntui.tui."):
        module = importlib.import_module(found.name)
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            made = getattr(module, node.name, None) if isinstance(node, ast.ClassDef) else None
            if isinstance(made, type) and issubclass(made, DOMNode):
                assert isinstance(node, ast.ClassDef)
                yield made, node


def given(node: ast.ClassDef) -> set[str]:
    """The attributes that a class gives itself: `self.x = ...`."""
    return {
        place.attr
        for place in ast.walk(node)
        if isinstance(place, ast.Attribute)
        and isinstance(place.ctx, ast.Store)
        and isinstance(place.value, ast.Name)
        and place.value.id == "self"
    }


def test_nothing_of_textual_is_shadowed_by_accident() -> None:
    shadowed, looked_at = {}, 0
    for made, node in widgets():
        base = next(each for each in made.__mro__ if not each.__module__.startswith("rnntui"))
        looked_at += 1
        if found := {name for name in given(node) if hasattr(base, name)} - MEANT:
            shadowed[made.__name__] = found
    assert looked_at > 50
    assert not shadowed
