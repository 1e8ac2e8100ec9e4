"""A checkpoint's tensors, rearranged once so that a time step needs few NumPy calls.

Everything here is exact algebra on the weights, done at load time and shared by all sessions of a
model. It knows names and formulas of torch.nn's recurrent modules; it does not know time.

The gates' sigmoids are computed as `sigmoid(x) = tanh(x / 2) / 2 + 1 / 2`, with the rows of the
weights halved beforehand: one tanh then serves all gates of an LSTM.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.config import Activation, Config, Network

Floats = NDArray[np.float32]
Tensors = Mapping[str, NDArray[np.floating]]


@dataclass(frozen=True)
class Gates:
    """One layer in one direction; G is the rows of all its gates, K what it reads, H its state.

    LSTM rows are in the order input, forget, output, candidate (torch: input, forget, candidate,
    output), those of the three sigmoids halved. GRU rows are reset, update, candidate as in torch,
    those of the two sigmoids halved. Rows of a sigmoid cell are halved.
    """

    inputs: Floats
    """(G, K): what multiplies the layer's input."""
    recurrent: Floats
    """(G, H): what multiplies the layer's own state."""
    bias: Floats
    """(G,): both of torch's biases, except the GRU's `b_hn`."""
    bias_new: Floats
    """(H,): the GRU's `b_hn`, which the reset gate multiplies; (0,) for other cells."""


def gates_of(network: Network, tensors: Tensors, layer: int, suffix: str = "") -> Gates:
    """Return one layer's weights in our order and scale.

    Args:
        network: for the kind of cell.
        tensors: by the names of `tensor_shapes`.
        layer: from 0.
        suffix: "_reverse" for the backward direction.
    """
    hidden = network.hidden

    def tensor(kind: str) -> Floats:
        array = np.array(tensors[f"rnn.{kind}_l{layer}{suffix}"], np.float32)
        if network.cell == "lstm":
            i, f, g, o = (slice(k * hidden, (k + 1) * hidden) for k in range(4))
            array = np.concatenate([array[i], array[f], array[o], array[g]])
            array[: 3 * hidden] *= 0.5
        elif network.cell == "gru":
            array[: 2 * hidden] *= 0.5
        elif network.nonlinearity == "sigmoid":
            array *= 0.5
        return array

    bias, bias_hh = tensor("bias_ih"), tensor("bias_hh")
    bias_new = np.zeros(0, np.float32)
    if network.cell == "gru":
        bias_new = bias_hh[2 * hidden :].copy()
        bias_hh[2 * hidden :] = 0
    return Gates(tensor("weight_ih"), tensor("weight_hh"), bias + bias_hh, bias_new)


def all_gates(network: Network, tensors: Tensors) -> tuple[tuple[Gates, ...], ...]:
    """Return the gates of each layer, of each direction: forward, then backward."""
    suffixes = ("", "_reverse")[: network.directions]
    return tuple(
        tuple(gates_of(network, tensors, layer, suffix) for suffix in suffixes)
        for layer in range(network.layers)
    )


def input_table(config: Config, tensors: Tensors, gates: Gates) -> Floats:
    """Return (V, G): what layer 0 adds to its gates on reading each symbol.

    It replaces the whole input product of that layer by looking up a row.
    """
    if not config.network.embedding:
        return np.ascontiguousarray(gates.inputs.T + gates.bias)
    embedding = np.asarray(tensors["embedding.weight"], np.float32)
    return np.ascontiguousarray(embedding @ gates.inputs.T + gates.bias)


@dataclass(frozen=True)
class Head:
    """The layers from the recurrent stack to the logits."""

    layers: tuple[tuple[Floats, Floats], ...]
    """(outputs, inputs) and (outputs,) of each layer, the last giving the logits."""
    activation: Activation
    """Between them."""

    def outputs(self, pooled: Floats) -> Floats:
        """Return what comes out of pooled states (N, P), many at once: (N, outputs)."""
        for weight, bias in self.layers[:-1]:
            pooled = pooled @ weight.T + bias
            pooled = np.maximum(pooled, 0) if self.activation == "relu" else np.tanh(pooled)
        weight, bias = self.layers[-1]
        outputs: Floats = pooled @ weight.T + bias
        return outputs


def head_of(network: Network, tensors: Tensors) -> Head:
    """Return the head's weights."""
    names = [f"head.{index}" for index in range(len(network.head.hidden))] + ["head"]
    return Head(
        tuple(
            (
                np.array(tensors[f"{name}.weight"], np.float32, order="C"),
                np.array(tensors[f"{name}.bias"], np.float32),
            )
            for name in names
        ),
        network.head.activation,
    )
