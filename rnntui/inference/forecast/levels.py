"""Quantiles that never cross: from a network's outputs, and between the levels it was trained for.

The network puts out, for each step, the median itself and for each other level the logarithm of its
distance from its neighbour towards the median. Distances are positive whatever the network says, so
quantiles grow with their level by construction. And as a factor on a distance is a summand here,
calibrated quantiles are the same network with another bias.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

LARGEST = 8.0
"""Bound of the logarithm of a distance, both ways: no window's band is wider than 3,000 units."""


def quantiles_of(raw: Values, median: int) -> Values:
    """Return quantiles (..., Q) that grow along the last axis.

    Args:
        raw: (..., Q): the network's outputs.
        median: the place of the level 0.5 among the levels.
    """
    centre = raw[..., median : median + 1]
    gaps = np.exp(np.clip(raw, -LARGEST, LARGEST))
    above = centre + np.cumsum(gaps[..., median + 1 :], -1)
    below = centre - np.cumsum(gaps[..., :median][..., ::-1], -1)[..., ::-1]
    return np.concatenate([below, centre, above], -1)


def scores(levels: Sequence[float]) -> Values:
    """Return the standard normal quantiles of some levels."""
    normal = NormalDist()
    return np.array([normal.inv_cdf(level) for level in levels])


def at_levels(values: Values, known: Sequence[float], wanted: Sequence[float]) -> Values:
    """Return quantiles at other levels than those that are known.

    Between two levels, linear in the normal score of the level (exact for a normal distribution);
    beyond the outermost, on along the same line.

    Args:
        values: (..., Q), growing along the last axis.
        known: (Q,) levels, growing, at least 2.
        wanted: (W,) levels, each between 0 and 1.

    Returns:
        (..., W).
    """
    at, to = scores(known), scores(wanted)
    left = np.clip(np.searchsorted(at, to) - 1, 0, len(at) - 2)
    share = (to - at[left]) / (at[left + 1] - at[left])
    low, high = values[..., left], values[..., left + 1]
    # Put so that a wanted level which is known gives its value exactly.
    return np.where(share == 1, high, low + (high - low) * share)


def drawn(values: Values, known: Sequence[float], normal: Values) -> Values:
    """Return one value of each distribution, by the normal score of its level.

    Args:
        values: (B, Q), each row a distribution.
        known: (Q,) levels.
        normal: (B,) scores.
    """
    at = scores(known)
    left = np.clip(np.searchsorted(at, normal) - 1, 0, len(at) - 2)
    rows = np.arange(len(values))
    share = (normal - at[left]) / (at[left + 1] - at[left])
    drawn: Values = values[rows, left] + (values[rows, left + 1] - values[rows, left]) * share
    return drawn


def score_of(values: Values, known: Sequence[float], actual: Values) -> Values:
    """Return the normal score of what came under each distribution, the inverse of `drawn`.

    Args:
        values: (B, Q), strictly growing rows.
        known: (Q,) levels.
        actual: (B,).
    """
    at = scores(known)
    left = np.clip((values < actual[:, None]).sum(1) - 1, 0, len(at) - 2)
    rows = np.arange(len(values))
    width = np.maximum(values[rows, left + 1] - values[rows, left], 1e-12)
    share = (actual - values[rows, left]) / width
    score: Values = at[left] + (at[left + 1] - at[left]) * share
    return np.clip(score, -4.0, 4.0)
