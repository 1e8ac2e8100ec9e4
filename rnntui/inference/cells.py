"""One time step of one recurrent layer, as few NumPy calls as it takes.

Each NumPy call costs 0.3 to 0.5 microseconds, which at 2x128 is more than its arithmetic: hence the
fused gates, the buffers made once, and steps that are closures over them (attribute look-ups alone
cost 5 % there). The same code serves one stream, with vectors (H,), and B streams, with matrices
(H, B): BLAS picks the matrix-vector or matrix-matrix product by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from rnntui.checkpoints.config import Network
from rnntui.errors import CheckpointError
from rnntui.inference.blas import one_thread
from rnntui.inference.compiled import Floats, Gates, Head
from rnntui.inference.reader import Reader

Step = Callable[[Floats], None]
"""Advances a layer by one time step, given what its input adds to the gates: (G,) or (G, B)."""

# As arrays of no dimension these are taken as they are; a Python float costs 0.2 us to convert.
_HALF = np.array(0.5, np.float32)
_ZERO = np.array(0.0, np.float32)


@contextmanager
def steps_of(reader: Reader) -> Iterator[None]:
    """Hold every BLAS to one thread while a reader takes steps, and NumPy's warnings back.

    To be entered around many steps, since it costs microseconds: a tenth of a small step.

    Raises:
        CheckpointError: the logits at its end are no numbers.
    """
    with one_thread(), quiet():
        yield
    if not np.isfinite(reader.logits).all():
        raise overflow()


def quiet() -> np.errstate:
    """Hold back NumPy's warnings of overflow, which say it less clearly than `overflow`."""
    return np.errstate(over="ignore", invalid="ignore")


def overflow() -> CheckpointError:
    """What is wrong with a network whose logits are no numbers."""
    return CheckpointError(
        "the model overflows on this text: its weights are too large", "fetch or train it again"
    )


def columns(vector: Floats, like: Floats) -> Floats:
    """Return `vector` (N,) so that it broadcasts against (N,) or (N, B) arrays shaped `like`."""
    return vector if like.ndim == 1 else vector[:, None]


def lstm_step(weight: Floats, reads: Floats, hidden: Floats, carry: Floats) -> Step:
    """Make the step of an LSTM layer (Hochreiter and Schmidhuber 1997, with forget gates).

    Args:
        weight: (4H, K), rows as in `Gates`.
        reads: (K,) or (K, B): what the weight multiplies; it ends in `hidden`.
        hidden: (H,) or (H, B): the state, rewritten in place.
        carry: (5H,) or (5H, B): the gates' buffer followed by the cell state, so that
            `[i | f] * [g | c]` is one product.
    """
    size = len(hidden)
    gates, sigmoids, kept = carry[: 4 * size], carry[: 3 * size], carry[: 2 * size]
    output, candidate_and_cell, cell = (
        carry[2 * size : 3 * size], carry[3 * size :], carry[4 * size :],
    )  # fmt: skip
    terms = np.empty_like(kept)
    new, old = terms[:size], terms[size:]
    squashed = np.empty_like(hidden)
    dot, add, multiply, tanh, half = np.dot, np.add, np.multiply, np.tanh, _HALF

    def step(given: Floats) -> None:
        dot(weight, reads, gates)
        add(gates, given, gates)
        tanh(gates, gates)
        multiply(sigmoids, half, sigmoids)
        add(sigmoids, half, sigmoids)
        multiply(kept, candidate_and_cell, terms)  # i * g and f * c
        add(new, old, cell)
        tanh(cell, squashed)
        multiply(output, squashed, hidden)

    return step


def gru_step(weight: Floats, bias_new: Floats, reads: Floats, hidden: Floats) -> Step:
    """Make the step of a GRU layer (Cho et al. 2014, the reset gate after the product, as torch).

    Args:
        weight: (3H, H), rows as in `Gates`.
        bias_new: (H,): `b_hn`.
        reads: the state before the step; the same memory as `hidden`.
        hidden: (H,) or (H, B): the state, rewritten in place.
    """
    size = len(hidden)
    gates = np.empty((3 * size, *hidden.shape[1:]), np.float32)
    sigmoids, reset, update, new = (
        gates[: 2 * size], gates[:size], gates[size : 2 * size], gates[2 * size :],
    )  # fmt: skip
    shift = columns(bias_new, hidden)
    change = np.empty_like(hidden)
    two = 2 * size
    dot, add, multiply, subtract, tanh, half = (
        np.dot, np.add, np.multiply, np.subtract, np.tanh, _HALF,
    )  # fmt: skip

    def step(given: Floats) -> None:
        dot(weight, reads, gates)
        add(sigmoids, given[:two], sigmoids)
        tanh(sigmoids, sigmoids)
        multiply(sigmoids, half, sigmoids)
        add(sigmoids, half, sigmoids)
        add(new, shift, new)
        multiply(reset, new, new)
        add(new, given[two:], new)
        tanh(new, new)
        subtract(hidden, new, change)
        multiply(update, change, change)
        add(new, change, hidden)  # n + z * (h - n) = (1 - z) * n + z * h

    return step


def rnn_step(weight: Floats, nonlinearity: str, reads: Floats, hidden: Floats) -> Step:
    """Make the step of a plain recurrent layer (Elman 1990).

    Args:
        weight: (H, K), halved for a sigmoid.
        nonlinearity: "tanh", "relu" or "sigmoid".
        reads: (K,) or (K, B): what the weight multiplies; it ends in `hidden`.
        hidden: (H,) or (H, B): the state, rewritten in place.
    """
    total = np.empty_like(hidden)
    dot, add, multiply, maximum, tanh = np.dot, np.add, np.multiply, np.maximum, np.tanh
    half, zero = _HALF, _ZERO

    def tanh_step(given: Floats) -> None:
        dot(weight, reads, total)
        add(total, given, total)
        tanh(total, hidden)

    def relu_step(given: Floats) -> None:
        dot(weight, reads, total)
        add(total, given, total)
        maximum(total, zero, out=hidden)

    def sigmoid_step(given: Floats) -> None:
        tanh_step(given)
        multiply(hidden, half, hidden)
        add(hidden, half, hidden)

    return {"tanh": tanh_step, "relu": relu_step, "sigmoid": sigmoid_step}[nonlinearity]


def make_step(
    network: Network, gates: Gates, weight: Floats, reads: Floats, hidden: Floats, carry: Floats
) -> Step:
    """Make the step of a layer of whatever cell the network has; arguments as above."""
    if network.cell == "lstm":
        return lstm_step(weight, reads, hidden, carry)
    if network.cell == "gru":
        return gru_step(weight, gates.bias_new, reads, hidden)
    return rnn_step(weight, network.nonlinearity, reads, hidden)


def make_head(head: Head, features: Floats, logits: Floats) -> Callable[[], None]:
    """Make the function that computes `logits` (V,) or (V, B) from `features` (F,) or (F, B)."""
    layers = []
    reads = features
    for weight, bias in head.layers[:-1]:
        out = np.empty((len(bias), *features.shape[1:]), np.float32)
        layers.append((weight, reads, out, columns(bias, out)))
        reads = out
    last, bias = head.layers[-1]
    shift = columns(bias, logits)
    relu = head.activation == "relu"

    def compute() -> None:
        for weight, before, out, between in layers:
            np.dot(weight, before, out)
            np.add(out, between, out)
            if relu:
                np.maximum(out, _ZERO, out=out)
            else:
                np.tanh(out, out)
        np.dot(last, reads, logits)
        np.add(logits, shift, logits)

    return compute
