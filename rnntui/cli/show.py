"""`rnntui show`: what a model is, how it was trained, and its card."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from rnntui.cli.output import print_json, print_text

_SET = 1 << 16
"""Characters of a card that is set for reading; to set 240,000 brackets would take a minute."""
_WIDEST = 30
_LONGEST = 1000
"""Characters of a name and a value that are shown: hostile ones may be long, or hold lines of their
own, and the longest name widens the lines of all."""


def show(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A name, a folder, or owner/repo[@revision].")
    ],
    json: Annotated[bool, typer.Option("--json", help="Print config.json.")] = False,
) -> None:
    """Show a model's configuration, figures and card, and where it lies."""
    import msgspec

    from rnntui.checkpoints.facts import card, facts
    from rnntui.checkpoints.folder import read_config
    from rnntui.checkpoints.library import find_entry
    from rnntui.display import one_line

    entry = find_entry(model)
    config = read_config(entry.folder)  # says what is wrong with a damaged one
    if json:
        print_json(msgspec.to_builtins(config))
        return
    lines = facts(entry)
    width = min(_WIDEST, max(map(len, lines)))
    for name, text in lines.items():
        print_text(f"{one_line(name, width).ljust(width)}  {one_line(text, _LONGEST)}\n")
    text = card(entry.folder)
    if text:
        print_text("\n")
        _print_card(text)


def _print_card(text: str) -> None:
    """Print a card: set for reading on a terminal, as it is in a pipe; nothing in it is obeyed.

    One that is longer than a card is shown as it is on a terminal too.
    """
    from rnntui.display import visible

    if len(text) > _SET or not sys.stdout.isatty():
        print_text(visible(text) + "\n")
        return
    from rich.console import Console
    from rich.markdown import Markdown

    # Addresses are printed beside their words, never made links that hide where they lead.
    Console(markup=False, emoji=False).print(Markdown(visible(text), hyperlinks=False))
