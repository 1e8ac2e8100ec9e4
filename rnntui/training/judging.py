"""Judging many reviews at once, by torch: what validation and `rnntui eval` use."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from rnntui.data.batches import by_length, padded, windows
from rnntui.data.review_corpus import Numbers
from rnntui.data.words import WordIds
from rnntui.networks.classifier import Classifier
from rnntui.training.task import Check

_BATCH_WORDS = 16_384
"""Words of a batch, padding counted: 64 reviews of 256."""


@torch.no_grad()
def judge(
    network: Classifier,
    review: Callable[[int], WordIds],
    lengths: Numbers,
    *,
    window: int,
    whole: bool,
    check: Check = lambda: None,
) -> NDArray[np.float64]:
    """Return the logit of each review, computed in float32.

    Args:
        network: left in the mode it was in.
        review: gives the words of a review by its number, from 0.
        lengths: (n,): how many those are; at least 1 each.
        window: words read at once.
        whole: judge a longer review by all of its windows, each counting by its words; else by its
            last `window` words alone.
        check: called between batches.

    Returns:
        (n,).
    """
    pieces = [
        (row, begin, end)
        for row, length in enumerate(lengths.tolist())
        for begin, end in (
            windows(length, window) if whole else [(max(0, length - window), length)]
        )
    ]
    sizes = np.array([end - begin for _, begin, end in pieces], np.int64)
    logits = np.zeros(len(lengths))
    words = np.zeros(len(lengths))
    training, device = network.training, next(network.parameters()).device
    network.eval()
    try:
        for batch in by_length(sizes, _BATCH_WORDS):
            check()
            chosen = [pieces[i] for i in batch]
            side_by_side = padded([review(row)[begin:end] for row, begin, end in chosen])
            found = network(
                torch.from_numpy(side_by_side.ids).to(device),
                torch.from_numpy(side_by_side.lengths).to(device),
            )
            rows = np.array([row for row, _, _ in chosen])
            np.add.at(logits, rows, found.double().cpu().numpy() * sizes[batch])
            np.add.at(words, rows, sizes[batch])
    finally:
        network.train(training)
    return logits / words
