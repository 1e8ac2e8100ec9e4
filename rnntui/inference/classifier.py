"""A classifier's weights, and three ways through them: a batch of texts, one text, one more word.

Layer 0's input product is not a table here, as it is for letters: 20,000 words times the gates of
512 units would be 164 MB, and a text's own words cost a single product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnntui.checkpoints.config import Config, Network
from rnntui.data.batches import by_length, padded
from rnntui.data.words import WordIds
from rnntui.inference.compiled import Floats, Gates, Head, Tensors, all_gates, head_of
from rnntui.inference.pooling import Pool
from rnntui.inference.windows import Direction

_GATE_BYTES = 32 << 20
"""What the gates' inputs of a batch may take in each direction."""


@dataclass(frozen=True)
class ClassifierNetwork:
    """The weights of a network that judges texts of words."""

    network: Network
    vectors: Floats
    """(V, E): of the words."""
    gates: tuple[tuple[Gates, ...], ...]
    """Of each layer, of each direction: forward, then backward."""
    pool: Pool
    head: Head

    @classmethod
    def build(cls, config: Config, tensors: Tensors) -> ClassifierNetwork:
        """Rearrange a checkpoint's tensors."""
        network = config.network
        gates = all_gates(network, tensors)
        vectors = np.array(tensors["embedding.weight"], np.float32)
        return cls(network, vectors, gates, Pool.build(network, tensors), head_of(network, tensors))

    def judged(self, pooled: Floats) -> Floats:
        """Return the logits (N,) of pooled states (N, P)."""
        return self.head.outputs(pooled)[:, 0]

    def prefix_logits(self, ids: WordIds) -> Floats:
        """Return the logit after each word of a text, read once from a zero state.

        Args:
            ids: (T,), T >= 1.

        Returns:
            (T,): what `logits` says of each prefix. Only for networks of one direction.
        """
        return self.judged(self.pool.prefixes(self._states(ids)))

    def logit(self, ids: WordIds) -> float:
        """Return the last of `prefix_logits` without the others; likewise for one direction."""
        states = self._states(ids)[:, None]  # (T, 1, H)
        return float(self.judged(self.pool.wholes(states, np.array([len(ids)])))[0])

    def _states(self, ids: WordIds) -> Floats:
        """(T, H): the states of the top layer of a network of one direction."""
        assert len(self.gates[0]) == 1
        features = self.vectors[ids]  # (T, E)
        for (gates,) in self.gates:
            given = features @ gates.inputs.T + gates.bias  # (T, G)
            features = np.empty((len(ids), self.network.hidden), np.float32)
            Direction(self.network, gates, ()).run(given, features, backward=False)
        return features

    def logits(self, texts: Sequence[WordIds]) -> Floats:
        """Return the logit of each text, many side by side: (N,).

        Args:
            texts: (T_i,) each, T_i >= 1; in any order and of any lengths.
        """
        found = np.empty(len(texts), np.float32)
        lengths = np.array([len(text) for text in texts], np.int64)
        words = _GATE_BYTES // (4 * len(self.gates[0][0].bias))
        for batch in by_length(lengths, words):
            side_by_side = padded([texts[i] for i in batch])
            found[batch] = self._batch(side_by_side.ids, side_by_side.lengths)
        return found

    def _batch(self, ids: np.ndarray, lengths: np.ndarray) -> Floats:
        steps, count = ids.shape
        times = np.arange(steps)[:, None]
        turned = np.where(times < lengths, lengths - 1 - times, times)  # (T, B), its own inverse
        columns = np.arange(count)
        features = self.vectors[ids]  # (T, B, E)
        size = self.network.hidden
        for layer in self.gates:
            out = np.empty((steps, count, size * len(layer)), np.float32)
            for side, gates in enumerate(layer):
                given = features.reshape(steps * count, -1) @ gates.inputs.T + gates.bias
                given = given.reshape(steps, count, -1)  # (T, B, G)
                part = out[..., side * size : (side + 1) * size]
                direction = Direction(self.network, gates, (count,))
                # Padding is read last, in either direction, and so changes nothing.
                direction.run(given[turned, columns] if side else given, part, backward=False)
                if side:
                    part[:] = part[turned, columns]
            features = out
        return self.judged(self.pool.wholes(features, lengths))
