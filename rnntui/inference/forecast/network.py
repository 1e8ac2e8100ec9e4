"""A forecaster's weights, and the way of B windows through them."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.config import Config, Network
from rnntui.inference.blas import one_thread
from rnntui.inference.cells import quiet
from rnntui.inference.compiled import Floats, Gates, Head, Tensors, all_gates, head_of
from rnntui.inference.windows import Direction

_GATE_BYTES = 16 << 20
"""What the gates' inputs of a batch may take."""
_KEPT = 4096
"""Windows whose outputs are remembered."""


@dataclass(frozen=True)
class ForecastNetwork:
    """A recurrent stack over windows of numbers, and its head."""

    network: Network
    gates: tuple[tuple[Gates, ...], ...]
    """Of each layer, of each direction: forward, then backward."""
    head: Head
    horizon: int

    @classmethod
    def build(cls, config: Config, tensors: Tensors) -> ForecastNetwork:
        """Rearrange a checkpoint's tensors."""
        network = config.network
        assert config.horizon
        gates = all_gates(network, tensors)
        return cls(network, gates, head_of(network, tensors), config.horizon)

    def outputs(self, inputs: Floats) -> NDArray[np.float64]:
        """Read windows from a zero state.

        Args:
            inputs: (B, N, F).

        Returns:
            (B, H, Q), as `levels.quantiles_of` takes them; of a point forecaster (B, H, 1).
        """
        windows, steps, _ = inputs.shape
        rows = len(self.gates[0][0].bias)
        size = max(1, _GATE_BYTES // (4 * rows * steps))
        with one_thread(), quiet():
            parts = [self._batch(inputs[i : i + size]) for i in range(0, windows, size)]
        return np.concatenate(parts).reshape(windows, self.horizon, -1).astype(np.float64)

    def _batch(self, inputs: Floats) -> Floats:
        features = np.ascontiguousarray(inputs.transpose(1, 0, 2), np.float32)  # (N, B, F)
        steps, count, _ = features.shape
        size = self.network.hidden
        for layer in self.gates:
            out = np.empty((steps, count, size * len(layer)), np.float32)
            for side, gates in enumerate(layer):
                given = features.reshape(steps * count, -1) @ gates.inputs.T + gates.bias
                part = out[..., side * size : (side + 1) * size]
                direction = Direction(self.network, gates, (count,))
                direction.run(given.reshape(steps, count, -1), part, backward=side == 1)
            features = out
        # Where each direction ended: the forward one at the last period, the other at the first.
        pooled = np.concatenate([features[-1, :, :size], features[0, :, size:]], 1)
        return self.head.outputs(pooled)


class Readings:
    """What windows gave that were read before: a backtest comes by each of them many times."""

    def __init__(self) -> None:
        self._kept: dict[bytes, NDArray[np.float64]] = {}
        """By a digest of each window: windows of thousands of values would take gigabytes."""

    def outputs(self, network: ForecastNetwork, inputs: Floats) -> NDArray[np.float64]:
        """Return what `ForecastNetwork.outputs` does of B >= 1 windows, read or remembered."""
        kept = self._kept
        keys = [blake2b(window.tobytes(), digest_size=16).digest() for window in inputs]
        rows = [kept.get(key) for key in keys]
        unread = [place for place, row in enumerate(rows) if row is None]
        if unread:
            if len(kept) + len(unread) > _KEPT:
                kept.clear()
            for place, row in zip(unread, network.outputs(inputs[unread]), strict=True):
                rows[place] = kept[keys[place]] = row
        return np.stack([row for row in rows if row is not None])
