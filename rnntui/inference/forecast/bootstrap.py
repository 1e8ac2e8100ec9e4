"""How sure a skill is: an interval by resampling blocks of origins.

Errors of neighbouring origins go together: their windows overlap, and a hard month is hard for all.
So whole runs of origins are drawn, not single ones: the moving-block bootstrap (Kuensch 1989, "The
jackknife and the bootstrap for general stationary observations"; Liu and Singh 1992).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Interval = tuple[float, float]

LEAST_ORIGINS = 5
"""With fewer nothing is said of chance."""
_RESAMPLES = 2000
_TAIL = 2.5
"""Per cent left out at either end: intervals are of 95 %."""


def block_length(origins: int, horizon: int, every: int) -> int:
    """Return how many origins a block holds.

    So many as have windows that overlap, and at least the cube root of all (the rate of Hall,
    Horowitz and Jing 1995 for a variance); at most a third of all, so that draws differ.
    """
    wanted = max(math.ceil(horizon / every), math.ceil(math.cbrt(origins)))
    return max(1, min(wanted, origins // 3))


def skill_interval(error: Values, reference: Values, block: int, seed: int = 0) -> Interval | None:
    """Return the 95 % interval of 1 - sum(error) / sum(reference).

    Args:
        error: (n,), the mean absolute error of each origin, in their order.
        reference: (n,), of the forecast it is compared with.
        block: origins drawn together.
        seed: of the draws.

    Returns:
        None where there are too few origins, or the reference does not err.
    """
    count = len(error)
    if count < LEAST_ORIGINS or not reference.sum() > 0:
        return None
    # Summed from the front once, a block's sum is the difference of two places.
    sums = np.concatenate([np.zeros((1, 2)), np.cumsum(np.stack([error, reference], 1), 0)])
    of_block = sums[block:] - sums[:-block]  # (n - block + 1, 2)
    drawn = max(1, round(count / block))
    random = np.random.default_rng(seed)
    skills = []
    for _ in range(_RESAMPLES):
        of_both = of_block[random.integers(len(of_block), size=drawn)].sum(0)
        if of_both[1] > 0:
            skills.append(1 - of_both[0] / of_both[1])
    low, high = np.percentile(skills, [_TAIL, 100 - _TAIL])
    return float(low), float(high)


def verdict(skill: float | None, interval: Interval | None, rival: str, origins: int) -> str:
    """Return in plain words whether a forecast is better than a rival.

    Args:
        skill: 1 - MAE / MAE of the rival; None where the rival does not err.
        interval: of it; None where there are too few origins.
        rival: what it is compared with, "repeating the last value".
        origins: how many there were.
    """
    if skill is None:
        return f"{rival} is already exact here"
    if interval is None:
        return f"too few origins ({origins}) to tell whether it is better than {rival}"
    low, high = interval
    span = f"95 % interval of the skill: {100 * low:.1f} % to {100 * high:.1f} %"
    if low > 0:
        return f"better than {rival}: its errors are {100 * skill:.1f} % smaller ({span})"
    if high < 0:
        return f"worse than {rival}: its errors are {-100 * skill:.1f} % larger ({span})"
    return f"no better than {rival} ({span})"
