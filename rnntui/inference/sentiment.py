"""A model that judges texts: verdicts, the score after each word, and each word's share in it.

**The score of a text.** What is longer than the model's window is read window by window, each from
a zero state, and the text's logit is the mean of theirs, weighted by their words (or the logit of
its last window alone, where the model was trained so: `reads` is "window"). A text without a word
the model knows gets the prior: the share of positive reviews it was trained on.

**The score after a word** is the score of the text that ends there, exactly. A network of one
direction gives it at the price of one step a word; one of both directions reads every prefix anew.

**A word's share** is in log-odds. In one direction it is the change of the logit as the word is
read, so that the shares of a text and the prior add up to its logit. In both directions no reading
is the word's own: its share is the change of the text's logit when the word is replaced by an
unknown one (leave one out).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.config import Config, parameter_count
from rnntui.data.batches import windows
from rnntui.data.tokens import tokens
from rnntui.data.words import UNKNOWN, WordIds, Words
from rnntui.errors import CheckpointError
from rnntui.inference.blas import one_thread
from rnntui.inference.calibration import prior_of, probability
from rnntui.inference.classifier import ClassifierNetwork

Label = Literal["positive", "negative"]

Logits = NDArray[np.float64]

NOTHING = "there is no word in it; the score is the prior"
NOTHING_KNOWN = "the model knows none of its words; the score is the prior"

_READINGS = 400
"""Prefixes, and words left out, that a network of both directions reads of a text at most: a longer
one is traced in steps of several words."""


@dataclass(frozen=True)
class Word:
    """One word of a text, and what it did to the verdict."""

    text: str
    """As it stands there."""
    begin: int
    """Where it begins in the text, in characters."""
    end: int
    known: bool
    """Whether the vocabulary has it."""
    score: float
    """The probability of positive for the text up to and with this word."""
    share: float
    """In log-odds; see the module."""


@dataclass(frozen=True)
class Verdict:
    """What a model thinks of a text."""

    label: Label
    score: float
    """Probability of positive."""
    logit: float
    """Its log-odds."""
    words: int
    known: int
    """How many of them the vocabulary has."""
    note: str = ""
    """Why the score says nothing of the text, if so."""
    trace: tuple[Word, ...] | None = None
    """Where one was asked for."""


@dataclass(frozen=True)
class Reading:
    """A text as a model reads it."""

    ids: WordIds
    """(T,)."""
    places: tuple[tuple[int, int], ...]
    """Begin and end of each word."""

    @property
    def known(self) -> NDArray[np.bool_]:
        """(T,): whether the vocabulary has the word."""
        known: NDArray[np.bool_] = self.ids != UNKNOWN
        return known


@dataclass(frozen=True)
class SentimentModel:
    """A network that judges."""

    name: str
    config: Config
    words: Words
    network: ClassifierNetwork
    prior: float
    """Share of positive reviews in its training part."""

    @property
    def parameters(self) -> int:
        """Number of trained parameters."""
        return parameter_count(self.config)

    @property
    def window(self) -> int:
        """How many words it reads at once."""
        return self.config.network.window or 1

    @property
    def whole(self) -> bool:
        """Whether all windows of a longer text count, or its last alone."""
        return self.config.network.reads == "stream"

    @property
    def runs_along(self) -> bool:
        """Whether the score after one more word costs one step."""
        return not self.config.network.bidirectional

    @property
    def prior_logit(self) -> float:
        """The prior's log-odds."""
        return math.log(self.prior / (1 - self.prior))

    def read(self, text: str) -> Reading:
        """Cut a text into words."""
        found = list(tokens(text))
        ids = self.words.encode(word for word, _, _ in found)
        return Reading(ids, tuple((begin, end) for _, begin, end in found))

    def classify(self, text: str, *, trace: bool = False) -> Verdict:
        """Judge a text of any length; never fails.

        Args:
            text: any; markup is skipped.
            trace: with the score after each word and each word's share.
        """
        reading = self.read(text)
        with one_thread():
            if not trace:
                return self._verdict(reading, self.logit(reading.ids))
            scores = self.prefix_logits(reading.ids)
            logit = float(scores[-1]) if len(scores) else self.prior_logit
            shares = self.shares(reading.ids, scores)
        return self._verdict(reading, logit, self._trace(text, reading, scores, shares))

    def classify_many(self, texts: Sequence[str]) -> list[Verdict]:
        """Judge several texts side by side, which takes less time than one after another."""
        readings = [self.read(text) for text in texts]
        pieces = [
            (number, reading.ids[begin:end])
            for number, reading in enumerate(readings)
            if reading.known.any()
            for begin, end in self._windows(len(reading.ids))
        ]
        with one_thread():
            found = self.network.logits([ids for _, ids in pieces])
        sums, counts = np.zeros(len(texts)), np.zeros(len(texts))
        for (number, ids), logit in zip(pieces, found.tolist(), strict=True):
            sums[number] += logit * len(ids)
            counts[number] += len(ids)
        logits = np.where(counts > 0, sums / np.maximum(counts, 1), self.prior_logit)
        return [self._verdict(r, x) for r, x in zip(readings, logits.tolist(), strict=True)]

    def _windows(self, length: int) -> list[tuple[int, int]]:
        """The windows whose words make a text's score."""
        return windows(length, self.window) if self.whole else [
            (max(0, length - self.window), length)
        ]  # fmt: skip

    def _verdict(
        self, reading: Reading, logit: float, trace: tuple[Word, ...] | None = None
    ) -> Verdict:
        known = int(reading.known.sum())
        score = float(probability(np.array(logit)))
        note = "" if known else NOTHING_KNOWN if len(reading.ids) else NOTHING
        label: Label = "positive" if score >= 0.5 else "negative"
        return Verdict(label, score, logit, len(reading.ids), known, note, trace)

    def _trace(
        self, text: str, reading: Reading, logits: Logits, shares: Logits
    ) -> tuple[Word, ...]:
        return tuple(
            Word(text[begin:end], begin, end, known, score, share)
            for (begin, end), known, score, share in zip(
                reading.places, reading.known.tolist(), probability(logits).tolist(),
                shares.tolist(), strict=True,
            )
        )  # fmt: skip

    def logit(self, ids: WordIds) -> float:
        """Return a text's log-odds of positive.

        Args:
            ids: (T,), any T.
        """
        if not (ids != UNKNOWN).any():
            return self.prior_logit
        pieces = [ids[begin:end] for begin, end in self._windows(len(ids))]
        if len(pieces) == 1 and self.runs_along:
            return self.network.logit(pieces[0])
        sizes = [len(piece) for piece in pieces]
        return float(np.average(self.network.logits(pieces).astype(np.float64), weights=sizes))

    def prefix_logits(self, ids: WordIds) -> Logits:
        """Return the log-odds after each word of a text: (T,).

        Of more than 400 words, a network of both directions reads every n-th prefix, so that
        there are 400 of them; between two, what the earlier one gave stands.
        """
        known = ids != UNKNOWN
        if not known.any():
            return np.full(len(ids), self.prior_logit)
        logits = self._running(ids) if self.runs_along else self._reread(ids)
        logits[: int(known.argmax())] = self.prior_logit
        return logits

    def _running(self, ids: WordIds) -> Logits:
        """Every prefix, in one reading of each window."""
        spans = windows(len(ids), self.window)
        if not self.whole:  # beyond the first window, each word ends a window of its own
            first = self.network.prefix_logits(ids[: self.window])
            ends = range(self.window + 1, len(ids) + 1)
            later = self.network.logits([ids[end - self.window : end] for end in ends])
            return np.concatenate([first, later]).astype(np.float64)
        found = [self.network.prefix_logits(ids[begin:end]) for begin, end in spans]
        return over_windows(found, spans)

    def _reread(self, ids: WordIds) -> Logits:
        """Every n-th prefix, each read anew."""
        step = -(-len(ids) // _READINGS)
        ends = list(range(step, len(ids) + 1, step))
        ends += [] if ends and ends[-1] == len(ids) else [len(ids)]
        pieces = [ids[begin:end] for stop in ends for begin, end in self._windows(stop)[-1:]]
        own = self.network.logits(pieces).astype(np.float64)
        if self.whole and len(ids) > self.window:
            own = self._with_earlier_windows(ids, ends, own)
        first = [self.network.logits([ids[:1]])[0]] * (step - 1)
        return np.concatenate([first, np.repeat(own, np.diff([*ends, len(ids) + 1]))])[: len(ids)]

    def _with_earlier_windows(self, ids: WordIds, ends: list[int], own: Logits) -> Logits:
        """Average the logits of prefixes' last windows with those of the windows before."""
        spans = windows(len(ids), self.window)
        full = self.network.logits([ids[begin:end] for begin, end in spans])
        sums = np.concatenate([[0], np.cumsum(full[:-1].astype(np.float64) * self.window)])
        stops = np.array(ends)
        before = (stops - 1) // self.window
        rest = stops - before * self.window
        logits: Logits = (sums[before] + rest * own) / stops
        return logits

    def shares(self, ids: WordIds, prefix_logits: Logits) -> Logits:
        """Return each word's share in the verdict, in log-odds: (T,).

        Args:
            ids: (T,).
            prefix_logits: (T,), of the same text.
        """
        if not len(ids):
            return np.zeros(0)
        if self.runs_along:
            return np.diff(prefix_logits, prepend=self.prior_logit)
        return self._left_out(ids)

    def _left_out(self, ids: WordIds) -> Logits:
        """Replace words by `<unk>`, groups of neighbours where a text has more than 400."""
        shares = np.zeros(len(ids))
        if not (ids != UNKNOWN).any():
            return shares
        size = -(-len(ids) // _READINGS)
        spans = self._windows(len(ids))
        weights = np.array([end - begin for begin, end in spans], np.float64)
        weights /= weights.sum()
        whole = self.network.logits([ids[begin:end] for begin, end in spans])
        groups, texts = [], []
        for number, (begin, end) in enumerate(spans):
            for first in range(begin, end, size):
                last = min(first + size, end)
                text = ids[begin:end].copy()
                text[first - begin : last - begin] = UNKNOWN
                groups.append((number, first, last))
                texts.append(text)
        for (number, first, last), logit in zip(groups, self.network.logits(texts), strict=True):
            change = float(whole[number] - logit) * weights[number]
            shares[first:last] = change / (last - first)
        return shares


def over_windows(found: list[NDArray[np.float32]], spans: list[tuple[int, int]]) -> Logits:
    """Return the log-odds after each word, of the logits inside each window: (T,)."""
    before = 0.0
    parts = []
    for logits, (begin, end) in zip(found, spans, strict=True):
        inside = np.arange(1, end - begin + 1)
        parts.append((before + inside * logits.astype(np.float64)) / (begin + inside))
        before += (end - begin) * float(logits[-1])
    return np.concatenate(parts)


def build_sentiment_model(
    config: Config, weights: Mapping[str, NDArray[np.floating]], name: str
) -> SentimentModel:
    """Make a model from weights in memory, which are copied.

    Args:
        config: of a sentiment model.
        weights: by the names of `tensor_shapes`.
        name: for messages.

    Raises:
        CheckpointError: it is no model that judges texts.
    """
    if config.task != "sentiment" or config.vocabulary is None:
        raise CheckpointError(f"{name} is a model for {config.task}", "name one that judges texts")
    return SentimentModel(
        name,
        config,
        Words.from_config(config.vocabulary, name),
        ClassifierNetwork.build(config, weights),
        prior_of(config),
    )
