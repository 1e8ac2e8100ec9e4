"""The order in which training reads a text. Random access, so that a resumed run continues exactly.

Carried-state streams: the text is cut into B streams read side by side, T symbols at a time, the
network's state handed on from chunk to chunk (stateful truncated back-propagation through time).
Windows: the W symbols before each position predict the one there, in a fresh random order each
epoch. Both are functions of (seed, epoch, step) alone: there is no iterator state to save.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnntui.data.vocabulary import Ids


@dataclass(frozen=True)
class Batch:
    """One step's reading."""

    x: NDArray[np.int64]
    """(T, B): what is read."""
    y: NDArray[np.int64]
    """(T, B) of streams, (B,) of windows: what follows."""
    fresh: bool
    """The network's state begins at zero here."""


def _rng(*key: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(key))


@dataclass(frozen=True)
class Streams:
    """A text as B parallel streams."""

    ids: Ids
    batch_size: int
    seq_len: int
    seed: int

    def offset(self, epoch: int) -> int:
        """Where the first stream begins: fresh in each epoch, so that chunk borders move."""
        spare = len(self.ids) - 1 - self.batch_size * self.seq_len
        return int(_rng(self.seed, epoch).integers(0, max(1, min(self.seq_len, spare + 1))))

    def steps(self, epoch: int) -> int:
        """Chunks in an epoch; what is left of each stream after the last is read another time."""
        return ((len(self.ids) - 1 - self.offset(epoch)) // self.batch_size) // self.seq_len

    def batch(self, epoch: int, step: int) -> Batch:
        """Return chunk `step` of an epoch."""
        offset = self.offset(epoch)
        length = (len(self.ids) - 1 - offset) // self.batch_size
        begins = offset + np.arange(self.batch_size) * length + step * self.seq_len
        places = begins + np.arange(self.seq_len + 1)[:, None]  # (T + 1, B)
        chunk = np.asarray(self.ids[places], np.int64)
        return Batch(chunk[:-1], chunk[1:], fresh=step == 0)


@dataclass(frozen=True)
class Windows:
    """A text as windows, many symbols to one."""

    ids: Ids
    batch_size: int
    window: int
    stride: int
    seed: int

    @property
    def count(self) -> int:
        """Windows in the text."""
        return max(0, (len(self.ids) - self.window - 1) // self.stride + 1)

    def steps(self, epoch: int) -> int:
        """Batches in an epoch, the last one perhaps smaller."""
        return -(-self.count // self.batch_size)

    def batch(self, epoch: int, step: int) -> Batch:
        """Return batch `step` of an epoch's random order."""
        first = step * self.batch_size
        positions = np.arange(first, min(first + self.batch_size, self.count))
        begins = shuffled(positions, self.count, (self.seed, epoch)) * self.stride
        x = np.asarray(self.ids[begins + np.arange(self.window)[:, None]], np.int64)  # (W, B)
        return Batch(x, np.asarray(self.ids[begins + self.window], np.int64), fresh=True)


def shuffled(positions: NDArray[np.int64], count: int, key: tuple[int, ...]) -> NDArray[np.int64]:
    """Return where the given positions of a random permutation of range(count) point.

    A four-round Feistel network over the smallest square of two powers that holds `count`, walked
    until it lands inside (Black and Rogaway 2002, "Ciphers with arbitrary finite domains"): the
    shuffle of a billion windows costs no memory and any place in it can be asked for.
    """
    half = max(1, (max(1, count - 1).bit_length() + 1) // 2)
    mask = (1 << half) - 1
    keys = _rng(*key).integers(0, 1 << 32, 4, dtype=np.uint64)
    out = positions.astype(np.uint64)
    outside = np.ones(len(out), bool)
    while outside.any():
        out[outside] = _feistel(out[outside], keys, half, mask)
        outside = out >= count
    return out.astype(np.int64)


def _feistel(
    values: NDArray[np.uint64], keys: NDArray[np.uint64], half: int, mask: int
) -> NDArray[Any]:
    left, right = values >> np.uint64(half), values & np.uint64(mask)
    for key in keys:
        mixed = (right ^ key) * np.uint64(0x9E3779B97F4A7C15)  # wraps; Fibonacci hashing
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        left, right = right, left ^ ((mixed >> np.uint64(32)) & np.uint64(mask))
    return (left << np.uint64(half)) | right
