"""The score of a text that is being written: one step for each new word, none for those before it.

What `SentimentModel.classify` computes for a whole text, kept ready at its end. A text that was
changed in its midst is gone on with from the first word that differs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnntui.checkpoints.config import Network
from rnntui.data.words import UNKNOWN, WordIds
from rnntui.errors import BadOption
from rnntui.inference.blas import one_thread
from rnntui.inference.calibration import probability
from rnntui.inference.cells import make_step
from rnntui.inference.compiled import Floats, Gates
from rnntui.inference.sentiment import Logits, SentimentModel


class _Layer:
    """One layer in the midst of a text."""

    def __init__(self, network: Network, gates: Gates) -> None:
        size = network.hidden
        self._gates = gates
        self.hidden = np.zeros(size, np.float32)
        carry = np.zeros(5 * size * (network.cell == "lstm"), np.float32)
        self.cell = carry[4 * size :]
        self._step = make_step(network, gates, gates.recurrent, self.hidden, self.hidden, carry)

    def read(self, x: Floats) -> Floats:
        self._step(self._gates.inputs @ x + self._gates.bias)
        return self.hidden


@dataclass(frozen=True)
class _Snapshot:
    """All that is known after some words of a window."""

    states: tuple[tuple[Floats, Floats], ...]
    """(hidden, cell) of each layer."""
    largest: Floats
    """(H,): so far."""
    top: float
    """The highest score of attention so far."""
    total: float
    """Of the shares, each exp(score - top); of the mean, the words."""
    weighted: Logits
    """(H,): the sum of the states by their shares."""


class RunningScore:
    """A text and its score, which follow what is written.

    Args:
        model: of one direction, that reads all of a text.

    Raises:
        BadOption: it is another kind: then a change costs a whole reading.
    """

    def __init__(self, model: SentimentModel) -> None:
        if not (model.runs_along and model.whole):
            raise BadOption(
                f"{model.name} has to read a text anew after each word", "judge it whole"
            )
        self._model = model
        network = model.network
        self._layers = [_Layer(model.config.network, gates) for (gates,) in network.gates]
        size = model.config.network.hidden
        zero = np.zeros(size, np.float32)
        self._zero = _Snapshot(
            tuple((layer.hidden * 0, layer.cell * 0) for layer in self._layers),
            zero - np.inf, -np.inf, 0.0, np.zeros(size),
        )  # fmt: skip
        self._attends = "attention" in network.pool.kinds
        self._ids: list[int] = []
        self._known: list[bool] = []
        """Whether the model knew a word of the text so far."""
        self._inside: list[float] = []
        """The logit after each word of its window."""
        self._logits: list[float] = []
        """The logit after each word of the text."""
        self._at: list[_Snapshot] = []
        """After each word of the last window."""

    @property
    def logits(self) -> Logits:
        """The log-odds of positive after each word: (T,)."""
        return np.array(self._logits, np.float64)

    @property
    def scores(self) -> Logits:
        """The probability of positive after each word: (T,)."""
        return probability(self.logits)

    @property
    def score(self) -> float:
        """The probability of positive for the text as it stands."""
        logit = self._logits[-1] if self._logits else self._model.prior_logit
        return float(probability(np.array(logit)))

    def update(self, text: str) -> float:
        """Take the text as it now is, and return its score."""
        return self.update_words(self._model.read(text).ids)

    def update_words(self, ids: WordIds) -> float:
        """Take the text as it now is, in the model's words; return its score."""
        new = ids.tolist()
        pairs = enumerate(zip(self._ids, new, strict=False))
        shorter = min(len(self._ids), len(new))
        self._rewind(next((i for i, (old, now) in pairs if old != now), shorter))
        with one_thread():
            for word in new[len(self._ids) :]:
                self._read(word)
        return self.score

    def _rewind(self, count: int) -> None:
        """Go back to the first `count` words, or a little further where no state was kept."""
        window = self._model.window
        kept = len(self._ids) - len(self._at)  # words before the last window
        if count < kept:
            count = count // window * window
        for along in (self._ids, self._known, self._inside, self._logits):
            del along[count:]
        del self._at[max(0, count - kept) :]

    def _read(self, word: int) -> None:
        window = self._model.window
        if len(self._ids) % window == 0:
            self._at = []
        pooled = self._step(word)
        logit = float(self._model.network.judged(pooled[None])[0])
        self._ids.append(word)
        self._inside.append(logit)
        # Known is known: once a word was, the text's score is its own.
        begun = word != UNKNOWN or (self._known[-1] if self._known else False)
        self._known.append(begun)
        self._logits.append(self._mean() if begun else self._model.prior_logit)

    def _mean(self) -> float:
        """The text's logit: that of each window, weighted by its words."""
        window, words = self._model.window, len(self._ids)
        ends = [*range(window, words, window), words]
        begins = [0, *ends[:-1]]
        spans = zip(begins, ends, strict=True)
        total: float = sum((end - begin) * self._inside[end - 1] for begin, end in spans)
        return total / words

    def _step(self, word: int) -> Floats:
        """Read a word after the last one; return what the head reads: (P,)."""
        network = self._model.network
        before = self._at[-1] if self._at else self._zero
        x: Floats = network.vectors[word]
        for layer, (hidden, cell) in zip(self._layers, before.states, strict=True):
            layer.hidden[:], layer.cell[:] = hidden, cell
            x = layer.read(x)
        after = self._pooled(before, x)
        self._at.append(after)
        parts = {"last": x, "max": after.largest}
        mean = (after.weighted / after.total).astype(np.float32)
        return np.concatenate([parts.get(kind, mean) for kind in network.pool.kinds])

    def _pooled(self, before: _Snapshot, x: Floats) -> _Snapshot:
        score = float(x @ self._model.network.pool.weight) if self._attends else 0.0
        top = max(before.top, score)
        shrunk, share = np.exp(before.top - top), np.exp(score - top)
        return _Snapshot(
            tuple((layer.hidden.copy(), layer.cell.copy()) for layer in self._layers),
            np.maximum(before.largest, x),
            top,
            before.total * shrunk + share,
            before.weighted * shrunk + share * x,
        )
