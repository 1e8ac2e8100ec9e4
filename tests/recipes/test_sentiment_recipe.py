"""Recipes for reviews: the shapes they ask for, and the language model that comes first."""

from __future__ import annotations

import pytest

from rnntui.checkpoints.config import Config, parameter_count
from rnntui.data.words import Words
from rnntui.errors import RecipeError
from rnntui.recipes.catalog import load_recipe_of, tasks
from rnntui.recipes.schema import TextRecipe, make_recipe
from rnntui.recipes.sentiment import SentimentRecipe

NAMES = [name for name, task in tasks() if task == "sentiment"]


def recipe(name: str) -> SentimentRecipe:
    return load_recipe_of(SentimentRecipe, name)


def parameters(made: SentimentRecipe) -> int:
    words = Words(tuple(f"w{i}" for i in range(made.words))).to_config()
    return parameter_count(Config("sentiment", made.network(), vocabulary=words))


def test_every_system_of_the_chapters_has_its_recipe():
    assert {"imdb-rnn", "imdb-lstm-scratch", "imdb-gru-scratch", "imdb-bilstm", "imdb-lstm"} <= set(
        NAMES
    )
    assert {f"chapter/imdb-{cell}" for cell in ("rnn", "lstm", "gru", "bilstm")} <= set(NAMES)


@pytest.mark.parametrize(("name", "megabytes"), [("imdb-lstm", 10), ("imdb-bilstm", 5)])
def test_what_ships_fits_in_half_precision(name, megabytes):
    assert 2 * parameters(recipe(name)) < megabytes * 1e6


def test_the_default_model_reads_in_one_direction_and_whole_texts():
    network = recipe("imdb-lstm").network()
    assert not network.bidirectional
    assert network.reads == "stream"


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("chapter/")])
def test_a_chapter_s_network_reads_the_end_and_its_last_state(name):
    network = recipe(name).network()
    assert (network.reads, network.pooling) == ("window", "last")
    assert network.window in (80, 200)


@pytest.mark.parametrize("name", ["imdb-lstm", "imdb-bilstm"])
def test_the_language_model_has_the_layers_it_hands_on(name):
    made = recipe(name)
    words = made.language_model()
    words.check()
    own, theirs = made.network(), words.network()
    for key in ("cell", "layers", "hidden", "embedding"):
        assert getattr(theirs, key) == getattr(own, key)
    assert (theirs.tied, theirs.head.hidden, theirs.bidirectional) == (
        True,
        (own.embedding,),
        False,
    )
    assert words.epochs == made.pretrain
    assert not words.pretrains


def test_a_recipe_of_another_task_is_refused_with_its_command():
    with pytest.raises(RecipeError, match="train it by: rnntui train sentiment --recipe imdb-rnn"):
        load_recipe_of(TextRecipe, "imdb-rnn")


@pytest.mark.parametrize(
    ("key", "value"),
    [("words", 3), ("pooling", "sum"), ("max_words", 0), ("keep", "middle"), ("samples", 0),
     ("embedding", 0), ("objective", "both"), ("seq_len", 1.5), ("hiden", 3)],
)  # fmt: skip
def test_a_wrong_value_names_its_key(key, value):
    with pytest.raises(RecipeError, match=key):
        make_recipe({"task": "sentiment", key: value}, "my.toml")
