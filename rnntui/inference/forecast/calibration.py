"""A band that holds what it promises: gaps between quantiles fitted to residuals, after training.

Split conformal prediction (Vovk, Gammerman and Shafer 2005; of quantiles: Romano, Patterson and
Candès 2019): what a network promises is compared with what came on a part it was not trained on,
and moved until both agree there. Here the network's gaps between neighbouring quantiles are
multiplied by one factor for each, the same at all steps, so that quantiles still cannot cross and
the factors vanish into the output layer's bias.

A part of n windows whose targets overlap tells about 2 n / H independent things. Where those are
few, a factor of each gap would be chance: factors are drawn towards a common one, and the band is
that of Student's t with so many degrees of freedom, since a spread is not known from few errors.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnntui.inference.forecast.levels import scores

Values = NDArray[np.float64]

ENOUGH = 10.0
"""Independent windows below which a part is too small to calibrate on by itself."""
_TRUST = 60.0
"""Windows without overlap at which each gap's own factor counts as much as the common one."""
_BOUND = 3.0
"""Of a factor's logarithm, both ways."""


def gap_factors(quantiles: Values, actual: Values, levels: Sequence[float]) -> Values:
    """Return the logarithm of a factor for each gap: (Q,), 0 at the median.

    Args:
        quantiles: (n, H, Q), strictly growing along the last axis.
        actual: (n, H), in the same units.
        levels: (Q,), 0.5 among them.
    """
    common = _common(quantiles, actual, levels)
    own = _own(quantiles, actual, levels)
    count = independent(*actual.shape)
    share = count / (count + _TRUST)
    factors: Values = share * own + (1 - share) * common + _student(levels, count)
    factors[list(levels).index(0.5)] = 0.0
    return np.clip(factors, -_BOUND, _BOUND)


def independent(windows: int, horizon: int) -> float:
    """Return about how many independent things so many overlapping windows tell."""
    return windows / max(1.0, horizon / 2)


def _student(levels: Sequence[float], freedom: float) -> Values:
    """Return the logarithm of how much wider each gap is under Student's t: (Q,), 0 at the median.

    By the expansion of its quantiles about the normal ones (Fisher and Cornish 1960; Abramowitz and
    Stegun 26.7.5), two terms.
    """
    z = scores(levels)
    n = max(2.0, freedom)
    t = z + (z**3 + z) / (4 * n) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
    wider = np.log(np.diff(t) / np.diff(z))
    median = list(levels).index(0.5)
    return np.concatenate([wider[:median], [0.0], wider[median:]])


def _common(quantiles: Values, actual: Values, levels: Sequence[float]) -> float:
    """The one factor, as logarithm, by which the mean quantile loss is least."""
    median = list(levels).index(0.5)
    centre = quantiles[..., median : median + 1]
    error = (actual[..., None] - centre)[..., None]  # (n, H, 1, 1)
    at = np.array(levels)[:, None]
    tried = np.linspace(-1.5, 1.5, 61)
    moved = (quantiles - centre)[..., None] * np.exp(tried)  # (n, H, Q, tried)
    losses = np.maximum(at * (error - moved), (at - 1) * (error - moved)).mean((0, 1, 2))
    return float(tried[np.argmin(losses)])


def _own(quantiles: Values, actual: Values, levels: Sequence[float]) -> Values:
    """Each gap's factor by which exactly its level's share of values lies below, outward."""
    median = list(levels).index(0.5)
    factors = np.zeros(len(levels))
    for direction in (1, -1):
        edge = quantiles[..., median]
        place = median + direction
        while 0 <= place < len(levels):
            gap = np.abs(quantiles[..., place] - quantiles[..., place - direction])
            ratios = direction * (actual - edge) / np.maximum(gap, 1e-12)
            inside = levels[place] if direction == 1 else 1 - levels[place]
            factor = max(float(np.quantile(ratios, inside)), 1e-3)
            factors[place] = np.log(factor)
            edge = edge + direction * factor * gap
            place += direction
    return np.clip(factors, -_BOUND, _BOUND)


def widened(quantiles: Values, factors: Values, levels: Sequence[float]) -> Values:
    """Return quantiles (..., Q) with their gaps multiplied by the exponentials of `factors`."""
    median = list(levels).index(0.5)
    gaps = np.diff(quantiles, axis=-1)
    centre = quantiles[..., median : median + 1]
    scale = np.exp(factors)
    above = centre + np.cumsum(gaps[..., median:] * scale[median + 1 :], -1)
    below = centre - np.cumsum((gaps[..., :median] * scale[:median])[..., ::-1], -1)[..., ::-1]
    return np.concatenate([below, centre, above], -1)


def offsets_of(errors: Values, levels: Sequence[float]) -> Values:
    """Return what to add to a point forecast for each level: (H, L), of errors (n, H)."""
    return np.quantile(errors, levels, 0).T


def persistence_of(places: Values) -> Values:
    """Return the correlation of normal scores (n, H) at each step with the next one's: (H - 1,)."""
    centred = places - places.mean(0)
    spread = np.maximum(centred.std(0), 1e-9)
    correlations = (centred[:, 1:] * centred[:, :-1]).mean(0) / (spread[1:] * spread[:-1])
    found: Values = np.clip(correlations, -0.999, 0.999)
    return found
