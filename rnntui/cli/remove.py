"""`rnntui rm`: take one of the user's own models, or a pulled one, off the disk."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from rnntui.cli.output import say
from rnntui.errors import BadOption


def remove(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A name of `rnntui list`, or owner/repo.")
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove one of your own models with its run, or one that was pulled, from the disk."""
    from rnntui.checkpoints.library import find_listed
    from rnntui.display import human_bytes
    from rnntui.runs import removing

    goes = removing.removal(find_listed(model))
    if not yes:
        if not (sys.stdin and sys.stdin.isatty()):
            raise BadOption("there is no terminal to ask on", "give --yes to remove it unasked")
        typer.confirm(f"remove {goes.what}?", err=True, abort=True)
    freed = removing.remove(goes)
    say(f"removed {goes.name}: {human_bytes(freed)} freed")
