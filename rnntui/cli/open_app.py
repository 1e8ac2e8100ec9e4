"""`rnntui` alone: the app on a terminal, plain text in a pipe."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress

from rnntui.errors import BadOption

MOST_FRAMES = 60
"""What the setting may ask for. The engine sends 40 frames a second at most, so it means all."""
CLOSEST_TICKS = 120
"""A change is painted at the next tick: a key waits 4 ms on average, and no frame is painted that
would not have been."""


def open_app(model: str, mode: str, engine: str) -> None:
    """Open the app, or write as plain text where there is no terminal to draw on."""
    drawable = os.environ.get("TERM", "dumb") not in ("dumb", "")
    if not (drawable and sys.stdin.isatty() and sys.stdout.isatty()):
        from rnntui.cli.generate import write

        write(model)
        return
    from rnntui import paths, settings
    from rnntui.files import private_folder

    with suppress(OSError):  # a place that cannot be written is told of by who needs it
        private_folder(paths.state())  # what people write, prompt and say to a machine is theirs

    # Textual reads both once, when it is imported. A lone Esc is told from the beginning of another
    # key by waiting for more; 100 ms, its default, is too long for the key that stops.
    os.environ.setdefault("ESCDELAY", "20")
    frames = settings.read().settings.frames_per_second
    os.environ.setdefault("TEXTUAL_FPS", str(frames if frames < MOST_FRAMES else CLOSEST_TICKS))
    # The collector would walk the same modules again and again while they load, for a tenth of the
    # way to the first paint. The app turns it on when it has painted.
    gc.disable()
    from rnntui.tui.app import Launch, RnntuiApp
    from rnntui.tui.widgets.mode_bar import MODES

    if mode not in MODES:
        raise BadOption(f"--mode is {mode!r}", f"choose one of {', '.join(MODES)}")
    app = RnntuiApp(Launch(model, mode, engine or None))
    app.run()
    if app.return_code:
        sys.exit(app.return_code)
