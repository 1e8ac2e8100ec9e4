"""A model writing one text: read a prompt, draw characters, go back, branch.

A `Session` is one stream: a reader, its random numbers, and the decoder that turns symbols into
characters. The same model, prompt, settings and seed give the same text everywhere. It knows no
terminal and no pace; settings come with every call, so that a changed knob acts on the next
character. Characters are counted in Unicode, not bytes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnntui.data.vocabulary import Decoder, Encoded, Vocabulary
from rnntui.errors import BadOption
from rnntui.inference.cells import steps_of
from rnntui.inference.compiled import Floats
from rnntui.inference.reader import TextNetwork
from rnntui.inference.sampling import (
    LONGEST_REPETITION_WINDOW,
    Distribution,
    Doubles,
    Sampler,
    Sampling,
)


def random_numbers(seed: int, stream: int) -> np.random.Generator:
    """Return the random numbers of one stream of a run.

    Raises:
        BadOption: the seed is negative.
    """
    if seed < 0:
        raise BadOption(f"seed is {seed}", "choose 0 or more")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(stream,))))


def first_symbol(vocabulary: Vocabulary, uniform: float) -> int:
    """Return what a text without a prompt starts from: a newline, else a symbol at random."""
    newline = 10 if vocabulary.unit == "byte" else "\n"
    return vocabulary.index.get(newline, int(uniform * len(vocabulary)))


@dataclass(frozen=True)
class Snapshot:
    """All of a session at one moment. It never changes, and any session of the model takes it."""

    reader: Any
    randomness: Mapping[str, Any]
    recent: tuple[int, ...]
    decoder: Any
    pending: str
    primed: bool


@dataclass(frozen=True)
class Traced:
    """Generated characters with what the model thought of each.

    By the network's own distribution (temperature 1, no filters), whatever it was drawn from. In
    byte models a character's surprise and entropy are the sums over its bytes, its rank the
    largest.
    """

    text: str
    nats: Doubles
    """(characters,): surprise, minus the natural logarithm of the probability."""
    rank: NDArray[np.int64]
    """(characters,): 1 for the most probable symbol."""
    entropy: Doubles
    """(characters,): nats, of the distribution it was drawn from before any setting."""


class Session:
    """One stream of text from a model.

    Args:
        network: the weights.
        vocabulary: what the symbols mean.
        seed: decides every draw.
        stream: which of the seed's independent streams this is.
    """

    def __init__(
        self, network: TextNetwork, vocabulary: Vocabulary, seed: int, stream: int = 0
    ) -> None:
        self._reader = network.reader()
        self._vocabulary = vocabulary
        self._sampler = Sampler(network.outputs)
        self._generator = random_numbers(seed, stream)
        self._random = self._generator.random
        self._decoder: Decoder = vocabulary.decoder()
        self._recent: deque[int] = deque(maxlen=LONGEST_REPETITION_WINDOW)
        self._pending = ""
        self._primed = False
        self.seed = seed

    @property
    def logits(self) -> Floats:
        """(V,): of the next symbol; changes with the next character."""
        self._prime()
        return self._reader.logits

    @property
    def hidden(self) -> Floats | None:
        """(L, H): the state of every layer as it is now; None of networks that read windows."""
        return getattr(self._reader, "hidden", None)

    def feed(self, text: str) -> Encoded:
        """Read a prompt, or any text in mid-run, as if the model had written it.

        Args:
            text: "" does nothing; a session that has read nothing then starts from a newline, or
                from a symbol drawn at random where the model has no newline.

        Returns:
            What was read, with the characters that had to be mapped or dropped.
        """
        encoded = self._vocabulary.encode(text)
        symbols = encoded.ids.tolist()
        if symbols:
            self._decoder = self._vocabulary.decoder()  # a character broken off stays so
            self._pending = ""
            with steps_of(self._reader):
                self._reader.skim(symbols[:-1])
                self._reader.read(symbols[-1])
            self._recent.extend(symbols)
            self._primed = True
        return encoded

    def _prime(self) -> None:
        """Start from a newline if nothing has been read yet."""
        if not self._primed:
            # One number is used up either way, so that stream k's draws never depend on the
            # vocabulary; a session with a prompt has drawn none here.
            symbol = first_symbol(self._vocabulary, self._random())
            with steps_of(self._reader):
                self._reader.read(symbol)
            self._recent.append(symbol)
            self._primed = True

    def _advance(self, sampling: Sampling) -> int:
        reader = self._reader
        symbol = self._sampler.choose(reader.logits, sampling, self._random(), self._recent)
        self._recent.append(symbol)
        reader.read(symbol)
        return symbol

    def next(self, sampling: Sampling) -> str:
        """Return the next character."""
        return self.next_many(1, sampling)

    def next_many(self, count: int, sampling: Sampling) -> str:
        """Return the next `count` characters.

        Several at once are cheaper; the settings hold for all of them.
        """
        pieces = [self._pending]
        length = len(self._pending)
        with steps_of(self._reader):
            self._prime()
            while length < count:
                piece = self._decoder.push(self._advance(sampling))
                pieces.append(piece)
                length += len(piece)
        text = "".join(pieces)
        self._pending = text[count:]
        return text[:count]

    def trace(self, count: int, sampling: Sampling) -> Traced:
        """Return the next `count` characters with the model's opinion of each.

        The text is that of `next_many`; the figures are computed for all characters at once.
        """
        text, owners = self._pending, []
        symbols: list[int] = []
        logits: list[Floats] = []
        with steps_of(self._reader):
            self._prime()
            while len(text) < count:
                logits.append(self._reader.logits.copy())
                symbols.append(self._advance(sampling))
                owners.append(len(text))  # the character this symbol is, or begins, or continues
                text += self._decoder.push(symbols[-1])
        self._pending = text[count:]
        return _traced(text[:count], np.array(owners, np.int64), symbols, logits)

    def distribution(self, sampling: Sampling) -> Distribution:
        """Return the probabilities of the next symbol, before and after the settings."""
        return self._sampler.distribution(self.logits, sampling, self._recent)

    def snapshot(self) -> Snapshot:
        """Return this moment, for `restore`: tens of kilobytes, tens of microseconds."""
        return Snapshot(
            self._reader.snapshot(), self._generator.bit_generator.state, tuple(self._recent),
            self._decoder.snapshot(), self._pending, self._primed,
        )  # fmt: skip

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a moment of this session, or on from a moment of another of the same model."""
        self._reader.restore(snapshot.reader)
        self._generator.bit_generator.state = snapshot.randomness
        self._recent = deque(snapshot.recent, LONGEST_REPETITION_WINDOW)
        self._decoder = self._vocabulary.decoder()
        self._decoder.restore(snapshot.decoder)
        self._pending, self._primed = snapshot.pending, snapshot.primed

    def reseed(self, seed: int, stream: int = 0) -> None:
        """Draw from other random numbers from here on: the way to another branch."""
        self._generator = random_numbers(seed, stream)
        self._random = self._generator.random
        self.seed = seed


def _traced(
    text: str, owners: NDArray[np.int64], symbols: list[int], logits: list[Floats]
) -> Traced:
    """Sum up, by character, what the network thought of each symbol."""
    nats, entropy = np.zeros(len(text)), np.zeros(len(text))
    rank = np.ones(len(text), np.int64)
    if symbols:
        scores = np.array(logits, np.float64)  # (symbols, V)
        scores -= scores.max(1, keepdims=True)
        own = scores[np.arange(len(symbols)), symbols]
        odds = np.exp(scores)
        total = odds.sum(1)
        np.add.at(nats, owners, np.log(total) - own)
        # In this form sum p log p needs no logarithm of a p that has underflowed to 0.
        np.add.at(entropy, owners, np.log(total) - (odds * scores).sum(1) / total)
        np.maximum.at(rank, owners, 1 + (scores > own[:, None]).sum(1))
    return Traced(text, nats, rank, entropy)
