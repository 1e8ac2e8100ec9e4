"""How far back a network's gradient reaches, and what its recurrent matrices do to it.

Bengio, Simard and Frasconi 1994 and Pascanu, Mikolov and Bengio 2013 (equations 5 to 7): the
gradient of the loss at one step with respect to the state k steps before holds a product of k
Jacobians, each with the transposed recurrent matrix as a factor, and so it vanishes or explodes
with k. Here that gradient is measured, not bounded, on real text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from rnntui.checkpoints.config import Config
from rnntui.networks.exchange import import_weights
from rnntui.networks.recurrent import Layer
from rnntui.networks.scan import State
from rnntui.networks.text import TextNetwork

POWERS = (1, 2, 4, 8, 16, 32, 64)
"""Exponents at which a recurrent matrix's powers are measured."""
GATES = {
    "lstm": ("input", "forget", "candidate", "output"),
    "gru": ("reset", "update", "candidate"),
    "rnn": ("recurrent",),
}
"""The blocks of a recurrent matrix, in torch.nn's order."""
_WARM_UP = 128
"""Symbols read before the measured ones, so that the states are such as the network lives in."""


class Matrix(msgspec.Struct, frozen=True):
    """One (H, H) block of a layer's recurrent matrix."""

    layer: int
    direction: str
    gate: str
    radius: float
    """Largest modulus of an eigenvalue."""
    powers: list[float]
    """log10 of the spectral norm of its powers, at the exponents `POWERS`; -inf becomes -999."""


class Reach(msgspec.Struct, frozen=True):
    """What was measured of one network."""

    state: list[float]
    """Norm of the gradient of the loss at a step with respect to the network's whole state (every
    layer's hidden state and, of an lstm, cell) k steps before, k = 0, 1, ...; mean over streams."""
    inputs: list[float]
    """The same with respect to what it read k steps before: its one-hot or embedding vector."""
    matrices: list[Matrix]
    streams: int

    def relative(self, distance: int) -> float:
        """The state's gradient at a distance, as a share of that at distance 0."""
        return self.state[distance] / self.state[0] if self.state[0] else 0.0

    def reach(self, share: float = 0.01) -> int:
        """The largest distance at which the state's gradient keeps a share of that at 0."""
        kept = [k for k in range(len(self.state)) if self.relative(k) >= share]
        return kept[-1] if kept else 0


def measure(
    config: Config,
    weights: Mapping[str, NDArray[np.floating]] | None,
    ids: NDArray[Any],
    *,
    distance: int = 100,
    streams: int = 32,
    seed: int = 1,
) -> Reach:
    """Measure one network.

    Args:
        config: a text model's.
        weights: a checkpoint's; None takes the network as its recipe would begin with it.
        ids: (N,) symbols to read; places in it are spread evenly.
        distance: steps back; of a network of windows, always its window.
        streams: places read.
        seed: of a fresh network's weights.
    """
    network = TextNetwork(config, torch.Generator().manual_seed(seed))
    if weights is not None:
        import_weights(network, {n: np.asarray(w, np.float32) for n, w in weights.items()})
    network.eval()
    if config.network.window:
        distance, before = config.network.window - 1, 0  # it predicts from whole windows alone
    else:
        before = _WARM_UP
    length = before + distance + 1
    begins = np.linspace(0, max(0, len(ids) - length - 1), streams).astype(np.int64)
    places = np.minimum(begins + np.arange(length + 1)[:, None], len(ids) - 1)  # (T + 1, B)
    read = torch.from_numpy(ids[places].astype(np.int64))
    state = network.zero_state(streams)
    if before:
        with torch.no_grad():
            _, state = network(read[:before], state)
    by_state, by_input = _gradients(network, read[before:-1], read[-1], state)
    return Reach(by_state, by_input, matrices(network), streams)


