"""The text network: shapes, names, and agreement with a checkpoint loaded by plain torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from rnntui.checkpoints.config import Config, Head, Network, VocabularyConfig, tensor_shapes
from rnntui.networks.exchange import export_weights, import_weights
from rnntui.networks.text import TextNetwork

V = 7


def config(**network: Any) -> Config:
    symbols = tuple("abcdefg")
    return Config(
        "text", Network(hidden=8, **network), vocabulary=VocabularyConfig("char", symbols)
    )


def build(seed: int = 0, **network: Any) -> TextNetwork:
    return TextNetwork(config(**network), torch.Generator().manual_seed(seed))


SHAPES: list[dict[str, Any]] = [
    {},
    {"embedding": 8, "tied": True},
    {"embedding": 4, "layers": 3, "cell": "gru"},
    {"cell": "rnn", "nonlinearity": "sigmoid", "head": Head((6, 5), "tanh")},
    {"bidirectional": True, "reads": "window", "window": 4},
]


@pytest.mark.parametrize("shape", SHAPES)
def test_exported_weights_have_the_names_and_shapes_that_the_format_promises(
    shape: dict[str, Any],
) -> None:
    weights = export_weights(build(**shape))
    assert {n: w.shape for n, w in weights.items()} == tensor_shapes(config(**shape))


@pytest.mark.parametrize("shape", SHAPES)
def test_weights_survive_export_and_import(shape: dict[str, Any]) -> None:
    one, two = build(0, **shape).eval(), build(1, **shape).eval()
    x = torch.randint(V, (5, 2))
    assert not torch.equal(one(x, one.zero_state(2))[0], two(x, two.zero_state(2))[0])
    import_weights(two, export_weights(one))
    torch.testing.assert_close(one(x, one.zero_state(2))[0], two(x, two.zero_state(2))[0])


def test_a_few_lines_of_plain_torch_give_the_same_logits() -> None:
    network = build(embedding=4, layers=2).eval()
    weights = {k: torch.from_numpy(np.copy(v)) for k, v in export_weights(network).items()}
    lstm = nn.LSTM(4, 8, 2)
    lstm.load_state_dict({k[4:]: v for k, v in weights.items() if k.startswith("rnn.")})
    x = torch.randint(V, (11, 3))
    out, _ = lstm(weights["embedding.weight"][x])
    logits = out @ weights["head.weight"].T + weights["head.bias"]
    torch.testing.assert_close(network(x, network.zero_state(3))[0], logits)


def test_a_window_reader_predicts_once_from_both_ends() -> None:
    network = build(bidirectional=True, reads="window", window=4, layers=1).eval()
    weights = {k: torch.from_numpy(np.copy(v)) for k, v in export_weights(network).items()}
    lstm = nn.LSTM(V, 8, 1, bidirectional=True)
    lstm.load_state_dict({k[4:]: v for k, v in weights.items() if k.startswith("rnn.")})
    x = torch.randint(V, (4, 3))
    out, _ = lstm(torch.eye(V)[x])
    ends = torch.cat([out[-1, :, :8], out[0, :, 8:]], 1)
    logits, _ = network(x, network.zero_state(3))
    assert logits.shape == (3, V)
    torch.testing.assert_close(logits, ends @ weights["head.weight"].T + weights["head.bias"])


def test_tied_weights_are_one_parameter_and_two_tensors_of_the_file() -> None:
    network = build(embedding=8, tied=True)
    weights = export_weights(network)
    assert np.array_equal(weights["embedding.weight"], weights["head.weight"])
    assert sum(p is network.head.weight for p in network.parameters()) == 1


def test_input_dropout_on_one_hot_drops_a_symbol_for_the_whole_sequence() -> None:
    network = build(input_dropout=0.5)
    x = torch.zeros(6, 1, dtype=torch.long)  # "aaaaaa": either all there or all gone
    vectors = network.input_dropout(network._vectors(x))
    assert (vectors == vectors[0]).all()
    assert vectors[0, 0, 0] in (0.0, 2.0)


def test_the_same_seed_draws_the_same_network() -> None:
    one, two, other = build(1), build(1), build(2)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
    assert not torch.equal(one.head.weight, other.head.weight)


def test_one_hot_vectors_are_made_as_they_are_read() -> None:
    network = build()
    x = torch.randint(V, (5, 3))
    assert torch.equal(network._vectors(x), torch.eye(V)[x])
    assert list(network.buffers()) == []  # a table would grow with the square of the vocabulary
