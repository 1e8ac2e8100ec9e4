"""Which model is talked with: the one asked for, the default, or any that learned dialogues."""

from __future__ import annotations

from collections.abc import Sequence

from rnntui.engine.client import Client, EngineError
from rnntui.engine.parts import Facts, Listed
from rnntui.errors import RnntuiError

DEFAULT = "chat-lstm"

HOW_TO_GET_ONE = f"train one: rnntui train text --recipe {DEFAULT} --name {DEFAULT}"
NONE_HERE = "no model that learned dialogues is here"
NO_TEMPLATE = "{name} learned no dialogues: it continues your text to the end of a line"


def talkers(models: Sequence[Listed]) -> list[Listed]:
    """Return the models that write, those that learned dialogues first."""
    sound = [model for model in models if model.task == "text" and not model.problem]
    return sorted(sound, key=lambda model: not model.chat)


async def find_talker(engine: Client, wanted: str, writes: str) -> Facts:
    """Load the model to talk with.

    Args:
        engine: where the models are.
        wanted: a name or a folder; "" for the best that is here.
        writes: the model of the Write mode, for want of any other.

    Raises:
        RnntuiError: there is none, or the one asked for cannot be loaded.
    """
    if wanted:
        return await engine.load(wanted)
    listed = [model for model in talkers(await engine.models()) if model.chat]
    listed.sort(key=lambda model: model.name != DEFAULT)
    for name in [*(model.folder for model in listed), writes]:
        try:
            return await engine.load(name)
        except EngineError:
            if engine.death:
                raise
    raise RnntuiError(NONE_HERE, HOW_TO_GET_ONE)
