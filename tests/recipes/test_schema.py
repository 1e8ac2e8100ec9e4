"""What a recipe may say, and how a wrong one is told what is wrong."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest

from rnntui.errors import RecipeError
from rnntui.recipes.schema import KINDS, TextRecipe, as_dict, describe, make_recipe


def make(**values: Any) -> TextRecipe:
    return make_recipe({"task": "text", **values}, "my.toml")


def complaint(**values: Any) -> str:
    with pytest.raises(RecipeError) as caught:
        make(**values)
    assert len(str(caught.value)) < 600
    return str(caught.value)


@pytest.mark.parametrize("task", KINDS)
def test_every_key_documents_itself(task):
    for field in msgspec.structs.fields(KINDS[task]):
        assert describe(KINDS[task], field.name), field.name


def test_a_recipe_of_defaults_is_sound():
    assert make() == TextRecipe()
    assert make_recipe(as_dict(TextRecipe()), "again") == TextRecipe()


@pytest.mark.parametrize(
    ("wrong", "near"),
    [("hiden", "hidden"), ("learning_rate", ""), ("batchsize", "batch_size"),
     ("weight-decay", "weight_decay"), ("top_k", "")],
)  # fmt: skip
def test_a_wrong_key_suggests_the_nearest(wrong, near):
    message = complaint(**{wrong: 1})
    assert message.startswith(f"my.toml: {wrong!r} is no key of a text recipe; ")
    assert message.endswith(f"did you mean {near}?" if near else "lists the keys")


def test_of_several_wrong_keys_the_same_is_always_named():
    assert "'aa'" in complaint(zz=1, mm=1, aa=1)


@pytest.mark.parametrize("task", [None, "", "chess", 3, ["text"], {"text": 1}, True])
def test_an_unknown_task_is_refused(task):
    with pytest.raises(RecipeError, match="set task to one of: text"):
        make_recipe({"task": task}, "my.toml")
    with pytest.raises(RecipeError, match="names no task"):
        make_recipe({}, "my.toml")


WRONG = {
    "hidden": ["many", 0, -1, 2**40, 1.5, True, [4], None],
    "layers": [0, 33],
    "lr": [0, -0.001, "fast", 1e9, math.nan, math.inf],
    "dropout": [1, -0.1, math.nan],
    "cell": ["transformer", 1],
    "optimizer": ["lion"],
    "split": [[0.9, 0.1], [0.9, 0.05, 0.03, 0.02], ["a", "b", "c"], 0.9],
    "tied": ["yes", 1],
    "seed": [-1, 2**64],
    "epochs": [-1],
    "corpus": ["tiny", [3]],
    "head_hidden": [[0], 128, [1.5]],
    "sample_temperatures": [[-1.0], [math.nan], [math.inf], 0.5],
    "text": [3],
    "clip": [0, math.inf],
}


@pytest.mark.parametrize(("key", "value"), [(k, v) for k, values in WRONG.items() for v in values])
def test_a_wrong_type_or_value_names_its_key(key, value):
    assert key in complaint(**{key: value})


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("seq_len", 0, "seq_len = 0; choose 1 to 1048576"),
        ("stride", 0, "stride = 0; choose 1 or more"),
        ("hidden", "many", "hidden = 'many'; choose a whole number, 1 to 65536"),
        ("optimizer", "lion", "optimizer = 'lion'; choose adamw, adam, rmsprop or sgd"),
        ("lr", 0, "lr = 0; choose above 0 to 1000"),
        ("clip", math.inf, "clip = inf; choose a finite number, above 0"),
        ("tied", "yes", "tied = 'yes'; choose true or false"),
        ("text", 3, "text = 3; choose a text"),
        ("split", [0.9, 0.1], "split = [0.9, 0.1]; choose 3 numbers, such as 0.85, 0.05, 0.1"),
        ("head_hidden", [0], "head_hidden = [0]; choose values that are each 1 to 65536"),
        ("corpus", "tiny", "corpus = 'tiny'; choose a list of values that are each a text"),
    ],
)
def test_a_wrong_value_is_told_what_it_may_be(key, value, said):
    assert complaint(**{key: value}) == f"my.toml: {said}"


def test_a_long_key_or_value_is_told_in_short():
    long = "k" * 1_000_000
    assert len(complaint(**{long: 1})) < 200
    assert len(complaint(hidden=long)) < 200
    assert len(complaint(about=[long])) < 200
    with pytest.raises(RecipeError) as caught:
        make_recipe({"task": long}, "my.toml")
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("key", [f.name for f in msgspec.structs.fields(TextRecipe)
                                 if isinstance(f.default, float)])  # fmt: skip
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_key_takes_what_is_no_number(key, value):
    complaint(**{key: value})


CONTRADICTIONS = {
    "both directions of a stream": ({"bidirectional": True}, "window"),
    "tied and one-hot": ({"tied": True}, "set embedding to 256"),
    "tied to another width": ({"tied": True, "embedding": 64, "head_hidden": [32]}, "to 32"),
    "a nonlinearity of gates": ({"cell": "lstm", "nonlinearity": "relu"}, "cell"),
    "two dropouts of one matrix": ({"recurrent_dropout": 0.1, "weight_drop": 0.1}, "choose one"),
    "no time": ({"epochs": 0}, "set one"),
    "a plateau of nothing": ({"schedule": "plateau", "split": [0.9, 0, 0.1]}, "validation"),
    "an early stop at nothing": ({"early_stop": 3, "split": [0.9, 0, 0.1]}, "validation"),
}


@pytest.mark.parametrize(("values", "fix"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_contradiction_is_refused_with_the_way_out(values, fix):
    assert fix in complaint(**values).partition("; ")[2]


def test_what_contradicts_nothing_is_taken():
    make(bidirectional=True, window=35)
    make(tied=True, embedding=256)
    make(tied=True, embedding=512, bidirectional=True, window=35)
    make(cell="rnn", nonlinearity="relu")
    make(epochs=0, minutes=5)


def test_whole_numbers_are_taken_for_fractions():
    recipe = make(lr=1, split=[1, 0, 0], minutes=3)
    assert recipe.split == (1.0, 0.0, 0.0)
    assert isinstance(recipe.lr, float)


def test_a_window_makes_a_network_that_reads_windows():
    network = make(window=35, head_hidden=[16], head_activation="tanh").network()
    assert (network.reads, network.window) == ("window", 35)
    assert network.head.hidden == (16,)
    assert make().network().window is None
