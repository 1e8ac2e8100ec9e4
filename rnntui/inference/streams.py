"""Many texts at once from one model: a step of 64 streams costs a few times that of one.

Stream k draws the random numbers that a session of the same seed and stream would. Its text need
not be that session's to the last character, since a matrix product rounds differently.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from rnntui.data.vocabulary import Encoded, Vocabulary
from rnntui.inference.cells import steps_of
from rnntui.inference.compiled import Floats
from rnntui.inference.generation import first_symbol, random_numbers
from rnntui.inference.reader import Symbols, TextNetwork
from rnntui.inference.sampling import (
    LONGEST_REPETITION_WINDOW,
    Doubles,
    Sampler,
    Sampling,
    choose_many,
)

_BLOCK = 256
"""Random numbers drawn ahead for each stream; the same ones as one at a time."""


def choose_each(
    sampler: Sampler,
    logits: Floats,
    sampling: Sampling,
    uniforms: Doubles,
    recent: Sequence[Symbols],
) -> Symbols:
    """Return the next symbol of each of B streams, with every setting: (B,).

    Args:
        sampler: any of the network's.
        logits: (V, B).
        sampling: the settings.
        uniforms: (B,) from [0, 1).
        recent: (B,) each: the symbols so far, the last ones last.
    """
    if sampling.temperature and sampling == Sampling(sampling.temperature):
        return choose_many(logits, sampling.temperature, uniforms)
    seen = np.array(recent) if sampling.repetition_penalty != 1 else None
    return np.array([
        sampler.choose(
            logits[:, k], sampling, uniform, () if seen is None else seen[:, k].tolist()
        )
        for k, uniform in enumerate(uniforms.tolist())
    ])  # fmt: skip


class Streams:
    """B texts that grow side by side.

    Args:
        network: the weights.
        vocabulary: what the symbols mean.
        seed: decides every draw.
        count: B.
    """

    def __init__(self, network: TextNetwork, vocabulary: Vocabulary, seed: int, count: int) -> None:
        self._network, self._vocabulary = network, vocabulary
        self._reader = network.reader(count)
        self._sampler = Sampler(network.outputs)
        self._generators = [random_numbers(seed, stream) for stream in range(count)]
        self._uniforms = np.empty((count, 0))
        self._used = 0
        self._decoders = [vocabulary.decoder() for _ in range(count)]
        self._recent: deque[Symbols] = deque(maxlen=LONGEST_REPETITION_WINDOW)
        self._pending = [""] * count
        self._primed = False
        self.seed, self.count = seed, count

    def feed(self, text: str) -> Encoded:
        """Read a prompt at the start, the same for every stream.

        Raises:
            RuntimeError: something was read or written before.
        """
        if self._primed:
            raise RuntimeError("streams take their prompt before the first character")
        encoded = self._vocabulary.encode(text)
        symbols = encoded.ids.tolist()
        if symbols:
            alone = self._network.reader()
            with steps_of(alone):
                alone.skim(symbols[:-1])
                alone.read(symbols[-1])
            self._reader.restore(alone.snapshot())
            self._recent.extend(np.full(self.count, symbol) for symbol in symbols)
            self._primed = True
        return encoded

    def _draw(self) -> Doubles:
        """(B,): the next uniform number of every stream."""
        if self._used == self._uniforms.shape[1]:
            self._uniforms = np.array([g.random(_BLOCK) for g in self._generators])
            self._used = 0
        self._used += 1
        return self._uniforms[:, self._used - 1]

    def _prime(self) -> None:
        if not self._primed:
            symbols = np.array([first_symbol(self._vocabulary, u) for u in self._draw().tolist()])
            self._reader.read(symbols)
            self._recent.append(symbols)
            self._primed = True

    def _advance(self, sampling: Sampling) -> Symbols:
        logits = self._reader.logits
        symbols = choose_each(self._sampler, logits, sampling, self._draw(), self._recent)
        self._recent.append(symbols)
        self._reader.read(symbols)
        return symbols

    def next_many(self, count: int, sampling: Sampling) -> list[str]:
        """Return the next `count` characters of every stream."""
        with steps_of(self._reader):
            self._prime()
            if self._vocabulary.unit == "char":
                rows = np.array([self._advance(sampling) for _ in range(count)], np.int64)
                return [self._vocabulary.decode(row) for row in rows.reshape(-1, self.count).T]
            texts = self._pending
            while min(map(len, texts)) < count:
                for k, symbol in enumerate(self._advance(sampling).tolist()):
                    texts[k] += self._decoders[k].push(symbol)
        self._pending = [text[count:] for text in texts]
        return [text[:count] for text in texts]
