"""The stack against torch.nn, and each regulariser against its definition."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from rnntui.checkpoints.config import Network
from rnntui.networks.dropout import LockedDropout, mask
from rnntui.networks.recurrent import Layer, RecurrentStack, initialise
from rnntui.networks.scan import scan, step_of

T, B, E, H = 9, 3, 5, 8


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def plain_torch(network: Network) -> nn.RNNBase:
    kind: Any = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[network.cell]
    extra = {"nonlinearity": network.nonlinearity} if network.cell == "rnn" else {}
    module: nn.RNNBase = kind(E, H, network.layers, bidirectional=network.bidirectional, **extra)
    return module


def copy_weights(stack: RecurrentStack, module: nn.RNNBase) -> None:
    for depth, row in enumerate(stack.rows):
        for backward, layer in enumerate(row):
            suffix = f"l{depth}{'_reverse' if backward else ''}"
            for part, value in layer.weights._asdict().items():
                getattr(module, f"{part}_{suffix}").data.copy_(value)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize(
    ("cell", "nonlinearity"), [("lstm", "tanh"), ("gru", "tanh"), ("rnn", "tanh"), ("rnn", "relu")]
)
def test_the_stack_computes_what_one_torch_module_of_all_layers_computes(
    cell: Any, nonlinearity: Any, layers: int, bidirectional: bool
) -> None:
    network = Network(
        cell=cell, nonlinearity=nonlinearity, layers=layers, hidden=H, bidirectional=bidirectional
    )
    stack = RecurrentStack(network, E, generator())
    module = plain_torch(network)
    copy_weights(stack, module)
    x = torch.randn(T, B, E, generator=generator(1))

    ours, last = stack(x, stack.zero_state(B))
    theirs, state = module(x)

    torch.testing.assert_close(ours, theirs)
    hidden = torch.cat([part[0] for part in last])
    torch.testing.assert_close(hidden, state[0] if cell == "lstm" else state)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_layer_stepped_by_hand_equals_the_fused_layer_in_values_and_gradients(cell: Any) -> None:
    layer = Layer(Network(cell=cell, hidden=H), E, generator()).double()
    x = torch.randn(T, B, E, dtype=torch.float64, requires_grad=True)
    state = tuple(torch.randn(1, B, H, dtype=torch.float64) for _ in range(layer.parts))

    fused, _ = layer(x, state)
    fused.square().sum().backward()
    expected = [p.grad.clone() for p in layer.parameters() if p.grad is not None]
    layer.zero_grad()
    stepped, _ = scan(step_of(cell, "tanh"), layer.weights, x, state)
    stepped.square().sum().backward()

    torch.testing.assert_close(stepped, fused)
    for parameter, gradient in zip(layer.parameters(), expected, strict=True):
        torch.testing.assert_close(parameter.grad, gradient)


def test_the_sigmoid_network_follows_elman_s_equation() -> None:
    layer = Layer(Network(cell="rnn", nonlinearity="sigmoid", hidden=H), E, generator())
    x = torch.randn(T, B, E)
    out, _ = layer(x, (torch.zeros(1, B, H),))

    w = layer.weights
    hidden = torch.zeros(B, H)
    for row, expected in zip(x, out, strict=True):
        hidden = torch.sigmoid(row @ w.weight_ih.T + w.bias_ih + hidden @ w.weight_hh.T + w.bias_hh)
        torch.testing.assert_close(hidden, expected)


def test_the_state_carried_through_two_chunks_equals_one_long_chunk() -> None:
    stack = RecurrentStack(Network(hidden=H), E, generator())
    x = torch.randn(2 * T, B, E)
    whole, _ = stack(x, stack.zero_state(B))
    first, state = stack(x[:T], stack.zero_state(B))
    second, _ = stack(x[T:], state)
    torch.testing.assert_close(torch.cat([first, second]), whole)


def test_locked_dropout_drops_the_same_features_at_every_step() -> None:
    dropout = LockedDropout(0.5, generator())
    out = dropout(torch.ones(T, B, E))
    assert (out == out[0]).all()
    assert set(out.unique().tolist()) == {0.0, 2.0}
    dropout.eval()
    assert (dropout(torch.ones(T, B, E)) == 1).all()


def test_weight_drop_zeroes_entries_of_the_recurrent_matrix_and_leaves_the_parameter_alone() -> (
    None
):
    network = Network(hidden=H, weight_drop=0.5)
    layer = Layer(network, E, generator(3))
    before = {n: p.detach().clone() for n, p in layer.named_parameters()}
    x = torch.randn(T, B, E)
    zero = (torch.zeros(1, B, H),) * 2
    out, _ = layer(x, zero)
    out.sum().backward()

    # The mask can be told from the gradient: a dropped weight gets none.
    gradient = layer.weights.weight_hh.grad
    assert gradient is not None
    dropped = gradient == 0
    assert 0.3 < dropped.float().mean() < 0.7
    for name, parameter in layer.named_parameters():
        assert torch.equal(parameter, before[name])
    by_hand = Layer(Network(hidden=H), E, generator())
    by_hand.load_state_dict(layer.state_dict())
    with torch.no_grad():
        by_hand.weights.weight_hh.mul_(2 * ~dropped)
    torch.testing.assert_close(by_hand(x, zero)[0], out)


def test_weight_drop_draws_a_new_mask_for_every_batch_and_none_in_evaluation() -> None:
    layer = Layer(Network(hidden=H, weight_drop=0.5), E, generator(3))
    x, zero = torch.randn(T, B, E), (torch.zeros(1, B, H),) * 2
    assert not torch.equal(layer(x, zero)[0], layer(x, zero)[0])
    layer.eval()
    assert torch.equal(layer(x, zero)[0], layer(x, zero)[0])


def test_recurrent_dropout_uses_one_mask_on_the_state_for_all_steps() -> None:
    layer = Layer(Network(cell="rnn", hidden=H, recurrent_dropout=0.5), E, generator(3))
    x, zero = torch.randn(T, B, E), (torch.zeros(1, B, H),)
    out, _ = layer(x, zero)

    # The same generator draws the same mask once more.
    held = mask((B, H), 0.5, generator(3))
    assert set(held.unique().tolist()) == {0, 2}
    w, hidden = layer.weights, torch.zeros(B, H)
    for row, expected in zip(x, out, strict=True):
        recurrent = (hidden * held) @ w.weight_hh.T + w.bias_hh
        hidden = torch.tanh(row @ w.weight_ih.T + w.bias_ih + recurrent)
        torch.testing.assert_close(hidden, expected)
    layer.eval()
    torch.testing.assert_close(layer(x, zero)[0], layer.rnn(x, zero[0])[0])


def test_recurrent_matrices_start_orthogonal_and_forget_gates_open() -> None:
    stack = RecurrentStack(Network(hidden=H), E, generator())
    initialise(stack, generator())
    for row in stack.rows:
        weights = row[0].weights
        for gate in weights.weight_hh.chunk(4):
            torch.testing.assert_close(gate @ gate.T, torch.eye(H))
        bias = weights.bias_ih + weights.bias_hh
        assert (bias[H : 2 * H] == 1).all()
        assert (bias[:H] == 0).all()
