"""`rnntui engine`: the process behind the app, for an app on another machine to start over ssh."""

from __future__ import annotations

import sys

from rnntui.errors import BadOption


def engine() -> None:
    """Serve the app: own the models and speak the protocol of docs/protocol.md.

    For programs; `rnntui --engine "ssh HOST rnntui engine"` starts one on another machine.
    """
    if sys.stdin is not None and sys.stdin.isatty():
        raise BadOption("the engine talks to the app, not to people", "start `rnntui`")
    from rnntui.engine.__main__ import main

    main()
