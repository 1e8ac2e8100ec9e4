"""Reviews in batches of about one length, in an order that is a function of seed and epoch alone.

A batch is as long as its longest review: in batches drawn at random from IMDb more than half of
all steps would read padding, in these a few per cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rnntui.data.words import PAD, WordIds

Keep = Literal["first", "last", "both"]

_POOL = 64
"""Batches that are sorted by length together: enough to lie close, few enough to stay random."""


@dataclass(frozen=True)
class Padded:
    """Some sequences side by side."""

    ids: NDArray[np.int64]
    """(T, B): words; `PAD` where a sequence has ended."""
    lengths: NDArray[np.int64]
    """(B,)."""


def padded(sequences: Sequence[WordIds]) -> Padded:
    """Lay sequences side by side, the shorter ones padded at their ends."""
    lengths = np.array([len(sequence) for sequence in sequences], np.int64)
    ids = np.full((int(lengths.max()), len(sequences)), PAD, np.int64)
    for column, sequence in enumerate(sequences):
        ids[: len(sequence), column] = sequence
    return Padded(ids, lengths)


def cut(ids: WordIds, most: int, keep: Keep) -> WordIds:
    """Return at most `most` words of a review: its first, its last, or a quarter and the rest."""
    if len(ids) <= most:
        return ids
    if keep == "first":
        return ids[:most]
    if keep == "last":
        return ids[-most:]
    first = most // 4
    return np.concatenate([ids[:first], ids[len(ids) - (most - first) :]])


class LengthBatches:
    """The order of reading reviews.

    Args:
        lengths: (n,): of each review, as far as it is read.
        batch_size: reviews in a batch.
        seed: of the order.
    """

    def __init__(self, lengths: NDArray[Any], batch_size: int, seed: int) -> None:
        self._lengths, self._size, self._seed = lengths, batch_size, seed
        self._epoch, self._batches = -1, list[NDArray[np.int64]]()

    @property
    def steps(self) -> int:
        """Batches in an epoch; the last may be smaller."""
        return -(-len(self._lengths) // self._size)

    def batch(self, epoch: int, step: int) -> NDArray[np.int64]:
        """Return the reviews of a batch, as indices into the lengths: (B,)."""
        if epoch != self._epoch:
            self._epoch, self._batches = epoch, self._order(epoch)
        return self._batches[step]

    def _order(self, epoch: int) -> list[NDArray[np.int64]]:
        rng = np.random.default_rng(np.random.SeedSequence((self._seed, epoch)))
        shuffled = rng.permutation(len(self._lengths))
        batches = []
        for begin in range(0, len(shuffled), _POOL * self._size):
            pool = shuffled[begin : begin + _POOL * self._size]
            pool = pool[np.argsort(self._lengths[pool], kind="stable")]
            batches += [pool[i : i + self._size] for i in range(0, len(pool), self._size)]
        return [batches[i] for i in rng.permutation(len(batches))]


def by_length(lengths: NDArray[Any], batch_words: int) -> list[NDArray[np.int64]]:
    """Return batches for reading without training: sorted, each of about `batch_words` words.

    Args:
        lengths: (n,).
        batch_words: longest length times count, at most; a longer review goes alone.
    """
    order = np.argsort(lengths, kind="stable")
    batches: list[NDArray[np.int64]] = []
    begin = 0
    for end in range(1, len(order) + 1):
        full = end < len(order) and (end + 1 - begin) * int(lengths[order[end]]) > batch_words
        if full or end == len(order):
            batches.append(order[begin:end])
            begin = end
    return batches


def windows(length: int, window: int) -> list[tuple[int, int]]:
    """Return begin and end of the consecutive windows of a text of `length` words, at least one."""
    return [(i, min(i + window, length)) for i in range(0, length, window)]
