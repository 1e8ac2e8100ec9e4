"""`rnntui` alone: the app on a terminal, plain text in a pipe."""

from __future__ import annotations

import sys

from rnntui.errors import BadOption


def open_app(model: str, mode: str, engine: str) -> None:
    """Open the app, or write as plain text where there is no terminal to draw on."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        from rnntui.cli.generate import write

        write(model)
        return
    from rnntui.tui.app import Launch, RnntuiApp
    from rnntui.tui.widgets.mode_bar import MODES

    if mode not in MODES:
        raise BadOption(f"--mode is {mode!r}", f"choose one of {', '.join(MODES)}")
    RnntuiApp(Launch(model, mode, engine or None)).run()
