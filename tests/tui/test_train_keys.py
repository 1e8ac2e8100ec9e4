"""The form's keys are the schema's, and what is typed comes out as the command line takes it."""

from __future__ import annotations

import msgspec
import pytest

from rnntui.errors import CorpusError
from rnntui.recipes.schema import KINDS, TextRecipe, describe
from rnntui.recipes.sentiment import SentimentRecipe
from rnntui.training.fitting import FITTED as FITTED_TO_THE_TEXT
from rnntui.tui.train.keys import FITTED, checked, keys, options, read, same, write

KEYS = {key.name: key for key in keys(TextRecipe)}


def test_every_key_is_there_but_those_with_a_field_of_their_own():
    fields = {field.name for field in msgspec.structs.fields(TextRecipe)}
    assert set(KEYS) == fields - {"corpus", "text", "about"}
    assert all(key.about == describe(TextRecipe, key.name) and key.takes for key in KEYS.values())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_of_recipe_has_its_keys_and_takes_its_defaults(kind):
    made = keys(kind)
    assert {key.name for key in made} >= {"hidden", "epochs", "lr"}
    assert all(same(read(key, write(key.default)), key.default) for key in made)


def test_names_are_typed_with_commas_between():
    (key,) = (key for key in keys(SentimentRecipe) if key.name == "unlabelled")
    assert read(key, "imdb-unsup, my reviews.txt") == ["imdb-unsup", "my reviews.txt"]
    assert key.takes == "names with commas between"
    assert list(options({"unlabelled": ["a", "b"]})) == ["--unlabelled=a,b"]


def test_fitted_keys_are_those_that_training_fits():
    assert FITTED == FITTED_TO_THE_TEXT


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_default_that_is_typed_is_the_default(key):
    assert same(read(key, write(key.default)), key.default)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("hidden", " 1_024 ", 1024),
        ("lr", "1e-3", 0.001),
        ("tied", "Yes", True),
        ("split", "0.9 0.1, 0", [0.9, 0.1, 0.0]),
        ("head_hidden", "", []),
        ("cell", "gru", "gru"),
        ("sample_prompt", r"Ham.\n\\n ", "Ham.\n\\n "),
        ("hidden", "many", "many"),
        ("hidden", "1.5", "1.5"),
    ],
)
def test_what_is_typed_is_read(name, typed, value):
    assert read(KEYS[name], typed) == value


def test_bounds_are_told():
    assert KEYS["dropout"].takes == "number, 0 to below 1"
    assert KEYS["lr"].takes == "number, above 0 to 1000"
    assert KEYS["layers"].takes == "integer, 1 to 32"
    assert KEYS["cell"].choices == ("gru", "lstm", "rnn")


def test_options_say_what_the_form_says():
    from typer.testing import CliRunner

    from rnntui.cli.train import app

    changes = {"hidden": 64, "tied": False, "split": [0.9, 0.1, 0.0], "sample_prompt": "-x\n"}
    words = list(options(changes))
    assert words == ["--hidden=64", "--no-tied", "--split=0.9,0.1,0.0", "--sample-prompt=-x\n"]
    # The command line reads them all; what it refuses is that there is no corpus.
    done = CliRunner().invoke(app, ["text", *words])
    assert isinstance(done.exception, CorpusError)


def test_minutes_and_epochs_exclude_each_other_as_on_the_command_line():
    assert checked(TextRecipe(), {"minutes": 2.0}).minutes == 2.0
    assert checked(TextRecipe(minutes=5.0), {"epochs": 3}).minutes == 0.0
