"""Recurrent layers one time step at a time, for what torch's fused ones lack.

torch.nn has no mask on the state inside a sequence and no sigmoid network. These loops have both,
at the price of speed; with neither they compute what torch.nn computes, which the tests hold.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

State = tuple[Tensor, ...]
"""(hidden,) of rnn and gru, (hidden, cell) of lstm; each (1, B, H)."""


class Matrices(NamedTuple):
    """The weights of one layer in one direction, named and laid out as torch.nn does."""

    weight_ih: Tensor
    """(G, E), G = gates * H."""
    weight_hh: Tensor
    """(G, H)."""
    bias_ih: Tensor
    bias_hh: Tensor


Step = Callable[[Tensor, Tensor, State], State]
"""(input product (B, G), recurrent product (B, G), state) -> state, each (B, H)."""


def _lstm(x: Tensor, r: Tensor, state: State) -> State:
    i, f, g, o = (x + r).chunk(4, 1)
    cell = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
    return o.sigmoid() * cell.tanh(), cell


def _gru(x: Tensor, r: Tensor, state: State) -> State:
    xr, xz, xn = x.chunk(3, 1)
    rr, rz, rn = r.chunk(3, 1)
    z = (xz + rz).sigmoid()
    n = (xn + (xr + rr).sigmoid() * rn).tanh()
    return (n + z * (state[0] - n),)


def _rnn(activation: Callable[[Tensor], Tensor]) -> Step:
    return lambda x, r, state: (activation(x + r),)


def step_of(cell: str, nonlinearity: str) -> Step:
    """Return the function that makes one step of a cell."""
    if cell == "lstm":
        return _lstm
    if cell == "gru":
        return _gru
    return _rnn({"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}[nonlinearity])


def scan(
    step: Step, weights: Matrices, x: Tensor, state: State, state_mask: Tensor | None = None
) -> tuple[Tensor, State]:
    """Run a layer over a sequence.

    Args:
        step: from `step_of`.
        weights: of the layer.
        x: (T, B, E).
        state: each (1, B, H).
        state_mask: (B, H), multiplied onto the hidden state before each recurrent product:
            recurrent dropout with one mask for all steps. The state handed on is unmasked.

    Returns:
        The hidden states (T, B, H), and the last state.
    """
    inputs = functional.linear(x, weights.weight_ih, weights.bias_ih)  # (T, B, G)
    state = tuple(part[0] for part in state)
    outputs = []
    for row in inputs.unbind(0):
        hidden = state[0] if state_mask is None else state[0] * state_mask
        state = step(row, functional.linear(hidden, weights.weight_hh, weights.bias_hh), state)
        outputs.append(state[0])
    return torch.stack(outputs), tuple(part[None] for part in state)
