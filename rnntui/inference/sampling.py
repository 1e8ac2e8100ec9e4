"""From logits to the next symbol: the settings, the filters, and the draw.

The order is fixed: repetition penalty, min-p, temperature, top-n, top-p. min-p comes before the
temperature, so that a hot model still never writes what it thinks next to impossible. One uniform
number decides each symbol by inverse transform in index order over what is kept; a greedy choice
uses one up too, so that turning the temperature while text streams shifts no later randomness.

Arithmetic is float64 and takes any finite logits with any valid settings to a proper distribution.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.config import Suggested
from rnntui.errors import BadOption
from rnntui.inference.compiled import Floats

Doubles = NDArray[np.float64]

LONGEST_REPETITION_WINDOW = 1024
"""Symbols of the past that a session remembers for the repetition penalty."""

_COLDEST = 1e-30
"""Temperatures below differ from it in nothing but overflow: no two float32 are so close."""
_PENALTY_BOUND = 1e100
_LARGEST = 1e38
"""Stands for infinity in the logits of a ReLU network that has overflowed."""


@dataclass(frozen=True)
class Sampling:
    """How the next symbol is chosen. Replaced as a whole, never changed.

    Raises:
        BadOption: a value makes no sense.
    """

    temperature: float = 1.0
    """Divides the logits: 0 takes the most probable symbol, 1 the model's own distribution."""
    top_n: int = 0
    """Keep the n most probable symbols; 0 keeps all."""
    top_p: float = 1.0
    """Keep the fewest symbols that together have this probability (Holtzman et al. 2020)."""
    min_p: float = 0.0
    """Keep symbols at least this fraction as probable as the most probable one, by the
    distribution before the temperature (Nguyen et al. 2024)."""
    repetition_penalty: float = 1.0
    """Divides positive logits and multiplies negative ones of recent symbols (Keskar et al. 2019,
    CTRL, section 4.1); 1 leaves them alone."""
    repetition_window: int = 64
    """How many symbols back the penalty looks, the prompt's included."""

    def __post_init__(self) -> None:
        """Check every value."""
        _require(
            math.isfinite(self.temperature) and self.temperature >= 0,
            "temperature", self.temperature, "0 (greedy) or more",
        )  # fmt: skip
        _require(self.top_n >= 0, "top-n", self.top_n, "0 (all) or more")
        _require(0 < self.top_p <= 1, "top-p", self.top_p, "more than 0 and at most 1 (all)")
        _require(0 <= self.min_p <= 1, "min-p", self.min_p, "0 (all) to 1")
        _require(
            math.isfinite(self.repetition_penalty) and self.repetition_penalty > 0,
            "repetition-penalty", self.repetition_penalty, "more than 0; 1 changes nothing",
        )  # fmt: skip
        _require(
            0 <= self.repetition_window <= LONGEST_REPETITION_WINDOW,
            "repetition-window", self.repetition_window, f"0 to {LONGEST_REPETITION_WINDOW}",
        )  # fmt: skip

    @classmethod
    def suggested(cls, suggestion: Suggested, **chosen: Any) -> Self:
        """Return the settings for a model.

        Args:
            suggestion: the model's own.
            chosen: fields by name; what is None falls back to the suggestion, then the default.
        """
        names = ("temperature", "top_n", "top_p", "min_p", "repetition_penalty")
        values = {name: getattr(suggestion, name) for name in names}
        values |= {name: value for name, value in chosen.items() if value is not None}
        return cls(**{name: value for name, value in values.items() if value is not None})


def _require(fine: bool, option: str, value: float, choice: str) -> None:
    if not fine:
        raise BadOption(f"{option} is {value:g}", f"choose {choice}")


@dataclass(frozen=True)
class Distribution:
    """What may come next; both (V,), in index order, and each sums to 1."""

    raw: Doubles
    """The network's own probabilities: temperature 1, no filter, no penalty."""
    kept: Doubles
    """What the next symbol is drawn from: 0 for what the filters remove."""


