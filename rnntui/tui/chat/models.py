"""Which model is talked with: the one asked for, the default, or any that learned dialogues."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from rnntui.engine.client import Client, EngineError
from rnntui.engine.parts import Facts, Listed
from rnntui.errors import RnntuiError

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp

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


async def find_remembered(app: RnntuiApp, wanted: str) -> Facts:
    """Load the model to talk with; one that was only remembered may have gone meanwhile.

    Raises:
        RnntuiError: as `find_talker`.
    """
    try:
        return await find_talker(app.engine, wanted, app.model)
    except RnntuiError:
        if app.engine.death or not wanted or wanted != app.remembered.talker:
            raise
        app.talker = ""
        return await find_talker(app.engine, "", app.model)


def place_of(name: str, last: str) -> str:
    """Return what to load for the model that a session names.

    Args:
        name: the model's, as the session keeps it.
        last: who was talked with last, a name or a folder. A folder beside the library is found
            again only by its place; a run's model is `last` in it.
    """
    place = PurePath(last)
    return last if name in (place.name, place.parent.name) else name
