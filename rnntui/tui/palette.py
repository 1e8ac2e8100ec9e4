"""What the command palette offers: the modes, and each screen's own keys by their names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.binding import Binding
from textual.screen import Screen

from rnntui.tui.widgets.mode_bar import MODES

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp


def commands(app: RnntuiApp, screen: Screen[Any], *, suspends: bool) -> Iterable[SystemCommand]:
    """What the palette offers besides Textual's own commands.

    Args:
        app: the app.
        screen: the screen in front, whose keys are commands too.
        suspends: whether the terminal lets the app stand back for the shell.
    """
    for number, mode in enumerate(MODES, 2):
        yield SystemCommand(mode.capitalize(), f"Go to this mode (F{number})", _go(app, mode))
    if suspends:
        yield SystemCommand("Suspend", "Back to the shell; fg returns", app.action_suspend_process)
    yield SystemCommand(
        "Restart engine", "Start the process that holds the models again",
        app.action_restart_engine,
    )  # fmt: skip
    for binding in screen.BINDINGS:
        if isinstance(binding, Binding) and "(" not in binding.action:
            action = getattr(screen, f"action_{binding.action}", None)
            about = (getattr(action, "__doc__", None) or "").partition("\n")[0]
            key = app.get_key_display(binding)
            yield SystemCommand(
                binding.description.capitalize(),
                f"{about} ({key})" if about else key,
                _do(screen, binding.action),
            )


def _go(app: RnntuiApp, mode: str) -> Callable[[], None]:
    return lambda: app.action_mode(mode)


def _do(screen: Screen[Any], action: str) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        await screen.run_action(action)

    return run
