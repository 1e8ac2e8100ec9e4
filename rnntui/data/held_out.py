"""Which reviews train, which choose the checkpoint, and which only measure.

A data set's own test half is never divided: it measures, and nothing else. Validation reviews are
held out of what is left, and reviews that are the same words always go together, or a network
would be judged on what it learned by heart.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnntui.data.review_corpus import NO_PART, PARTS, Numbers, ReviewCorpus
from rnntui.data.reviews import Part
from rnntui.data.splits import Split, check_split
from rnntui.errors import CorpusError

_TRAIN, _VAL, _TEST = range(3)


def parts_of(corpus: ReviewCorpus, split: Split, seed: int) -> NDArray[np.int8]:
    """Return the part of each review, as an index into `PARTS`: (n,).

    Where the data set names its parts they stand, and only if it names no validation part, the
    share `split[1] / (split[0] + split[1])` of its training part becomes one. Elsewhere the shares
    of `split` are drawn. Both are functions of the seed and the texts, whatever their order.

    Raises:
        CorpusError: the shares are none.
    """
    check_split(split)
    parts = corpus.given.astype(np.int8)
    loose = np.flatnonzero(parts == NO_PART)
    _deal(parts, corpus, loose, split, seed)
    named = np.flatnonzero(corpus.given == _TRAIN)
    if len(named) and not (corpus.given == _VAL).any():
        held = split[1] / (split[0] + split[1])
        _deal(parts, corpus, named, (1 - held, held, 0.0), seed)
    return parts


def rows_of(parts: Numbers, part: Part) -> NDArray[np.int64]:
    """Return the indices of the reviews of a part, in their order."""
    return np.flatnonzero(parts == PARTS.index(part))


def shares_of(parts: Numbers) -> Split:
    """Return what share of the reviews each part has, as `config.json` keeps it."""
    train, val, test = (float(np.mean(parts == part)) for part in range(len(PARTS)))
    return train, val, test


def without(corpus: ReviewCorpus, digests: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the indices of the reviews of a corpus that are none of these."""
    return np.flatnonzero(~np.isin(corpus.digests, digests))


def _deal(
    parts: NDArray[np.int8], corpus: ReviewCorpus, rows: Numbers, split: Split, seed: int
) -> None:
    """Deal reviews out, test first, then validation; the same words go together."""
    if not len(rows):
        return
    kinds, inverse, sizes = np.unique(corpus.digests[rows], return_inverse=True, return_counts=True)
    order = np.argsort(_mixed(kinds, seed), kind="stable")
    taken = np.cumsum(sizes[order]) / len(rows)
    test, held = round(split[2], 9), round(split[1] + split[2], 9)
    part = np.empty(len(kinds), np.int8)
    part[order] = np.where(taken <= test, _TEST, np.where(taken <= held, _VAL, _TRAIN))
    parts[rows] = part[inverse]


def _mixed(values: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """A hash of each value with the seed (splitmix64, Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        z = values + np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def check_parts(parts: NDArray[np.int8], corpus: ReviewCorpus, split: Split) -> None:
    """Raise CorpusError where a part that training needs has not both classes."""
    needed: list[tuple[str, int, Any]] = [
        ("training", _TRAIN, True),
        ("validation", _VAL, split[1]),
    ]
    for name, part, wanted in needed:
        labels = set(corpus.labels[parts == part].tolist())
        if wanted and len(labels) < 2:
            has = "is empty" if not labels else "holds reviews of one class only"
            different = len(np.unique(corpus.digests))
            alike = 2 * different < len(corpus)  # then more of the same would not help
            texts = f" of {different:,} different texts (equal ones go together)" if alike else ""
            raise CorpusError(
                f"the {name} part of {corpus.name} {has}: {len(corpus):,} reviews{texts} cut as "
                f"{', '.join(f'{share:g}' for share in split)}",
                f"bring more {'different ' * alike}reviews, or give --split other shares",
            )
