"""Whether a verdict's probability can be taken at its word, and the one number that helps it there.

A network trained until it no longer errs is surer than it may be. Dividing its logits by a
temperature found on reviews it did not train on (Guo et al. 2017, "On calibration of modern neural
networks") changes no verdict and mends most of that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.config import Config

Logits = NDArray[np.floating[Any]]
Labels = NDArray[np.integer[Any]]

_BINS = 15
_LOWEST, _HIGHEST = 0.05, 20.0


@dataclass(frozen=True)
class Verdicts:
    """How good some verdicts are."""

    accuracy: float
    """Share of the reviews judged rightly."""
    loss: float
    """Cross-entropy in nats a review."""
    ece: float
    """Expected calibration error: see `expected_calibration_error`."""
    examples: int


def prior_of(config: Config) -> float:
    """Return the share of positive reviews that a model was trained on; a half where unknown."""
    prior = config.metrics.get("prior")
    return prior if isinstance(prior, float) and 0 < prior < 1 else 0.5


def measure(logits: Logits, labels: Labels) -> Verdicts:
    """Compare logits with labels.

    Args:
        logits: (n,), n >= 1: log-odds of positive.
        labels: (n,): 1 for positive, 0 for negative.
    """
    return Verdicts(
        accuracy=float(np.mean((logits > 0) == (labels == 1))),
        loss=cross_entropy(logits, labels),
        ece=expected_calibration_error(probability(logits), labels),
        examples=len(labels),
    )


def interval(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share seen in `count` trials (Wilson 1927)."""
    z = 1.959964
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    spread /= 1 + z * z / count
    return max(0.0, centre - spread), min(1.0, centre + spread)


def probability(logits: Logits) -> NDArray[np.float64]:
    """Return the probability of positive for log-odds of any size."""
    return 0.5 + 0.5 * np.tanh(0.5 * np.asarray(logits, np.float64))


def cross_entropy(logits: Logits, labels: Labels) -> float:
    """Return the mean of -log p(label) in nats."""
    signed = np.where(labels == 1, logits, -logits).astype(np.float64)
    return float(np.mean(np.logaddexp(0.0, -signed)))


def expected_calibration_error(probabilities: NDArray[np.floating[Any]], labels: Labels) -> float:
    """Return by how much, on average, the confidence of verdicts differs from their accuracy.

    Verdicts are put into 15 bins of equal width by their confidence, the probability of the class
    they name; the error is the mean over the bins, weighted by how many verdicts each holds, of
    |accuracy - mean confidence| (Guo et al. 2017, equation 3).
    """
    positive = probabilities > 0.5
    confidence = np.where(positive, probabilities, 1 - probabilities)  # 0.5 to 1
    right = positive == (labels == 1)
    places = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(places, right - confidence, _BINS)  # n_b * (accuracy - confidence)
    return float(np.abs(gaps).sum() / len(labels))


def fit_temperature(logits: Logits, labels: Labels) -> float:
    """Return the temperature whose division makes the cross-entropy least.

    The loss is convex in 1 / temperature: a golden-section search finds its only minimum, to
    within a thousandth, between 1/20 and 20.
    """
    low, high = 1 / _HIGHEST, 1 / _LOWEST
    ratio = (np.sqrt(5) - 1) / 2
    while high - low > 1e-3 * low:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if cross_entropy(logits * left, labels) < cross_entropy(logits * right, labels):
            high = right
        else:
            low = left
    return float(2 / (low + high))
