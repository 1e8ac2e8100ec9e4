"""`rnntui train`: one command from data to a model; every recipe key is an option."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from rnntui.cli.given import not_empty
from rnntui.cli.recipe_options import changes_of, with_changes, with_recipe_options
from rnntui.cli.training_runs import begin, check_places, go_on, new_path
from rnntui.recipes.catalog import load_recipe_of
from rnntui.recipes.forecast import ForecastRecipe
from rnntui.recipes.schema import TextRecipe
from rnntui.recipes.sentiment import SentimentRecipe

app = typer.Typer(help="Train a network on your own data.", no_args_is_help=True)

RecipeName = Annotated[
    str, typer.Option(help="A recipe's name, or a TOML file.", callback=not_empty)
]
Out = Annotated[str, typer.Option(help="The run's folder.", callback=not_empty)]
RunName = Annotated[str, typer.Option(help="The run's name in the library.", callback=not_empty)]
Resume = Annotated[str, typer.Option(help="Continue the run in this folder.", callback=not_empty)]
TensorBoard = Annotated[
    str, typer.Option(help="Write TensorBoard event files into this folder.", callback=not_empty)
]
Json = Annotated[bool, typer.Option("--json", help="Print a JSON summary.")]


@app.command("text")
@with_recipe_options(TextRecipe)
def text(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="Text files, plain or gzip.")
    ] = None,
    recipe: RecipeName = "",
    out: Out = "",
    name: RunName = "",
    resume: Resume = "",
    tensorboard: TensorBoard = "",
    json: Json = False,
    **keys: Any,
) -> None:
    """Train a network that writes, on one or more text files.

    Ctrl-C saves and tells how to go on. Every option after --json is a key of the recipe.
    """
    changes = changes_of(keys)
    check_places(resume, out, name, files, recipe)
    if resume:
        go_on(resume, changes, tensorboard, json)
        return
    from rnntui.data.finding import absolute_corpora

    base = load_recipe_of(TextRecipe, recipe) if recipe else TextRecipe()
    keys_given = changes.keys() | ({"epochs"} if "minutes" in changes else set())
    if files:
        changes["corpus"] = absolute_corpora(files)
        changes["text"] = ""
    chosen = with_changes(base, changes)
    # What neither a recipe nor an option said is fitted to the text.
    free = frozenset() if recipe else frozenset(TextRecipe.__struct_fields__) - keys_given
    begin(chosen, new_path(out, name, recipe, chosen), tensorboard, json, free)


@app.command("sentiment")
@with_recipe_options(SentimentRecipe)
def sentiment(
    file: Annotated[
        str,
        typer.Argument(
            metavar="[FILE]",
            help="Labelled reviews: a CSV, plain or gzip, a folder like aclImdb, or a name: imdb.",
            show_default=False,
            callback=not_empty,
        ),
    ] = "",
    recipe: RecipeName = "",
    out: Out = "",
    name: RunName = "",
    resume: Resume = "",
    tensorboard: TensorBoard = "",
    json: Json = False,
    **keys: Any,
) -> None:
    """Train a network that tells whether a review is positive.

    Ctrl-C saves and tells how to go on. Every option after --json is a key of the recipe.
    """
    changes = changes_of(keys)
    check_places(resume, out, name, file, recipe)
    if resume:
        go_on(resume, changes, tensorboard, json)
        return
    from rnntui.data.finding import absolute_corpora

    base = load_recipe_of(SentimentRecipe, recipe) if recipe else SentimentRecipe()
    if changes.get("objective") == "words" and base.pretrains:
        base = base.language_model()  # the one this recipe would begin with, alone
    if file:
        changes["corpus"] = absolute_corpora([file])
    for key in ("vectors", "start_from"):
        changes |= {key: absolute_corpora([changes[key]])[0]} if changes.get(key) else {}
    if "unlabelled" in changes:
        changes["unlabelled"] = absolute_corpora(changes["unlabelled"])
    chosen = with_changes(base, _one_beginning(changes))
    begin(chosen, new_path(out, name, recipe, chosen), tensorboard, json)


@app.command("forecast")
@with_recipe_options(ForecastRecipe)
def forecast(
    file: Annotated[
        str,
        typer.Argument(
            metavar="[FILE]",
            help="A CSV, plain or gzip, or a named series.",
            show_default=False,
            callback=not_empty,
        ),
    ] = "",
    recipe: RecipeName = "",
    out: Out = "",
    name: RunName = "",
    resume: Resume = "",
    tensorboard: TensorBoard = "",
    json: Json = False,
    **keys: Any,
) -> None:
    """Train a network that continues a series, one column of a CSV.

    Ctrl-C saves and tells how to go on. Every option after --json is a key of the recipe.
    """
    changes = changes_of(keys)
    check_places(resume, out, name, file, recipe)
    if resume:
        go_on(resume, changes, tensorboard, json)
        return
    from rnntui.data.finding import absolute_corpora

    base = load_recipe_of(ForecastRecipe, recipe) if recipe else ForecastRecipe()
    keys_given = changes.keys() | ({"epochs"} if "minutes" in changes else set())
    if file:
        changes["corpus"] = absolute_corpora([file])
    chosen = with_changes(base, changes)
    # What neither a recipe nor an option said is fitted to the series.
    free = frozenset() if recipe else frozenset(ForecastRecipe.__struct_fields__) - keys_given
    begin(chosen, new_path(out, name, recipe, chosen), tensorboard, json, free)


def _one_beginning(changes: dict[str, Any]) -> dict[str, Any]:
    """Let an option that says what a network begins with replace what the recipe says of that."""
    beginnings = {"vectors": "", "start_from": "", "pretrain": 0, "pretrain_minutes": 0.0}
    given = [key for key in beginnings if changes.get(key)]
    return {**(beginnings if given else {}), **changes}
