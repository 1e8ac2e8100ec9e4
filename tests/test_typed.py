"""No type is looked into by msgspec for the first time where threads may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import rnntui

PACKAGE = Path(rnntui.__file__).parent


@cache
def trees() -> dict[str, ast.Module]:
    """The modules that use msgspec, by their paths."""
    texts = {path: path.read_text("utf-8") for path in PACKAGE.rglob("*.py")}
    return {
        str(path.relative_to(PACKAGE)): ast.parse(text)
        for path, text in texts.items()
        if "msgspec" in text
    }


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
                yield f"{path}:{node.lineno}", node


def inside_functions(name: str) -> Iterator[str]:
    """Where a call stands inside a function, and so may run in any thread."""
    for path, tree in trees().items():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
                        yield f"{path}:{node.lineno}"


def test_types_are_decoded_by_decoders_of_their_modules():
    once = {"bench/own_loop.py"}  # processes with one thread
    typed = [
        place
        for place, call in calls("msgspec.json.decode")
        if any(keyword.arg == "type" for keyword in call.keywords)
    ]
    assert [place for place in typed if place.partition(":")[0] not in once] == []
    made = {place.partition(":")[0] for place in inside_functions("msgspec.json.Decoder")}
    assert made == {"typed.py"}


def test_types_that_are_converted_are_prepared():
    from rnntui.data.named import NamedCorpus
    from rnntui.engine.parts import Settings as Sampling
    from rnntui.engine.protocol.forecast import Source
    from rnntui.recipes.schema import KINDS
    from rnntui.settings import Settings

    # All of them are: by a decorator, with the recipes, or as parts of the protocol's messages.
    prepared = {kind.__name__ for kind in (NamedCorpus, Sampling, Source, Settings)} | {"kind"}
    assert KINDS
    converted = {ast.unparse(call.args[1]) for _, call in calls("msgspec.convert")}
    assert converted <= prepared
