"""Every contestant does the same job, and the correctness check notices when one does not."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from rnntui.bench.correctness import compare
from rnntui.bench.models import bytes_per_step, random_weights, text_config
from rnntui.bench.peers import CellPeer, ModulePeer, OneThread, Peer, PlainPeer, WithoutOneDnn
from rnntui.checkpoints.config import Cell, parameter_count
from rnntui.inference.models import build_text_model
from rnntui.inference.stepper import StreamNetwork

PEERS: list[type[Peer]] = [ModulePeer, WithoutOneDnn, CellPeer, PlainPeer]


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("kind", PEERS)
def test_a_peer_computes_what_the_product_computes(kind: type[Peer], cell: Cell) -> None:
    config = text_config(cell, 12)
    weights = random_weights(config)
    reader = build_text_model(config, weights, "random").network.reader()
    peer = kind(config, weights, 0.8)
    with torch.inference_mode(), peer.kernels():
        for symbol in (0, 7, 64, 7, 30):
            reader.read(symbol)
            np.testing.assert_allclose(peer.read(symbol).numpy(), reader.logits, atol=1e-5)


@pytest.mark.parametrize("kind", PEERS)
def test_a_peer_writes_symbols_of_the_vocabulary(kind: type[Peer]) -> None:
    config = text_config("lstm", 8)
    peer = kind(config, random_weights(config), 0.8)
    peer.write(20)
    assert 0 <= peer.symbol < config.outputs


def test_turning_one_dnn_off_lasts_no_longer_than_the_writing() -> None:
    before = torch.backends.mkldnn.enabled
    config = text_config("lstm", 8)
    WithoutOneDnn(config, random_weights(config), 0.8).write(2)
    assert torch.backends.mkldnn.enabled == before


def test_torch_gets_its_threads_back() -> None:
    before = torch.get_num_threads()
    with OneThread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_same_weights_agree(cell: Cell) -> None:
    config = text_config(cell, 16)
    weights = random_weights(config)
    found = compare(config, weights, weights, 60)
    assert found.largest_difference < 1e-5
    assert found.same_greedy == 60


@pytest.mark.parametrize("name", ["rnn.weight_hh_l1", "rnn.bias_ih_l0", "head.weight"])
def test_one_altered_tensor_is_noticed(name: str) -> None:
    config = text_config("lstm", 16)
    ours = random_weights(config)
    theirs = {**ours, name: -ours[name]}
    found = compare(config, ours, theirs, 60)
    assert found.largest_difference > 1e-2
    assert found.same_greedy < 60


def test_one_slightly_altered_weight_is_noticed() -> None:
    config = text_config("lstm", 16)
    ours = random_weights(config)
    theirs = {**ours, "head.bias": ours["head.bias"] + np.float32(0.001)}
    assert compare(config, ours, theirs, 60).largest_difference > 1e-4


@pytest.mark.parametrize(("cell", "gates"), [("lstm", 4), ("gru", 3)])
def test_a_step_reads_every_weight_but_the_rest_of_the_input_table(cell: Cell, gates: int) -> None:
    config = text_config(cell, 32)
    network = build_text_model(config, random_weights(config), "random").network
    assert isinstance(network, StreamNetwork)
    table = gates * 32 * (config.outputs - 1)
    biases = gates * 32 * 3  # summed into the table, or not counted: they stay in the first cache
    expected = 4 * (parameter_count(config) - table - biases)
    assert bytes_per_step(network) == pytest.approx(expected, rel=0.01)
