"""What `config.json` of a sentiment model must say, and the tensors it then asks for."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from rnntui.checkpoints.config import Config, parse_config, tensor_shapes
from rnntui.errors import CheckpointError

SOUND: dict[str, Any] = {
    "format": "rnntui/1",
    "task": "sentiment",
    "network": {"layers": 1, "hidden": 8, "embedding": 4, "pooling": "mean", "window": 40},
    "vocabulary": {"unit": "word", "symbols": ["<pad>", "<unk>", "film"], "pad": 0, "unknown": 1},
}


def parse(**changes: Any) -> Config:
    values = {**SOUND, **changes}
    return parse_config(msgspec.json.encode(values), "it")


def network(**changes: Any) -> dict[str, Any]:
    return {"network": {**SOUND["network"], **changes}}


def test_it_has_one_output_and_a_vector_for_each_word():
    config = parse()
    assert (config.outputs, config.symbols, config.inputs) == (1, 3, 4)
    shapes = tensor_shapes(config)
    assert shapes["embedding.weight"] == (3, 4)
    assert shapes["head.weight"] == (1, 8)


@pytest.mark.parametrize(
    ("pooling", "both", "width"),
    [("last", False, 8), ("max", True, 16), ("last-max-mean", True, 48), ("attention", False, 8)],
)
def test_the_head_reads_what_is_pooled(pooling, both, width):
    shapes = tensor_shapes(parse(**network(pooling=pooling, bidirectional=both)))
    assert shapes["head.weight"] == (1, width)
    assert ("pooling.weight" in shapes) == (pooling == "attention")
    hidden = tensor_shapes(
        parse(**network(pooling=pooling, bidirectional=both, head={"hidden": [3]}))
    )
    assert (hidden["head.0.weight"], hidden["head.weight"]) == ((3, width), (1, 3))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"vocabulary": None}, "needs a vocabulary of words"),
        ({"vocabulary": {"unit": "char", "symbols": ["a", "b"]}}, "needs a vocabulary of words"),
        ({"vocabulary": {**SOUND["vocabulary"], "pad": 2}}, "pad at 0 and unknown at 1"),
        ({"vocabulary": {**SOUND["vocabulary"], "unknown": None}}, "pad at 0 and unknown at 1"),
        (network(pooling=None), "must say how it pools"),
        (network(window=None), "and its window"),
        (network(pooling="sum"), "Invalid enum value 'sum'"),
        (network(tied=True), "cannot be tied"),
        ({"task": "text", **network(pooling="max")}, "a text network cannot pool by max"),
    ],
)
def test_what_makes_no_sense_is_refused(changes, said):
    with pytest.raises(CheckpointError, match=said):
        parse(**changes)
