"""Where the program begins: the app at once, all else through the command line.

The parser of options takes 70 ms to import, a sixth of the way to the app's first paint. So the few
options that open the app are read here, and whatever is not exactly these, a mistake too, is left
to the parser.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rnntui.errors import RnntuiError

OPTIONS = ("--model", "--mode", "--engine")
"""What `rnntui` takes when it opens the app; as in `cli.main.root`."""


def app_options(arguments: Sequence[str]) -> dict[str, str] | None:
    """Return the options of a command line that opens the app; None for any other."""
    options: dict[str, str] = {}
    waiting = list(arguments)
    while waiting:
        name, equals, value = waiting.pop(0).partition("=")
        if name not in OPTIONS or not (equals or waiting):
            return None
        value = value if equals else waiting.pop(0)
        if not value:  # left to the parser, which says so
            return None
        options[name.removeprefix("--")] = value
    return options


def _on_a_terminal() -> bool:
    """Whether there is one at both ends; Python has None for a stream that was closed."""
    return all(stream and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


@contextmanager
def _leaving_at_once() -> Iterator[None]:
    """Let Ctrl-C end the program without a word while it loads and has begun nothing.

    As an exception it would rise from the middle of some import, and show where. A Ctrl-C that
    whoever started us had ignored, as `&` does in a script, stays ignored.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def main() -> None:
    """Open the app, or run the command line."""
    options = app_options(sys.argv[1:])
    if options is None or not _on_a_terminal():
        with _leaving_at_once():
            from rnntui.cli.main import main as command_line

        command_line()
        return
    with _leaving_at_once():
        from rnntui.cli.open_app import open_app

    try:
        open_app(options.get("model", ""), options.get("mode", "write"), options.get("engine", ""))
    except RnntuiError as error:
        from rnntui.cli.main import fail

        fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
