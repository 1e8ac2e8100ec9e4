"""The commands by name: the line each has in `rnntui --help`, and the module it is imported from.

A command is imported when it is run: all of them take longer than Python and the parser of options
together, and every start would pay for it.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any, NamedTuple

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup


class Place(NamedTuple):
    """Where a command is: an attribute of a module of `rnntui.cli`, a function or a Typer app."""

    module: str
    attribute: str
    help: str
    """What `rnntui --help` says; short enough for 80 columns."""


COMMANDS = {
    "generate": Place("generate", "generate", "Write text with a model."),
    "train": Place("train", "app", "Train a network on your own data."),
    "chat": Place("chat", "chat", "Talk with a model."),
    "sentiment": Place("sentiment", "sentiment", "Judge texts: positive or negative, how surely."),
    "forecast": Place("forecast", "forecast", "Continue a series, with a band for how sure it is."),
    "eval": Place("evaluate", "evaluate", "Score a model on a text or on labelled reviews."),
    "list": Place("list_models", "list_models", "Show the models: shipped, your own and pulled."),
    "show": Place("show", "show", "Show a model's configuration, figures and card."),
    "import": Place("import_model", "import_model", "Bring in a torch state_dict."),
    "pull": Place("pull", "pull", "Fetch a model from the Hugging Face Hub."),
    "push": Place("push", "push", "Share a model on the Hugging Face Hub."),
    "rm": Place("remove", "remove", "Remove a model of your own, or one that was pulled."),
    "compare": Place(
        "compare", "compare", "Compare runs and models: loss against time and epochs."
    ),
    "gradients": Place(
        "gradients", "gradients", "Measure how far back in time a gradient reaches."
    ),
    "recipes": Place("recipes", "app", "List the recipes, or show one."),
    "data": Place("data", "app", "List the named corpora, or get one."),
    "sessions": Place("sessions", "app", "List, search, export and remove chats and texts."),
    "bench": Place("bench", "bench", "Measure speed and correctness against the budgets."),
    "doctor": Place("doctor", "doctor", "Check the installation."),
    "config": Place("config", "app", "Show the settings and their sources, or change one."),
    "engine": Place("engine", "engine", "Serve the app by the protocol of docs/protocol.md."),
}
"""In the order of the help page."""


class CommandGroup(TyperGroup):
    """The program's commands: in the help by name and line, imported when one is run."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        # Enough for the help, for Tab and for "did you mean", none of which needs the command.
        self.commands.update(
            (name, TyperCommand(name, short_help=place.help, rich_markup_mode=None))
            for name, place in COMMANDS.items()
        )

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Return the name, the imported command and what is left of the arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and _imported(str(name)), rest


@cache
def _imported(name: str) -> Any:
    place = COMMANDS[name]
    found = getattr(importlib.import_module(f"rnntui.cli.{place.module}"), place.attribute)
    holder = typer.Typer(rich_markup_mode=None)
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name)(found)
    return typer.main.get_group(holder).commands[name]
