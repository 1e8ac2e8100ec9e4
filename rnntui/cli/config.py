"""`rnntui config`: every setting with its value and where it comes from, and changing one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from rnntui.cli.output import print_json, print_table, print_text, say

app = typer.Typer(
    help="Show the settings and where each comes from, or change one.", invoke_without_command=True
)

Key = Annotated[str, typer.Argument(metavar="KEY", help="A setting, or keymap.ID.")]


@app.callback()
def config(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List the settings. An option beats the environment, that the file, that the model."""
    if context.invoked_subcommand is not None:
        return
    from rnntui import settings

    configured = settings.read()
    values = configured.settings
    knobs = configured.knobs()
    rows: list[dict[str, Any]] = []
    for key in settings.KEYS:
        value = knobs.value(key) if key in knobs else getattr(values, key)
        source = configured.source(key)
        rows.append({"key": key, "value": value, "source": source, "about": settings.describe(key)})
    if json:
        print_json(rows)
        return
    table = [(row["key"], _written(row), row["source"], row["about"]) for row in rows]
    print_table(("key", "value", "source", "about"), table)
    say(f"the file is {settings.path()}")
    say("where a default stands, what a model suggests goes first")


def _written(row: dict[str, Any]) -> str:
    from rnntui.knobs import EVERY_KNOB

    value = row["value"]
    if row["key"] in EVERY_KNOB:
        return EVERY_KNOB[row["key"]].write(value)
    if isinstance(value, dict):
        return ", ".join(f"{binding}={keys}" for binding, keys in value.items()) or "-"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) or "-"


@app.command("set")
def set_key(
    key: Key, value: Annotated[str, typer.Argument(metavar="VALUE", help="As you would type it.")]
) -> None:
    """Write a setting into the file; its comments stay."""
    from rnntui import settings

    settings.save(key, value)
    say(f"{key} is set in {settings.path()}")
    _mention_variable(key)


@app.command("unset")
def unset(key: Key) -> None:
    """Take a setting out of the file. The model or the default decides again."""
    from rnntui import settings

    settings.save(key, None)
    say(f"{key} is no longer set in {settings.path()}")
    _mention_variable(key)


def _mention_variable(key: str) -> None:
    """Say so where the environment overrides what was just written."""
    import os

    from rnntui.settings import variable

    if os.environ.get(variable(key), "").strip():
        say(f"note: {variable(key)} is set and goes first")


@app.command("path")
def path() -> None:
    """Print where the settings file is, whether it exists or not."""
    from rnntui import settings

    print_text(f"{settings.path()}\n")


@app.command("validate")
def validate() -> None:
    """Check the file and the environment. Exit 2 and name the key where one is wrong."""
    from rnntui import settings

    configured = settings.read()
    count = len(configured.file)
    where = settings.path()
    said = f"{count} {'key' if count == 1 else 'keys'}" if where.exists() else "no such file"
    say(f"{where}: {said}, nothing wrong")
