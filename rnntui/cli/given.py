"""What was typed on the command line, told from what was left out."""

from __future__ import annotations

import typer

from rnntui.errors import BadOption


def not_empty(context: typer.Context, parameter: typer.CallbackParam, value: str) -> str:
    """Return an option's value; as its callback, refuse one that was given as nothing.

    In a script `--out "$OUT"` means a folder: to go on without one would be another command.

    Raises:
        BadOption: it is empty, and not because it was left out.
    """
    source = context.get_parameter_source(str(parameter.name))
    if value == "" and source is not None and source.name == "COMMANDLINE":
        is_option = parameter.param_type_name == "option"
        shown = parameter.opts[-1] if is_option else str(parameter.metavar).strip("[].")
        raise BadOption(f"{shown} is empty", "give it a value or leave it out")
    return value
