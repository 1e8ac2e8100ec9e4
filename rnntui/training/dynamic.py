"""Dynamic evaluation: the weights adapt to a text as they read it, each piece scored before.

Krause, Kahembwe, Murray and Renals 2018, "Dynamic Evaluation of Neural Sequence Models", equations
3 to 6: after each segment the weights take a step of gradient descent on it, scaled by the root
mean square of the training gradients, with a pull back to the trained weights. A recurrent state
remembers sentences; this remembers names, spelling and style for thousands of characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from rnntui.checkpoints.config import Config
from rnntui.data.vocabulary import Ids
from rnntui.inference.scoring import Progress, Score
from rnntui.networks.exchange import import_weights
from rnntui.networks.scan import State
from rnntui.networks.text import TextNetwork

SEGMENT = 32
"""Symbols between two steps. The paper takes 20 for characters; longer is faster."""
PULL = 0.002
"""Share of the way back to the trained weights in each step, before scaling."""
_RATES = tuple(1e-4 * 2**k for k in range(8))
"""Rates to choose from, in order; the search ends where the loss rises."""
_SAMPLED = 128
"""Segments of the training text whose gradients make the scale."""
_TINY = 1e-5
"""Added to the scale, so that a weight that never moved does not leap."""


@dataclass(frozen=True)
class Rule:
    """How the weights follow a text."""

    rate: float
    pull: float = PULL
    segment: int = SEGMENT


class Adaptive:
    """A network whose weights adapt; every reading begins with the trained ones.

    Args:
        config: of a text model that reads streams.
        weights: by a checkpoint's names.
        training: (N,) symbols it was trained on, or the like: its gradients there are the scale.
    """

    def __init__(
        self, config: Config, weights: Mapping[str, NDArray[np.floating]], training: Ids
    ) -> None:
        assert config.network.reads == "stream"
        self._network = TextNetwork(config, torch.Generator().manual_seed(0))
        import_weights(self._network, {n: np.asarray(w, np.float32) for n, w in weights.items()})
        self._network.eval()
        self._parameters = list(self._network.parameters())
        self._trained = [p.detach().clone() for p in self._parameters]
        self._scales = self._measure(training)

    def find_rate(self, ids: Ids, progress: Progress | None = None) -> Rule:
        """Return the rule with the rate that predicts a text best; rate 0 where none helps."""
        best, least = Rule(0.0), self.score(ids, Rule(0.0)).nats
        for tried, rate in enumerate(_RATES):
            if progress:
                progress(tried, len(_RATES))
            nats = self.score(ids, Rule(rate)).nats
            if not nats < least:  # NaN, too, where the weights ran away
                break
            best, least = Rule(rate), nats
        if progress:
            progress(len(_RATES), len(_RATES))
        return best

    def score(
        self,
        ids: Ids,
        rule: Rule,
        *,
        starts: NDArray[np.bool_] | None = None,
        progress: Progress | None = None,
    ) -> Score:
        """Return what a text costs, read once from a zero state.

        Args:
            ids: (N,) symbols.
            rule: how the weights follow; a rate of 0 leaves them as they are.
            starts: (V,) whether a symbol begins a character; every one does by default.
            progress: told the predictions scored so far, and all there will be.
        """
        self._restore()
        nats = 0.0
        try:
            for first, loss in self._segments(ids, rule):
                nats += float(loss.detach())
                if progress and first // rule.segment % 64 == 0:
                    progress(first, len(ids) - 1)
        finally:
            self._restore()
        if progress:
            progress(len(ids) - 1, len(ids) - 1)
        count = len(ids) - 1
        characters = count if starts is None else int(starts[np.asarray(ids[1:])].sum())
        return Score(nats, count, characters)

    def _segments(self, ids: Ids, rule: Rule) -> Iterator[tuple[int, Tensor]]:
        """Yield the place and the loss of each segment, adapting after each."""
        state = self._network.zero_state(1)
        for first in range(0, len(ids) - 1, rule.segment):
            piece = _tensor(ids[first : first + rule.segment + 1])
            with torch.set_grad_enabled(rule.rate > 0):
                loss, state = self._loss(piece, state)
            yield first, loss
            if rule.rate > 0:
                (loss / (len(piece) - 1)).backward()  # type: ignore[no-untyped-call]
                self._step(rule)

    def _loss(self, piece: Tensor, state: list[State]) -> tuple[Tensor, list[State]]:
        """Return the summed loss of (T + 1, 1) symbols in nats, and the state, cut off."""
        logits, state = self._network(piece[:-1], state)
        loss = functional.cross_entropy(logits[:, 0], piece[1:, 0], reduction="sum")
        return loss, [tuple(part.detach() for part in parts) for parts in state]

    @torch.no_grad()
    def _step(self, rule: Rule) -> None:
        for parameter, trained, scale in zip(
            self._parameters, self._trained, self._scales, strict=True
        ):
            assert parameter.grad is not None
            parameter.addcdiv_(parameter.grad, scale, value=-rule.rate)
            parameter.lerp_(trained, rule.pull)
            parameter.grad = None

    def _measure(self, training: Ids) -> list[Tensor]:
        """Return each weight's root mean square gradient over segments of a text, plus a bit."""
        squares = [torch.zeros_like(p) for p in self._parameters]
        draw = np.random.default_rng(0)
        warm_up = 4 * SEGMENT
        last = max(1, len(training) - warm_up - SEGMENT)
        for begin in draw.integers(0, last, _SAMPLED):
            piece = _tensor(training[begin : begin + warm_up + SEGMENT + 1])
            warm, rest = piece[:-SEGMENT], piece[-SEGMENT - 1 :]
            state = self._network.zero_state(1)
            with torch.no_grad():
                if len(warm) > 1:
                    _, state = self._network(warm[:-1], state)
            loss, _ = self._loss(rest, state)
            (loss / (len(rest) - 1)).backward()  # type: ignore[no-untyped-call]
            for square, parameter in zip(squares, self._parameters, strict=True):
                assert parameter.grad is not None
                square.addcmul_(parameter.grad, parameter.grad, value=1 / _SAMPLED)
                parameter.grad = None
        return [square.sqrt_().add_(_TINY) for square in squares]

    @torch.no_grad()
    def _restore(self) -> None:
        for parameter, trained in zip(self._parameters, self._trained, strict=True):
            parameter.copy_(trained)
            parameter.grad = None


def _tensor(ids: NDArray[Any]) -> Tensor:
    """(T,) symbols as a column: (T, 1)."""
    return torch.from_numpy(ids.astype(np.int64))[:, None]
