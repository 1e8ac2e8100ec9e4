#!/usr/bin/env python3
"""The simple model to beat: a linear classifier on words and pairs (Wang and Manning 2012).

usage: scripts/nbsvm_baseline.py [REVIEWS]

Prints the accuracy on the test half of REVIEWS (a CSV with a column `split`, a folder like aclImdb,
or a name; imdb when left out). It learns from the whole training half, with nothing to choose.

Each review is the set f of its words and pairs of neighbours. With p and q the counts of reviews,
plus one, that have a feature among the positive and the negative ones, every feature is scaled by

    r = log((p / |p|) / (q / |q|)),

and a logistic regression with L2 regularisation, C = 1, learns from f * r.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from rnntui.data.finding_reviews import find_reviews
from rnntui.data.held_out import rows_of
from rnntui.data.review_corpus import ReviewCorpus, read_review_corpus

STEPS = 60
"""Of L-BFGS, at most."""


@dataclass(frozen=True)
class Features:
    """Sets of features of some reviews, one after another."""

    keys: NDArray[np.int64]
    """(N,): which."""
    ends: NDArray[np.int64]
    """(n,): where each review's end."""


def features_of(corpus: ReviewCorpus, rows: NDArray[np.int64]) -> Features:
    """Return the words and pairs of each review, each once."""
    kinds = len(corpus.types)
    keys, ends, end = [], [], 0
    for row in rows.tolist():
        begin = corpus.ends[row - 1] if row else 0
        words = corpus.tokens[begin : corpus.ends[row]].astype(np.int64)
        pairs = kinds + words[:-1] * kinds + words[1:]
        keys.append(np.unique(np.concatenate([words, pairs])))
        end += len(keys[-1])
        ends.append(end)
    return Features(np.concatenate(keys), np.array(ends))


def ratios(
    places: NDArray[np.int64], features: Features, labels: NDArray[np.int8], kinds: int
) -> torch.Tensor:
    """Return r of each feature: (kinds,)."""
    own = np.repeat(labels, np.diff(features.ends, prepend=0))
    p, q = (np.bincount(places[own == label], minlength=kinds) + 1.0 for label in (1, 0))
    return torch.from_numpy(np.log((p / p.sum()) / (q / q.sum()))).float()


def scores(places: torch.Tensor, ends: NDArray[np.int64], weights: torch.Tensor) -> torch.Tensor:
    """Return the sum of the weights of each review's features: (n,)."""
    begins = torch.from_numpy(np.concatenate([[0], ends[:-1]]))
    return functional.embedding_bag(places, weights[:, None], begins, mode="sum")[:, 0]


def fit(
    places: torch.Tensor, ends: NDArray[np.int64], r: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the weights of the features, already times r, and the bias."""
    weights = torch.zeros(len(r), requires_grad=True)
    bias = torch.zeros((), requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        logits = scores(places, ends, weights * r) + bias
        value = functional.binary_cross_entropy_with_logits(logits, labels, reduction="sum")
        value = value + 0.5 * (weights @ weights)
        value.backward()
        return value

    optimizer.step(loss)
    return (weights * r).detach(), bias.detach()


def nbsvm_figure(reviews: str) -> tuple[float, int]:
    """Return the accuracy on the test half, and the number of features."""
    corpus = read_review_corpus(*find_reviews(reviews))
    train, test = rows_of(corpus.given, "train"), rows_of(corpus.given, "test")
    assert len(train) and len(test), f"{reviews} has no training and test half"
    known = features_of(corpus, train)
    vocabulary, places = np.unique(known.keys, return_inverse=True)
    r = ratios(places, known, corpus.labels[train], len(vocabulary))
    labels = torch.from_numpy(corpus.labels[train].astype(np.float32))
    weights, bias = fit(torch.from_numpy(places), known.ends, r, labels)
    found = features_of(corpus, test)
    places = np.searchsorted(vocabulary, found.keys)
    strange = vocabulary[np.minimum(places, len(vocabulary) - 1)] != found.keys
    places[strange] = len(vocabulary)  # the weight of what was never seen: none
    weights = torch.cat([weights, torch.zeros(1)])
    right = (scores(torch.from_numpy(places), found.ends, weights) + bias > 0).numpy() == (
        corpus.labels[test] == 1
    )
    return float(right.mean()), len(vocabulary)


if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else "imdb"
    accuracy, count = nbsvm_figure(name)
    print(f"NBSVM: {accuracy:.2%} of the test half of {Path(name).name}, {count:,} features")
