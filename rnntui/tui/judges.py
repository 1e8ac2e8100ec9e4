"""Which model judges: the one asked for, else the default, else any that is here."""

from __future__ import annotations

from collections.abc import Sequence

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
    """Load the model that judges; None where none is here.

    Args:
        engine: where the models are.
        wanted: a name or a folder that comes before the default.
        along: only one that follows a text while it is written.

    Raises:
        EngineError: the engine is gone, or the one asked for cannot be loaded.
    """
    for model in judges(await engine.models(), wanted):
        if along and model.bidirectional:
            continue
        try:
            return await engine.load(model.folder)
        except EngineError:
            if wanted in (model.name, model.folder) or engine.death:
                raise
            # The next one may be sound.
    return None