def _gradients(
    network: TextNetwork, x: Tensor, target: Tensor, state: Sequence[State]
) -> tuple[list[float], list[float]]:
    """Return the norms of the gradients of the last step's loss, from distance 0 backwards.

    Args:
        network: in evaluation mode.
        x: (T, B) symbols.
        target: (B,) what follows the last of them.
        state: before the first.
    """
    if network.embedding is not None:
        vectors = network.embedding(x).detach()
    else:
        vectors = functional.one_hot(x, network.symbols).float()
    vectors.requires_grad_()
    # A nudge of zero is added to every state: the gradient with respect to it is that with respect
    # to the state, through every path that leads from there to the loss.
    nudges: list[Tensor] = []
    inputs, ends, states = vectors, [], iter(state)
    for row in network.stack.rows:
        outputs = []
        for backward, layer in enumerate(row):
            nudge = torch.zeros(len(x), layer.parts, x.shape[1], layer.rnn.hidden_size)
            if not backward:  # its time runs the other way: distances mean nothing there
                nudges.append(nudge.requires_grad_())
            way = inputs.flip(0) if backward else inputs
            hidden = _unroll(layer, way, next(states), nudge)
            ends.append(hidden[-1])
            outputs.append(hidden.flip(0) if backward else hidden)
        inputs = torch.cat(outputs, 2)
    width = len(network.stack.rows[-1])
    features = torch.cat(ends[-width:], 1) if network.reads_windows else inputs[-1]
    for dense in network.head_layers:
        features = network.activation(dense(features))
    # A sum: the streams know nothing of each other, so each keeps its own gradient.
    loss = functional.cross_entropy(network.head(features), target, reduction="sum")
    loss.backward()  # type: ignore[no-untyped-call]
    grads = [nudge.grad for nudge in nudges if nudge.grad is not None]
    squares = torch.stack([g.double().pow(2).sum((1, 3)) for g in grads]).sum(0)  # (T, B)
    assert vectors.grad is not None
    return _backwards(squares.sqrt()), _backwards(vectors.grad.double().norm(dim=2))


def _unroll(layer: Layer, x: Tensor, state: State, nudge: Tensor) -> Tensor:
    """Run a layer over x: (T, B, E), adding `nudge`: (T, parts, B, H); return (T, B, H)."""
    weights = layer.weights
    products = functional.linear(x, weights.weight_ih, weights.bias_ih)
    state, outputs = tuple(part[0] for part in state), []
    for row, push in zip(products, nudge, strict=True):
        recurrent = functional.linear(state[0], weights.weight_hh, weights.bias_hh)
        state = tuple(p + n for p, n in zip(layer.step(row, recurrent, state), push, strict=True))
        outputs.append(state[0])
    return torch.stack(outputs)


def _backwards(norms: Tensor) -> list[float]:
    """(T, B) -> means over the streams, the last step first."""
    return [float(value) for value in norms.mean(1).flip(0)]


@torch.no_grad()
def matrices(network: TextNetwork) -> list[Matrix]:
    """Return the spectrum of every block of every recurrent matrix."""
    found = []
    for depth, row in enumerate(network.stack.rows):
        for backward, layer in enumerate(row):
            hidden = layer.rnn.hidden_size
            blocks = layer.weights.weight_hh.double().cpu().view(-1, hidden, hidden)
            gates = GATES[type(layer.rnn).__name__.lower()]
            for gate, block in zip(gates, blocks, strict=True):
                direction = "backward" if backward else "forward"
                radius, powers = _spectrum(block)
                found.append(Matrix(depth, direction, gate, radius, powers))
    return found


def _spectrum(block: Tensor) -> tuple[float, list[float]]:
    """Return the spectral radius of (H, H), and log10 of the norms of its powers."""
    radius = float(torch.linalg.eigvals(block).abs().max())
    norms, power, scale = [], block, 0.0
    for _ in POWERS:  # each the square of the one before, kept near 1 so that nothing overflows
        size = float(torch.linalg.matrix_norm(power, 2))
        scale += float(np.log10(size)) if size else -999.0
        norms.append(max(scale, -999.0))
        power = power / size if size else power
        power, scale = power @ power, 2 * scale
    return radius, norms