class Sampler:
    """Chooses symbols; holds nothing but buffers."""

    def __init__(self, outputs: int) -> None:
        self._weights = np.empty(outputs)
        self._sums = np.empty(outputs)

    def choose(
        self, logits: Floats, sampling: Sampling, uniform: float, recent: Sequence[int] = ()
    ) -> int:
        """Return the index of the next symbol.

        Args:
            logits: (V,); not changed.
            sampling: the settings.
            uniform: from [0, 1).
            recent: the symbols so far, the last one last; read only under a repetition penalty.
        """
        if sampling.temperature == 0:
            return int(self._penalised(logits, sampling, recent).argmax())
        sums = np.add.accumulate(self._weigh(logits, sampling, recent), out=self._sums)
        index = int(sums.searchsorted(uniform * sums[-1], "right"))
        if index < len(sums):
            return index
        return int(np.flatnonzero(self._weights)[-1])  # rounding put the target on the total

    def distribution(
        self, logits: Floats, sampling: Sampling, recent: Sequence[int] = ()
    ) -> Distribution:
        """Return the probabilities before and after the settings; arguments as for `choose`."""
        raw = self._weigh(logits, Sampling(), ()).copy()
        if sampling.temperature == 0:
            kept = np.zeros(len(raw))
            kept[self.choose(logits, sampling, 0.0, recent)] = 1
        else:
            kept = self._weigh(logits, sampling, recent).copy()
        return Distribution(raw / raw.sum(), kept / kept.sum())

    def _penalised(self, logits: Floats, sampling: Sampling, recent: Sequence[int]) -> Doubles:
        weights = self._weights
        np.copyto(weights, logits)
        if sampling.repetition_penalty != 1 and sampling.repetition_window and len(recent):
            seen = np.unique(np.array(recent)[-sampling.repetition_window :])
            values = weights[seen]
            penalty = min(max(sampling.repetition_penalty, 1 / _PENALTY_BOUND), _PENALTY_BOUND)
            weights[seen] = np.where(values > 0, values / penalty, values * penalty)
        return weights

    def _weigh(self, logits: Floats, sampling: Sampling, recent: Sequence[int]) -> Doubles:
        """Return (V,) weights in proportion to the probabilities; 0 for what is filtered out."""
        weights = self._penalised(logits, sampling, recent)
        top = weights[weights.argmax()]
        if not math.isfinite(top):  # only a network that has overflowed gets here
            _make_finite(weights)
            top = weights.max()
        np.subtract(weights, top, weights)
        unlikely = weights < math.log(sampling.min_p) if sampling.min_p else None
        if sampling.temperature != 1:
            np.divide(weights, max(sampling.temperature, _COLDEST), weights)
        np.exp(weights, weights)
        if unlikely is not None:
            weights[unlikely] = 0
        if 0 < sampling.top_n < len(weights):
            _keep_top_n(weights, sampling.top_n)
        if sampling.top_p < 1:
            _keep_top_p(weights, sampling.top_p)
        return weights


def _make_finite(scores: Doubles) -> None:
    np.nan_to_num(scores, copy=False, nan=-_LARGEST, posinf=_LARGEST, neginf=-_LARGEST)


def _keep_top_n(weights: Doubles, count: int) -> None:
    """Zero all but the `count` largest weights; of equals at the border the first are kept."""
    least = np.partition(weights, len(weights) - count)[len(weights) - count]
    above = weights > least
    ties = np.flatnonzero(weights == least)[: count - np.count_nonzero(above)]
    above[ties] = True
    weights[~above] = 0


def _keep_top_p(weights: Doubles, share: float) -> None:
    """Zero all but the fewest largest weights that make up `share` of the total."""
    kept = np.flatnonzero(weights)
    order = kept[np.argsort(-weights[kept], kind="stable")]
    sums = np.add.accumulate(weights[order])
    count = int(sums.searchsorted(share * sums[-1])) + 1
    weights[order[count:]] = 0


def choose_many(logits: Floats, temperature: float, uniforms: Doubles) -> NDArray[np.intp]:
    """Return the next symbol of each of B streams, with no filter: what `Sampler.choose` returns.

    Args:
        logits: (V, B).
        temperature: more than 0.
        uniforms: (B,) from [0, 1).
    """
    weights = logits.astype(np.float64)  # (V, B)
    top = weights.max(0)
    if not np.isfinite(top).all():
        _make_finite(weights)
        top = weights.max(0)
    np.subtract(weights, top, weights)
    np.divide(weights, max(temperature, _COLDEST), weights)
    np.exp(weights, weights)
    sums = np.add.accumulate(weights, 0, out=weights)
    total = sums[-1]
    # A target that rounding put on the total must still find the last symbol with any weight.
    targets = np.minimum(uniforms * total, np.nextafter(total, 0))
    chosen: NDArray[np.intp] = (sums <= targets).sum(0, dtype=np.intp)
    return np.minimum(chosen, len(sums) - 1, out=chosen)
