"""Which model judges: the one asked for, else the default, else any that is here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from rnntui.engine.client import Client, EngineError
from rnntui.engine.parts import Facts, Listed

DEFAULT = "imdb-lstm"

NONE_HERE = "no model that judges is here"
HOW_TO_GET_ONE = "train one: rnntui train sentiment --recipe imdb-lstm"


def judges(models: Sequence[Listed], wanted: str = "") -> list[Listed]:
    """Return the models that judge, in the order they are worth trying.

    Args:
        models: of the library.
        wanted: a name or a folder that comes before the default.
    """
    sound = [model for model in models if model.task == "sentiment" and not model.problem]
    first = (wanted, DEFAULT)

    def rank(model: Listed) -> int:
        return min((i for i, name in enumerate(first) if name in (model.name, model.folder)),
                   default=len(first))  # fmt: skip

    return sorted(sound, key=rank)


async def find_judge(engine: Client, wanted: str = "", *, along: bool = False) -> Facts | None:
    """Load a model that judges; None where none is here.

    Args:
        engine: where the models are.
        wanted: a name or a folder, tried first; another is taken where it does not judge.
        along: only one that follows a text while it is written.

    Raises:
        EngineError: the engine is gone.
    """
    listed = judges(await engine.models(), wanted)
    known = {name for model in listed for name in (model.name, model.folder)}
    folders = [model.folder for model in listed if not (along and model.bidirectional)]
    if wanted and wanted not in known:  # a folder beside the library
        folders.insert(0, wanted)
    for folder in folders:
        try:
            facts = await engine.load(folder)
        except EngineError:
            if engine.death:
                raise
            continue
        if facts.task == "sentiment" and not (along and facts.bidirectional):
            return facts
    return None


def is_called(facts: Facts, name: str) -> bool:
    """Whether a name or folder means a model, as far as names tell."""
    return name in (facts.name, facts.folder) or PurePath(name).name == facts.name
