"""Candidates for a reply, drawn side by side from one moment until each has ended.

Candidate k draws from stream k of the seed, so that the same seed gives the same candidates, and
fewer of them the same first ones (to within a product's rounding).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from rnntui.data.vocabulary import Vocabulary
from rnntui.inference.cells import steps_of
from rnntui.inference.chat.reading import Moment, log_softmax
from rnntui.inference.generation import random_numbers
from rnntui.inference.reader import Symbols, TextNetwork
from rnntui.inference.sampling import LONGEST_REPETITION_WINDOW, Sampler, Sampling
from rnntui.inference.streams import choose_each


@dataclass(frozen=True)
class Drawn:
    """A candidate as it was drawn."""

    symbols: tuple[int, ...]
    """With those that end the turn, where it came to them."""
    text: str
    """Without them."""
    nats: float
    """What the symbols cost after the context, by the network's own distribution."""
    ended: bool
    """Whether it came to an end before it was too long."""


class Drawing:
    """The drawing of n candidates, which may be left at any time.

    Args:
        network: the weights.
        vocabulary: what the symbols mean.
        moment: after which they are drawn.
        end: the symbols that end a turn.
        count: n.
        seed: decides every draw.
        sampling: the settings.
        longest: symbols after which a candidate is broken off.
        first: the number of the first candidate's stream.
        may_begin_blank: whether an end before anything was said is white space like any other.
    """

    def __init__(
        self,
        network: TextNetwork,
        vocabulary: Vocabulary,
        moment: Moment,
        end: tuple[int, ...],
        *,
        count: int,
        seed: int,
        sampling: Sampling,
        longest: int,
        first: int = 0,
        may_begin_blank: bool = False,
    ) -> None:
        self._vocabulary, self._end, self._longest = vocabulary, end, longest
        self._blank = frozenset(
            index for index, symbol in enumerate(vocabulary.symbols)
            if may_begin_blank and (chr(symbol) if isinstance(symbol, int) else symbol).isspace()
        )  # fmt: skip
        self._sampling, self._sampler = sampling, Sampler(network.outputs)
        self._reader = network.reader(count)
        self._reader.restore(moment.reader)
        self._recent: deque[Symbols] = deque(
            (np.full(count, symbol) for symbol in moment.recent), LONGEST_REPETITION_WINDOW
        )
        self._generators = [random_numbers(seed, first + k) for k in range(count)]
        self._symbols: list[list[int]] = [[] for _ in range(count)]
        self._nats = np.zeros(count)
        self._live = np.ones(count, bool)
        self._steps = 0

    @property
    def done(self) -> bool:
        """Whether every candidate has ended, or is as long as it may be."""
        return not self._live.any()

    def advance(self, steps: int) -> None:
        """Draw up to so many symbols more of each candidate."""
        columns = np.arange(len(self._generators))
        with steps_of(self._reader):
            for _ in range(steps):
                if self.done:
                    return
                uniforms = np.array([generator.random() for generator in self._generators])
                logits = self._reader.logits
                chosen = choose_each(self._sampler, logits, self._sampling, uniforms, self._recent)
                nats = -log_softmax(logits)[chosen, columns]
                self._nats += np.where(self._live, nats, 0.0)
                self._recent.append(chosen)
                self._take(chosen)
                self._reader.read(chosen)

    def _take(self, chosen: Symbols) -> None:
        """Append a symbol to each candidate that has not ended, and see which ends with it."""
        self._steps += 1
        for k in np.flatnonzero(self._live).tolist():
            symbols = self._symbols[k]
            symbols.append(int(chosen[k]))
            if self._over(symbols) or self._steps >= self._longest:
                self._live[k] = False

    def _over(self, symbols: list[int]) -> bool:
        ended = tuple(symbols[-len(self._end) :]) == self._end
        return ended and not (self._blank and self._blank.issuperset(symbols))

    def drawn(self) -> list[Drawn]:
        """Return the candidates as they are."""
        return [
            self._drawn(symbols, float(nats))
            for symbols, nats in zip(self._symbols, self._nats, strict=True)
        ]

    def _drawn(self, symbols: list[int], nats: float) -> Drawn:
        ended = self._over(symbols)
        said = symbols[: -len(self._end)] if ended else symbols
        return Drawn(tuple(symbols), self._vocabulary.decode(said), nats, ended)
