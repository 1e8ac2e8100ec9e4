"""From the states after each word to what the head reads: of whole texts, or of every prefix.

A prefix's pooled state needs no second reading: the last state is there, the largest so far and the
sum so far run along, and a softmax over the words so far is a sum of exponentials.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.config import Network
from rnntui.inference.compiled import Floats, Tensors

_LEAST = -700.0
"""The exponent of a score so far below the highest that float64 would lose it."""


@dataclass(frozen=True)
class Pool:
    """How a network pools; F is directions * H, P the width of what comes out."""

    kinds: tuple[str, ...]
    """What lies side by side: "last", "max", "mean", or "attention" alone."""
    hidden: int
    """H."""
    weight: Floats
    """(F,): scores a state, of attention. Its bias moves all scores alike, and so nothing."""

    @classmethod
    def build(cls, network: Network, tensors: Tensors) -> Pool:
        """Take a checkpoint's pooling."""
        assert network.pooling
        weight = np.zeros(0, np.float32)
        if network.pooling == "attention":
            weight = np.array(tensors["pooling.weight"][0], np.float32)
        return cls(tuple(network.pooling.split("-")), network.hidden, weight)

    def prefixes(self, features: Floats) -> Floats:
        """Return what the head reads after each word of a text that is read in one direction.

        Args:
            features: (T, F).

        Returns:
            (T, P).
        """
        return np.hstack([self._prefixes(kind, features) for kind in self.kinds])

    def _prefixes(self, kind: str, features: Floats) -> Floats:
        if kind == "last":
            return features
        if kind == "max":
            return np.maximum.accumulate(features, 0)
        if kind == "mean":
            shares = np.ones(len(features))
        else:
            scores = (features @ self.weight).astype(np.float64)
            shares = np.exp(np.maximum(scores - scores.max(), _LEAST))
        # In float64: float32 would add its rounding up over the words.
        sums = np.cumsum(features * shares[:, None], 0)
        return (sums / np.cumsum(shares)[:, None]).astype(np.float32)

    def wholes(self, features: Floats, lengths: NDArray[np.int64]) -> Floats:
        """Return what the head reads of several texts.

        Args:
            features: (T, B, F); what lies beyond a text's length counts for nothing.
            lengths: (B,).

        Returns:
            (B, P).
        """
        there = (np.arange(len(features))[:, None] < lengths)[..., None]  # (T, B, 1)
        return np.hstack([self._wholes(kind, features, lengths, there) for kind in self.kinds])

    def _wholes(
        self, kind: str, features: Floats, lengths: NDArray[np.int64], there: NDArray[Any]
    ) -> Floats:
        if kind == "last":
            ends = features[lengths - 1, np.arange(len(lengths))]
            ends[:, self.hidden :] = features[0, :, self.hidden :]  # the backward direction's end
            return ends
        if kind == "max":
            largest: Floats = np.where(there, features, np.float32(-np.inf)).max(0)
            return largest
        if kind == "mean":
            shares = there[..., 0].astype(np.float32)  # (T, B)
        else:
            scores = np.where(there[..., 0], features @ self.weight, np.float32(-np.inf))
            shares = np.exp(scores - scores.max(0))
        pooled: Floats = np.einsum("tb,tbf->bf", shares / shares.sum(0), features)
        return pooled
