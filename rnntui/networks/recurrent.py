"""The recurrent stack: one torch layer per layer and direction, regularised between and inside.

Layers are separate modules, because torch.nn draws a new dropout mask at every step and knows no
weight drop; a checkpoint names them as one module all the same (`networks.exchange`).
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.func import functional_call

from rnntui.checkpoints.config import Network
from rnntui.networks.dropout import LockedDropout, Share, mask
from rnntui.networks.scan import Matrices, State, scan, step_of


class Layer(nn.Module):
    """One recurrent layer in one direction, over a sequence.

    The parameters live in a torch.nn module and are used through its fused kernels (oneDNN on a
    CPU, cuDNN on a GPU) wherever those can do what is asked, else step by step.
    """

    def __init__(self, network: Network, inputs: int, generator: torch.Generator) -> None:
        super().__init__()
        self.step = step_of(network.cell, network.nonlinearity)
        self.parts = 2 if network.cell == "lstm" else 1
        self.recurrent_dropout = network.recurrent_dropout
        self.weight_drop = network.weight_drop
        self.generator = generator
        self.share = Share()
        self.only_scanned = network.nonlinearity == "sigmoid"
        self.rnn: nn.RNNBase
        if network.cell == "lstm":
            self.rnn = nn.LSTM(inputs, network.hidden)
        elif network.cell == "gru":
            self.rnn = nn.GRU(inputs, network.hidden)
        else:
            relu = network.nonlinearity == "relu"
            self.rnn = nn.RNN(inputs, network.hidden, nonlinearity="relu" if relu else "tanh")

    @property
    def weights(self) -> Matrices:
        """The parameters by their roles."""
        return Matrices(*(getattr(self.rnn, f"{name}_l0") for name in Matrices._fields))

    def forward(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Run over `x`: (T, B, E) from `state`; return (T, B, H) and the last state."""
        weights = self.weights
        if self.training and self.weight_drop:
            dropped = mask(tuple(weights.weight_hh.shape), self.weight_drop, self.generator)
            weights = weights._replace(weight_hh=weights.weight_hh * dropped)
        state_mask = None
        if self.training and self.recurrent_dropout:
            shape = (x.shape[1], self.rnn.hidden_size)
            state_mask = self.share.mask(shape, self.recurrent_dropout, self.generator)
        if self.only_scanned or state_mask is not None:
            return scan(self.step, weights, x, state, state_mask)
        # functional_call hands the dropped matrix to the kernel for this one call: no parameter is
        # renamed or overwritten, which is what broke weight drop elsewhere (awd-lstm-lm
        # issues 2 and 4).
        named = {"weight_hh_l0": weights.weight_hh}
        packed = state if self.parts == 2 else state[0]
        outputs, last = functional_call(self.rnn, named, (x, packed))
        return outputs, last if self.parts == 2 else (last,)


class RecurrentStack(nn.Module):
    """Layers on layers, with locked dropout between them.

    Args:
        network: the shape.
        inputs: width of what the first layer reads.
        generator: draws all masks.
    """

    def __init__(self, network: Network, inputs: int, generator: torch.Generator) -> None:
        super().__init__()
        self.hidden = network.hidden
        self.parts = 2 if network.cell == "lstm" else 1
        self.between = LockedDropout(network.dropout, generator)
        widths = [inputs] + [network.features] * (network.layers - 1)
        self.layers = nn.ModuleList(
            nn.ModuleList(Layer(network, width, generator) for _ in range(network.directions))
            for width in widths
        )

    @property
    def rows(self) -> list[list[Layer]]:
        """The layers from the bottom up, each with its one or two directions."""
        return cast("list[list[Layer]]", self.layers)

    def zero_state(self, batch: int) -> list[State]:
        """The state before any text: for each layer and direction, parts of (1, B, H)."""
        like = next(self.parameters())
        zero = like.new_zeros(1, batch, self.hidden)
        return [(zero,) * self.parts for row in self.rows for _ in row]

    def forward(
        self, x: Tensor, state: list[State], reversal: Tensor | None = None
    ) -> tuple[Tensor, list[State]]:
        """Run over `x`: (T, B, E) from `state`; return (T, B, directions * H) and the last state.

        The backward direction of a layer begins at the sequence's end, as torch.nn's does; it makes
        sense only where the whole sequence is known, that is, inside a window.

        Args:
            x: what is read.
            state: from `zero_state`, or what the last call returned.
            reversal: (T, B), from `reversal_of`: of sequences that are padded at their ends, the
                places that the backward direction reads one after another.
        """
        last: list[State] = []
        states = iter(state)
        for depth, row in enumerate(self.rows):
            if depth:
                x = self.between(x)
            outputs = []
            for backward, layer in enumerate(row):
                read = turned(x, reversal) if backward else x
                out, end = layer(read, next(states))
                outputs.append(turned(out, reversal) if backward else out)
                last.append(end)
            x = torch.cat(outputs, 2) if len(outputs) > 1 else outputs[0]
        return x, last


def reversal_of(lengths: Tensor, steps: int) -> Tensor:
    """Return (T, B): each sequence's places from its own last to its first, padding in its place.

    So both directions read words first and padding last, which therefore changes nothing. A packed
    sequence would say the same to torch.nn, at ten times the cost on a CPU, whose fused kernels
    take none (both ways through 32 reviews of 230 words, 128 units: 58,000 words a second against
    6,000 packed).
    """
    times = torch.arange(steps, device=lengths.device)[:, None]  # (T, 1)
    return torch.where(times < lengths, lengths - 1 - times, times)  # (T, B)


def turned(x: Tensor, reversal: Tensor | None) -> Tensor:
    """Return `x`: (T, B, F) in reversed order; done twice, it is as before."""
    if reversal is None:
        return x.flip(0)
    return x.gather(0, reversal[..., None].expand(-1, -1, x.shape[2]))


def initialise(module: nn.Module, generator: torch.Generator) -> None:
    """Draw the weights of a stack's layers: orthogonal recurrent matrices, forget bias 1.

    Saxe, McClelland and Ganguli 2014 for the orthogonal start; Gers, Schmidhuber and Cummins 2000
    and Jozefowicz, Zaremba and Sutskever 2015 for the forget gate. torch adds two biases: one holds
    the 1, the other stays 0.
    """
    for layer in module.modules():
        if not isinstance(layer, Layer):
            continue
        weights, hidden = layer.weights, layer.rnn.hidden_size
        for gate in weights.weight_hh.detach().chunk(len(weights.weight_hh) // hidden):
            nn.init.orthogonal_(gate, generator=generator)
        nn.init.xavier_uniform_(weights.weight_ih, generator=generator)
        nn.init.zeros_(weights.bias_ih)
        nn.init.zeros_(weights.bias_hh)
        if isinstance(layer.rnn, nn.LSTM):
            weights.bias_ih.detach()[hidden : 2 * hidden] = 1.0


def read_share(module: nn.Module, share: Share) -> None:
    """Let a network's masks be those for a share of each batch."""
    for part in module.modules():
        if isinstance(part, Layer | LockedDropout):
            part.share = share
