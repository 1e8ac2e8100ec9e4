"""`rnntui recipes`: the recipes in the package, and what one says."""

from __future__ import annotations

from typing import Annotated

import typer

from rnntui.cli.output import print_json, print_table, print_text

app = typer.Typer(help="List the recipes, or show one.", invoke_without_command=True)


@app.callback()
def recipes(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List the recipes in the package."""
    if context.invoked_subcommand is not None:
        return
    from rnntui.recipes.catalog import load_recipe, tasks

    listed = list(tasks())
    if json:
        print_json([{"name": name, "task": task} for name, task in listed])
        return
    rows = [(name, task, load_recipe(name).about) for name, task in listed]
    print_table(("name", "task", "about"), rows)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A recipe's name or file.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show every key of a recipe, with what it means."""
    from rnntui.recipes.catalog import load_recipe, to_toml
    from rnntui.recipes.schema import as_dict

    recipe = load_recipe(name)
    if json:
        print_json(as_dict(recipe))
    else:
        print_text(to_toml(recipe, documented=True))
