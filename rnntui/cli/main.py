"""The entry of the program: commands by name, and the one place where errors are printed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from rnntui import __version__
from rnntui.cli.commands import CommandGroup
from rnntui.cli.given import not_empty
from rnntui.errors import RnntuiError

app = typer.Typer(
    cls=CommandGroup,
    help="A terminal workbench for recurrent networks.",
    epilog="`rnntui` alone opens the app. `rnntui COMMAND --help` tells more.",
    # Plain help: Rich's would cost 90 ms at each --help.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


_NEVER_WAIT = ("engine", "doctor")
"""Commands that fetch no model from the Hub because its name is looked up."""


def _print_version(wanted: bool) -> None:
    if wanted:
        from rnntui.cli.output import print_text

        print_text(f"rnntui {__version__}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show it.")
    ] = False,
    model: Annotated[str, typer.Option(help="The model that writes.", callback=not_empty)] = "",
    mode: Annotated[str, typer.Option(help="The mode to open: write, chat, ...")] = "write",
    engine: Annotated[
        str,
        typer.Option(
            help="A shell command that starts the engine, here or elsewhere.", callback=not_empty
        ),
    ] = "",
) -> None:
    """Watch a recurrent network write, steer it, train and measure your own."""
    if context.invoked_subcommand is None:
        from rnntui.cli.open_app import open_app

        open_app(model, mode, engine)
    elif context.invoked_subcommand not in _NEVER_WAIT:
        from rnntui.checkpoints.fetching import fetching
        from rnntui.cli.pull import fetch_missing

        context.with_resource(fetching(fetch_missing))


def main() -> None:
    """Run the command line. Exit 0 done, 2 bad input, 130 after Ctrl-C."""
    _open_closed_streams()
    try:
        code = _run()
    except RnntuiError as error:
        fail(str(error))
    except typer.TyperException as error:
        fail(_sentence(error))
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)


def _run() -> object:
    """Run the command that is named, or show help, which the parser prints by itself."""
    try:
        return app(prog_name="rnntui", standalone_mode=False)
    except OSError:
        from rnntui.cli.output import print_text

        print_text("")  # says so where the output is what could not be written
        raise


def _open_closed_streams() -> None:
    """Give a program started with `<&-`, `>&-` or `2>&-` the null device: Python has None there."""
    # In the order of their descriptors: each opening takes the lowest one that is free.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 (to the end)


def fail(message: str) -> None:
    """Print the last line of a failure and leave with exit code 2."""
    from rnntui.cli.output import say

    # One line whatever the message quotes, since scripts read the last one.
    say("error: " + message.replace("\n", " "))
    sys.exit(2)


def _sentence(error: typer.TyperException) -> str:
    """The parser's complaint in our form: what, and what to do."""
    if told := _value_told(error) or _option_told(error):
        return told
    what, _, meant = error.format_message().partition(". Did you mean ")
    if near := getattr(error, "possibilities", None):
        what, meant = error.message, " or ".join(sorted(near)) + "?"
    if what.startswith("Usage:"):  # a group without a command complains with its whole help page
        what = "missing command"
    what = what[:1].lower() + what[1:].rstrip(".")
    if meant:
        return f"{what}; did you mean {meant}"
    context = getattr(error, "ctx", None)
    return f"{what}; `{context.command_path if context else 'rnntui'} --help` shows what it takes"


_WANTED = {
    "int_parsing": "give a whole number",
    "int_parsing_size": "give a smaller number",
    "float_parsing": "give a number",
    "greater_than_equal": "choose {ge} or more",
    "less_than_equal": "choose {le} or less",
}
"""What to do about a value, by the name of what its check found wrong."""


def _value_told(error: typer.TyperException) -> str:
    """The sentence about a value that is no number, or out of range; "" for other complaints."""
    check, parameter = getattr(error.__cause__, "errors", None), getattr(error, "param", None)
    if not check or not parameter:
        return ""
    found = check()[0]
    wanted = _WANTED.get(found["type"], "")
    if not wanted:
        return ""
    from rnntui.display import one_line

    name = parameter.get_error_hint().partition(" / ")[0].strip("'[].")
    value = str(found["input"])
    bounds = found.get("ctx", {})  # what breaks one is a number, and needs no quotes
    shown = one_line(value if bounds.keys() & {"ge", "le"} else repr(value))
    return f"{name} is {shown}; {wanted.format(**bounds)}"


def _option_told(error: typer.TyperException) -> str:
    """The sentence about an option's value that is missing or too much, or a number like one."""
    name, message = getattr(error, "option_name", ""), error.message
    if message.endswith("requires an argument."):
        return f"{name} has no value; give it one"
    if message.endswith("does not take a value."):
        return f"{name} takes no value; write it alone"
    if name[1:].isdecimal():
        return f"{name} is read as an option; put -- before a negative number"
    return ""
