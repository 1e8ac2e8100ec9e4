"""`python -m rnntui.engine`: the engine alone, without the 60 ms of the command line's parser."""

from __future__ import annotations

import os


def main() -> None:
    """Speak the protocol on standard input and output until the input ends."""
    from rnntui import paths
    from rnntui.engine.pipes import Inbox, claim, read_into
    from rnntui.engine.protocol import LONGEST_LINE
    from rnntui.inference.blas import hold_to_one_thread

    log = paths.state() / "logs" / "engine.log"
    descriptor, output = claim(log)
    inbox = Inbox()
    read_into(inbox, descriptor, LONGEST_LINE)
    hold_to_one_thread()  # before NumPy is imported, which reads it once
    from rnntui.engine.server import Server

    Server(inbox, output, str(log)).serve()
    # Taking NumPy and two threads apart takes longer than the app should wait, and saves nothing.
    os._exit(0)


if __name__ == "__main__":
    main()
