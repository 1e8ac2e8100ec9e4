"""The network that writes: symbols in, logits of the next symbol out."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from rnntui.checkpoints.config import Config, head_width
from rnntui.networks.dropout import LockedDropout
from rnntui.networks.recurrent import RecurrentStack, initialise
from rnntui.networks.scan import State


class TextNetwork(nn.Module):
    """Embedding or one-hot, recurrent stack, head.

    Args:
        config: shape and vocabulary.
        generator: draws the initial weights and, in training, all dropout masks. The network lives
            on its device.
    """

    def __init__(self, config: Config, generator: torch.Generator) -> None:
        super().__init__()
        network = config.network
        self.symbols = config.outputs
        self.reads_windows = network.reads == "window"
        self.embedding = (
            nn.Embedding(self.symbols, network.embedding) if network.embedding else None
        )
        self.input_dropout = LockedDropout(network.input_dropout, generator)
        self.stack = RecurrentStack(network, config.inputs, generator)
        self.output_dropout = LockedDropout(network.output_dropout, generator)
        self.activation = torch.relu if network.head.activation == "relu" else torch.tanh
        widths = [network.features, *network.head.hidden]
        self.head_layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.head = nn.Linear(head_width(network), self.symbols)
        self._initialise(generator)
        if network.tied and self.embedding:
            self.head.weight = self.embedding.weight
        self.to(generator.device)

    def _initialise(self, generator: torch.Generator) -> None:
        # Drawn on the CPU, so that a seed gives the same start on every device.
        own = torch.Generator().manual_seed(generator.initial_seed())
        initialise(self.stack, own)
        for module in (*self.head_layers, self.head):
            assert isinstance(module, nn.Linear)
            nn.init.xavier_uniform_(module.weight, generator=own)
            nn.init.zeros_(module.bias)
        if self.embedding:
            # As the head when tied: rows of about unit length keep both uses in range.
            nn.init.normal_(self.embedding.weight, 0, self.embedding.embedding_dim**-0.5, own)
        else:
            for layer in self.stack.rows[0]:
                # A one-hot vector sums a single column: with fan-in scaling the first epoch is
                # spent growing it (validation loss 2.38 against 1.90 after one epoch of 1 MB).
                nn.init.normal_(layer.weights.weight_ih, 0, 0.5, own)

    def forward(self, x: Tensor, state: list[State]) -> tuple[Tensor, list[State]]:
        """Predict the next symbol.

        Args:
            x: (T, B) symbols.
            state: from `zero_state`, or what the last call returned.

        Returns:
            Logits, (T, B, V) of streams or (B, V) of windows; and the state to carry on.
        """
        features, state = self.features(x, state)
        return self.head(features), state

    def features(self, x: Tensor, state: list[State]) -> tuple[Tensor, list[State]]:
        """Return what the output layer reads, (T, B, K) or (B, K), and the state to carry on."""
        features, state = self.stack(self.input_dropout(self._vectors(x)), state)  # (T, B, F)
        if self.reads_windows:
            features = self._ends(state)  # (B, F)
            features = self.output_dropout(features[None])[0]
        else:
            features = self.output_dropout(features)
        for layer in self.head_layers:
            features = self.activation(layer(features))
        return features, state

    def zero_state(self, batch: int) -> list[State]:
        """The state before any text."""
        return self.stack.zero_state(batch)

    def _vectors(self, x: Tensor) -> Tensor:
        if self.embedding is not None:
            vectors: Tensor = self.embedding(x)
            return vectors
        # Made for each batch: a table of them all, at 20,000 symbols, would take 1.6 GB.
        zeros = self.head.weight.new_zeros(*x.shape, self.symbols)
        return zeros.scatter_(-1, x[..., None], 1.0)  # (T, B, V)

    def _ends(self, state: list[State]) -> Tensor:
        """(B, F): where each direction of the top layer ended, forward then backward."""
        directions = len(self.stack.rows[-1])
        return torch.cat([part[0][0] for part in state[-directions:]], 1)
