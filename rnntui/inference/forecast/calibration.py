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
        actual: (n, H), in the same units; NaN where nothing was measured.
        levels: (Q,), 0.5 among them.
    """
    count, known = independent(actual), ~np.isnan(actual)
    quantiles, actual = quantiles[known], actual[known]  # (K, Q), (K,)
    common = _common(quantiles, actual, levels)
    own = _own(quantiles, actual, levels)
    share = count / (count + _TRUST)
    factors: Values = share * own + (1 - share) * common + _student(levels, count)
    factors[list(levels).index(0.5)] = 0.0
    return np.clip(factors, -_BOUND, _BOUND)


def independent(actual: Values) -> float:
    """Return about how many independent things overlapping windows tell: (n, H), NaN for nothing.

    A window counts by the share of it that was measured.
    """
    horizon: int = actual.shape[1]
    windows: float = np.count_nonzero(~np.isnan(actual)) / horizon
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
    error = (actual[..., None] - centre)[..., None]  # (K, 1, 1)
    at = np.array(levels)[:, None]
    tried = np.linspace(-1.5, 1.5, 61)
    moved = (quantiles - centre)[..., None] * np.exp(tried)  # (K, Q, tried)
    losses = np.maximum(at * (error - moved), (at - 1) * (error - moved)).mean((0, 1))
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
    """Return what to add to a point forecast for each level: (H, L).

    Args:
        errors: (n, H), NaN where nothing was measured. A step of which nothing was takes those of
            all steps.
        levels: (L,).
    """
    known = ~np.isnan(errors)
    steps = [errors[at, h] if at.any() else errors[known] for h, at in enumerate(known.T)]
    return np.stack([np.quantile(step, levels) for step in steps])


def persistence_of(places: Values) -> Values:
    """Return the correlation of normal scores at each step with the next one's: (H - 1,).

    Args:
        places: (n, H), NaN where nothing was measured. Fewer than three pairs tell nothing: 0.
    """
    centred = places - _mean(places)
    spread = np.maximum(np.sqrt(_mean((centred - _mean(centred)) ** 2)), 1e-9)
    pairs = centred[:, 1:] * centred[:, :-1]
    found: Values = np.clip(_mean(pairs) / (spread[1:] * spread[:-1]), -0.999, 0.999)
    found[np.count_nonzero(~np.isnan(pairs), 0) < 3] = 0.0
    return found


def _mean(values: Values) -> Values:
    """The mean of each column (n, H) over what is no NaN; 0 of nothing."""
    known = ~np.isnan(values)
    mean: Values = np.where(known, values, 0.0).sum(0) / np.maximum(known.sum(0), 1)
    return mean
