"""The NumPy step is torch.nn's, to within rounding, over a thousand symbols."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnntui.checkpoints.config import Head
from rnntui.inference.models import build_text_model
from rnntui.inference.sampling import Sampling
from tests.inference.helpers import HIDDEN_HEAD, TorchModel, make_both, make_config, make_weights

NETWORKS: dict[str, dict[str, Any]] = {
    "lstm, 1 layer": {"cell": "lstm", "layers": 1},
    "lstm, 2 layers": {"cell": "lstm"},
    "lstm, 3 layers": {"cell": "lstm", "layers": 3},
    "lstm, wider than what is kept by column": {"cell": "lstm", "hidden": 200},
    "gru, 1 layer": {"cell": "gru", "layers": 1},
    "gru, 2 layers": {"cell": "gru"},
    "gru, 3 layers": {"cell": "gru", "layers": 3},
    "gru, wide": {"cell": "gru", "hidden": 260},
    "rnn tanh, 1 layer": {"cell": "rnn", "layers": 1},
    "rnn tanh, 3 layers": {"cell": "rnn", "layers": 3},
    "rnn relu, 2 layers": {"cell": "rnn", "nonlinearity": "relu", "scale": 0.8},
    "embedding": {"cell": "lstm", "embedding": 7},
    "tied": {"cell": "gru", "embedding": 24, "tied": True},
    "relu head": {"cell": "lstm", "head": HIDDEN_HEAD},
    "tanh head": {"cell": "gru", "embedding": 5, "head": Head((11,), "tanh")},
    "one unit": {"cell": "lstm", "hidden": 1},
}


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_a_thousand_steps_give_the_logits_of_torch(network: dict[str, Any]) -> None:
    model, torch_model = make_both(**network)
    ids = np.random.default_rng(1).integers(0, model.network.outputs, 1000)
    expected, _ = torch_model.run(ids)
    assert np.ptp(expected, 0).max() > 0.05  # a network that says the same always proves nothing
    reader = model.network.reader()
    for symbol, logits in zip(ids.tolist(), expected, strict=True):
        reader.read(symbol)
        np.testing.assert_allclose(reader.logits, logits, rtol=0, atol=1e-4)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_streams_side_by_side_give_the_logits_of_torch(cell: str) -> None:
    model, torch_model = make_both(cell=cell, layers=3, embedding=6, head=HIDDEN_HEAD)
    ids = np.random.default_rng(1).integers(0, model.network.outputs, (300, 5))
    expected, _ = torch_model.run(ids)  # (T, B, V)
    reader = model.network.reader(5)
    for symbols, logits in zip(ids, expected, strict=True):
        reader.read(symbols)
        np.testing.assert_allclose(reader.logits.T, logits, rtol=0, atol=1e-4)


def test_a_sigmoid_network_follows_its_formula() -> None:
    config = make_config(cell="rnn", nonlinearity="sigmoid", layers=2)
    w = make_weights(config)
    reader = build_text_model(config, w, "random").network.reader()
    states = [np.zeros(24), np.zeros(24)]
    for symbol in np.random.default_rng(1).integers(0, 20, 1000).tolist():
        given: Any = np.eye(20)[symbol]
        for layer in range(2):
            total = w[f"rnn.weight_ih_l{layer}"] @ given + w[f"rnn.bias_ih_l{layer}"]
            total = total + w[f"rnn.weight_hh_l{layer}"] @ states[layer]
            given = states[layer] = 1 / (1 + np.exp(-total - w[f"rnn.bias_hh_l{layer}"]))
        reader.read(symbol)
        expected = w["head.weight"] @ given + w["head.bias"]
        np.testing.assert_allclose(reader.logits, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("cell", "seed", "scale"), [("lstm", 23, 3), ("gru", 0, 3), ("rnn", 14, 2)]
)
def test_greedy_text_is_that_of_torch(cell: str, seed: int, scale: float) -> None:
    model, torch_model = make_both(cell=cell, seed=seed, scale=scale, hidden=40)
    session = model.session(seed=1)
    session.feed("a prompt")
    text = session.next_many(300, Sampling(temperature=0))
    logits, state = torch_model.run(model.vocabulary.encode("a prompt").ids.astype(np.int64))
    symbols = []
    for _ in range(300):
        symbols.append(int(logits[-1].argmax()))
        logits, state = torch_model.run([symbols[-1]], state)
    assert text == model.vocabulary.decode(symbols)
    assert len(set(text[-60:])) > 4  # chosen so that the text never settles on a few symbols


def test_skimming_leaves_the_state_that_reading_leaves() -> None:
    network = make_both(cell="gru")[0].network
    skimmed, read = network.reader(), network.reader()
    skimmed.skim([1, 2, 3])
    for symbol in (1, 2, 3):
        read.read(symbol)
    for reader in (skimmed, read):
        reader.read(4)
    np.testing.assert_array_equal(skimmed.logits, read.logits)


def test_a_reset_forgets_everything() -> None:
    reader = make_both(cell="lstm")[0].network.reader()
    reader.read(3)
    first = reader.logits.copy()
    reader.skim([5, 6, 7])
    reader.reset()
    reader.read(3)
    np.testing.assert_array_equal(reader.logits, first)


def test_a_snapshot_is_a_copy_and_carries_over_to_many_streams() -> None:
    network = make_both(cell="lstm")[0].network
    alone, many = network.reader(), network.reader(3)
    alone.read(3)
    snapshot = alone.snapshot()
    alone.read(4)
    after = alone.logits.copy()
    alone.restore(snapshot)
    alone.read(4)
    np.testing.assert_array_equal(alone.logits, after)
    many.restore(snapshot)
    many.read(np.array([4, 4, 4]))
    np.testing.assert_allclose(many.logits, np.tile(after[:, None], 3), atol=1e-5)


def test_the_hidden_view_is_torchs_state() -> None:
    model, torch_model = make_both(cell="lstm")
    session = model.session(0)
    session.feed("hello")
    _, (hidden, _) = torch_model.run(model.vocabulary.encode("hello").ids.astype(np.int64))
    assert session.hidden is not None
    np.testing.assert_allclose(session.hidden, hidden.numpy(), atol=1e-5)


def test_weights_of_the_caller_are_neither_changed_nor_kept() -> None:
    config = make_config(cell="lstm", head=HIDDEN_HEAD, embedding=4)
    weights = make_weights(config)
    before = {name: array.copy() for name, array in weights.items()}
    network = build_text_model(config, weights, "random").network
    for name, array in weights.items():
        np.testing.assert_array_equal(array, before[name])
        array.fill(0)
    reader = network.reader()
    reader.read(2)
    expected, _ = TorchModel(config, before).run([2])
    np.testing.assert_allclose(reader.logits, expected[0], atol=1e-4)
