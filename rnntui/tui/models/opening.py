"""Opening a model in the mode that does what it learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnntui.engine.parts import Listed
from rnntui.errors import BadOption

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp


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


_WANTED = {"write": "model", "chat": "talker", "sentiment": "judge", "forecast": "forecaster"}
"""What of the app says which model a mode works with."""


async def open_model(app: RnntuiApp, model: Listed, name: str) -> None:
    """Go to a model's mode, and let it work there.

    Args:
        app: the app.
        model: what to open.
        name: what means it everywhere.

    Raises:
        BadOption: no mode is for it.
    """
    from rnntui.tui.screens.write import WriteScreen

    mode = mode_of(model)
    if hasattr(app, _WANTED[mode]):
        setattr(app, _WANTED[mode], name)
    await app.switch_mode(mode)
    screen = app.screen
    if not isinstance(screen, WriteScreen):
        opens = getattr(screen, "open", None)
        if opens:
            opens(name)
    elif screen.writer.facts is None:  # it opens just now, or could not
        screen.open()
    else:
        screen.change_model(name)
