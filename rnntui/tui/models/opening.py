"""Opening a model in the mode that does what it learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rnntui.engine.parts import Listed
from rnntui.errors import BadOption

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp
    from rnntui.tui.chat.screen import ChatScreen
    from rnntui.tui.forecast.screen import ForecastScreen
    from rnntui.tui.screens.write import WriteScreen
    from rnntui.tui.sentiment.screen import SentimentScreen


def mode_of(model: Listed) -> str:
    """Return the mode for what a model learned.

    Raises:
        BadOption: it is damaged, or there is none.
    """
    if model.problem:
        raise BadOption(f"{model.name} is damaged: {model.problem}", "d deletes it")
    if model.task == "text":
        return "chat" if model.chat else "write"
    if model.task in ("sentiment", "forecast"):
        return model.task
    raise BadOption(f"no mode is for {model.task!r:.40}", "a newer rnntui may have one")


_WANTED = {"write": "model", "chat": "talker", "sentiment": "judge"}
"""What of the app says which model a mode works with."""


def used_by(app: RnntuiApp, model: Listed) -> list[str]:
    """Return the modes that work with a model."""
    works = {mode: getattr(app, attribute) for mode, attribute in _WANTED.items()}
    works["forecast"] = app.forecast.model
    return [mode.title() for mode, used in works.items() if used in (model.name, model.folder)]


async def open_model(app: RnntuiApp, model: Listed, name: str) -> None:
    """Go to a model's mode, and let it work there.

    Args:
        app: the app.
        model: what to open.
        name: what means it everywhere.

    Raises:
        BadOption: no mode is for it.
    """
    mode = mode_of(model)
    if mode in _WANTED:
        setattr(app, _WANTED[mode], name)
    await app.switch_mode(mode)
    screen, *above = app.screens_of(mode)
    for _ in above:  # a list or a question that was left open there
        await app.screen.dismiss()
    if mode == "write":
        writes = cast("WriteScreen", screen)
        if writes.writer.facts is None:  # it opens just now, or could not
            writes.open()
        else:
            writes.change_model(name, anew=True)
    elif mode == "forecast":
        cast("ForecastScreen", screen).change_model(name)
    else:
        cast("ChatScreen | SentimentScreen", screen).open(name)
