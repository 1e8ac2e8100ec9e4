"""Judging many reviews at once, by torch: what validation and `rnntui eval` use."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from rnntui.checkpoints.folder import Checkpoint
from rnntui.data.batches import by_length, padded, windows
from rnntui.data.review_corpus import EncodedReviews, Numbers
from rnntui.data.words import UNKNOWN, WordIds
from rnntui.inference.calibration import prior_of
from rnntui.networks.classifier import Classifier
from rnntui.networks.exchange import import_weights
from rnntui.training.task import Check
from rnntui.training.throughput import choose_threads

_BATCH_WORDS = 16_384
"""Words of a batch, padding counted: 64 reviews of 256."""
_TRIAL = 16
"""Reviews by which the number of threads is chosen."""


@torch.no_grad()
def judge(
    network: Classifier,
    review: Callable[[int], WordIds],
    lengths: Numbers,
    *,
    window: int,
    whole: bool,
    check: Check = lambda: None,
    progress: Callable[[int, int], None] | None = None,
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
        progress: told after each how many words were read, and of how many.

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
    done, total = 0, int(sizes.sum())
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
            done += int(sizes[batch].sum())
            if progress:
                progress(done, total)
    finally:
        network.train(training)
    return logits / words


def judge_checkpoint(
    checkpoint: Checkpoint,
    reviews: EncodedReviews,
    rows: Numbers,
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.float64]:
    """Return a trained model's logit of each of some reviews, as fast as the machine allows now.

    A text of which the model knows no word gets the prior, as everywhere.

    Args:
        checkpoint: of a sentiment model.
        reviews: in its words.
        rows: which of them.
        progress: as for `judge`.

    Returns:
        (len(rows),).
    """
    network = Classifier(checkpoint.config, torch.Generator().manual_seed(0))
    import_weights(network, checkpoint.weights)
    shape = checkpoint.config.network
    assert shape.window
    lengths = reviews.corpus.lengths[rows]

    def read(some: Numbers, told: Callable[[int, int], None] | None) -> NDArray[np.float64]:
        return judge(
            network,
            lambda i: reviews.row(rows[i]),
            some,
            window=shape.window or 1,
            whole=shape.reads == "stream",
            progress=told,
        )

    def trial() -> None:
        # Of each no more than a window: a review of 100,000 words would be read for minutes.
        read(np.minimum(lengths[:_TRIAL], shape.window or 1), None)

    choose_threads(trial)
    logits = read(lengths, progress)
    prior = prior_of(checkpoint.config)
    silent = [not (reviews.row(row) != UNKNOWN).any() for row in rows.tolist()]
    logits[silent] = math.log(prior / (1 - prior))
    return logits
