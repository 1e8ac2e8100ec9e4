"""The network that judges: words in, one logit out, positive for a positive verdict."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from rnntui.checkpoints.config import Config, head_width
from rnntui.networks.dropout import LockedDropout, mask
from rnntui.networks.recurrent import RecurrentStack, initialise, reversal_of


class Classifier(nn.Module):
    """Embedding, recurrent stack, pooling over the words that are there, head.

    Args:
        config: shape and vocabulary.
        generator: draws the initial weights and, in training, all dropout masks. The network lives
            on its device.
        embedding_dropout: share of the vocabulary that is left out in a step of training (Gal and
            Ghahramani 2016): no verdict may hang on a single word.
    """

    def __init__(
        self, config: Config, generator: torch.Generator, embedding_dropout: float = 0.0
    ) -> None:
        super().__init__()
        network = config.network
        self.generator = generator
        self.embedding_dropout = embedding_dropout
        self.pooling = network.pooling
        self.hidden = network.hidden
        self.embedding = nn.Embedding(config.symbols, network.embedding)
        self.input_dropout = LockedDropout(network.input_dropout, generator)
        self.stack = RecurrentStack(network, network.embedding, generator)
        self.attention = nn.Linear(network.features, 1) if network.pooling == "attention" else None
        self.output_dropout = LockedDropout(network.output_dropout, generator)
        self.activation = torch.relu if network.head.activation == "relu" else torch.tanh
        widths = [network.pooled, *network.head.hidden]
        self.head_layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.head = nn.Linear(head_width(network), 1)
        self._initialise(generator)
        self.to(generator.device)

    def _initialise(self, generator: torch.Generator) -> None:
        # Drawn on the CPU, so that a seed gives the same start on every device.
        own = torch.Generator().manual_seed(generator.initial_seed())
        initialise(self.stack, own)
        linear = [*self.head_layers, self.head, *([self.attention] if self.attention else [])]
        for module in linear:
            assert isinstance(module, nn.Linear)
            nn.init.xavier_uniform_(module.weight, generator=own)
            nn.init.zeros_(module.bias)
        nn.init.normal_(self.embedding.weight, 0, self.embedding.embedding_dim**-0.5, own)

    def forward(self, words: Tensor, lengths: Tensor) -> Tensor:
        """Judge some texts.

        Args:
            words: (T, B), padded at the ends with anything.
            lengths: (B,), at least 1 each.

        Returns:
            (B,) logits, independent of the padding.
        """
        x = self.input_dropout(self._vectors(words))  # (T, B, E)
        both = len(self.stack.rows[0]) == 2
        reversal = reversal_of(lengths, len(words)) if both else None
        features, _ = self.stack(x, self.stack.zero_state(words.shape[1]), reversal)  # (T, B, F)
        pooled = self._pooled(features, lengths)  # (B, P)
        pooled = self.output_dropout(pooled[None])[0]
        for layer in self.head_layers:
            pooled = self.activation(layer(pooled))
        logits: Tensor = self.head(pooled)[:, 0]
        return logits

    def _vectors(self, words: Tensor) -> Tensor:
        weight = self.embedding.weight
        if not self.training or not self.embedding_dropout:
            return functional.embedding(words, weight)
        # The mask is looked up like the vectors: multiplying the table would cost its whole size.
        kept = mask((len(weight),), self.embedding_dropout, self.generator)
        return functional.embedding(words, weight) * kept[words][..., None]

    def _pooled(self, features: Tensor, lengths: Tensor) -> Tensor:
        """(B, P) of features (T, B, F): as the network pools, over each text's own words."""
        times = torch.arange(len(features), device=lengths.device)[:, None]
        there = (times < lengths)[..., None]  # (T, B, 1)
        match self.pooling:
            case "max":
                return self._max(features, there)
            case "mean":
                return self._mean(features, there, lengths)
            case "attention":
                assert self.attention is not None
                scores: Tensor = self.attention(features)  # (T, B, 1)
                shares = scores.masked_fill(~there, -torch.inf).softmax(0)
                return (shares * features).sum(0)
            case "last-max-mean":
                parts = (
                    self._last(features, lengths),
                    self._max(features, there),
                    self._mean(features, there, lengths),
                )
                return torch.cat(parts, 1)
            case _:
                return self._last(features, lengths)

    def _last(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Where each direction ended: the forward one at the last word, the other at the first."""
        places = (lengths - 1)[None, :, None].expand(1, -1, self.hidden)
        forward = features[..., : self.hidden].gather(0, places)[0]
        return torch.cat([forward, features[0, :, self.hidden :]], 1)

    @staticmethod
    def _max(features: Tensor, there: Tensor) -> Tensor:
        return features.masked_fill(~there, -torch.inf).amax(0)

    @staticmethod
    def _mean(features: Tensor, there: Tensor, lengths: Tensor) -> Tensor:
        return (features * there).sum(0) / lengths[:, None]
