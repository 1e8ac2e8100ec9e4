"""How well a model predicts a text: nats per character, by two protocols that must not be mixed.

Carried: one pass with the state carried from a zero state through the whole text. Reset: the state
is zero at the start of each of consecutive windows (nanoGPT's protocol). The same weights differ by
0.03 to 0.15 nats between protocols, so a figure without its protocol means nothing.

Texts may be memory-mapped: memory does not grow with their length.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnntui.data.vocabulary import Ids, Vocabulary
from rnntui.errors import CorpusError
from rnntui.inference.blas import MeasuredThreads
from rnntui.inference.cells import overflow, quiet
from rnntui.inference.compiled import Floats
from rnntui.inference.stepper import Stepper, StreamNetwork
from rnntui.inference.windows import WindowNetwork

Progress = Callable[[int, int], None]
"""Called now and then with the predictions scored so far, and all there will be."""

WARM_UP = 1024
"""Symbols a lane reads unscored, so that its state is that of a single pass to within rounding."""
LANES = 64
"""Texts, or windows, scored side by side: a step of 64 costs about 5 to 8 of one."""
_LANE = 2 * WARM_UP
"""Symbols that justify a lane: its warm-up is half as much work again, and still pays."""
_STEPS = 64
_NUMBERS = 1 << 22
"""Steps of a block, and logits it may hold at most (16 MB)."""


@dataclass(frozen=True)
class Score:
    """What a text cost a model."""

    nats: float
    """Of all predictions together."""
    predictions: int
    """Symbols predicted."""
    characters: int
    """Unicode characters among them: fewer than predictions where symbols are bytes."""

    @property
    def nats_per_char(self) -> float:
        """Cross-entropy in nats per character."""
        return self.nats / self.characters if self.characters else math.nan

    @property
    def bits_per_char(self) -> float:
        """Cross-entropy in bits per character."""
        return self.nats_per_char / math.log(2)


def starts_of(vocabulary: Vocabulary) -> NDArray[np.bool_]:
    """Return (V,): whether a symbol begins a character, as not every byte does."""
    return np.array([not isinstance(s, int) or s & 0xC0 != 0x80 for s in vocabulary.symbols])


class Tally:
    """Adds predictions up to a `Score`."""

    def __init__(self, vocabulary: Vocabulary, total: int, progress: Progress | None) -> None:
        self._starts = starts_of(vocabulary)
        self._progress, self._total = progress, total
        self._nats, self._predictions, self._characters = 0.0, 0, 0

    def add(self, logits: Floats, targets: NDArray[np.integer[Any]]) -> None:
        """Count predictions in.

        Args:
            logits: (T, V, B); overwritten.
            targets: (T, B) symbols that came; -1 where there was nothing to predict.
        """
        valid = targets >= 0
        with quiet():
            nats = _nats(logits, targets, valid)
        self._nats += float(nats[valid].sum(dtype=np.float64))
        self._predictions += int(valid.sum())
        self._characters += int(self._starts[targets[valid]].sum())
        if self._progress is not None:
            self._progress(self._predictions, self._total)

    @property
    def score(self) -> Score:
        """The sum so far.

        Raises:
            CheckpointError: it is no number.
        """
        if not math.isfinite(self._nats):
            raise overflow()
        return Score(self._nats, self._predictions, self._characters)


def _nats(logits: Floats, targets: NDArray[np.integer[Any]], valid: NDArray[np.bool_]) -> Floats:
    """Return (T, B): the cost of each prediction; overwrites the logits (T, V, B)."""
    chosen = np.take_along_axis(logits, np.where(valid, targets, 0)[:, None], 1)[:, 0]
    top = logits.max(1)  # (T, B)
    np.subtract(logits, top[:, None], logits)
    np.exp(logits, logits)
    nats: Floats = np.log(logits.sum(1)) - (chosen - top)
    return nats


@dataclass(frozen=True)
class _Lane:
    """A stretch of the text that one stream reads from a zero state."""

    first: int
    """Position of the first symbol read."""
    scored: int
    """Position of the first symbol whose prediction counts; after `first`."""
    end: int
    """Position after the last symbol predicted."""


def _too_short(ids: Ids) -> CorpusError:
    return CorpusError(f"a text of {len(ids)} symbols has nothing to predict", "give it at least 2")


def score_carried(
    network: StreamNetwork,
    vocabulary: Vocabulary,
    ids: Ids,
    *,
    lanes: int | None = None,
    progress: Progress | None = None,
) -> Score:
    """Score a text with the state carried from its beginning; its first symbol is not predicted.

    A long text is cut into lanes that are read side by side, each warmed up on the `WARM_UP`
    symbols before it; the difference to a single pass is far below 1e-4 nats unless a network
    remembers longer than that.

    Args:
        network: the weights.
        vocabulary: what the symbols mean.
        ids: (n,), n >= 2; may be memory-mapped.
        lanes: how many; 1 is the exact single pass, None chooses by the text's length.
        progress: called as it goes.

    Raises:
        CorpusError: the text has fewer than two symbols.
    """
    if len(ids) < 2:
        raise _too_short(ids)
    count = lanes or max(1, min(LANES, len(ids) // _LANE))
    # Lane 0 needs no warm-up, so it scores that much more: all lanes take equally many steps.
    share = -(-(len(ids) + (count - 1) * WARM_UP) // count)
    stretches = []
    scored = 1
    for index in range(count):
        first = max(0, scored - 1 - WARM_UP) if index else 0
        end = min(len(ids), first + share) if index < count - 1 else len(ids)
        if scored < end:
            stretches.append(_Lane(first, scored, end))
        scored = max(scored, end)
    tally = Tally(vocabulary, len(ids) - 1, progress)
    pace = MeasuredThreads(1 if count == 1 else None)  # a vector is no work to share
    _score_lanes(network, ids, stretches, tally, pace)
    return tally.score


def score_windows(
    network: StreamNetwork,
    vocabulary: Vocabulary,
    ids: Ids,
    window: int,
    *,
    progress: Progress | None = None,
) -> Score:
    """Score a text in consecutive windows of `window` predictions, each from a zero state.

    The window at i reads `ids[i : i + window]` and predicts the symbol after each; the last window
    may be shorter.

    Args:
        network: the weights.
        vocabulary: what the symbols mean.
        ids: (n,), n >= 2; may be memory-mapped.
        window: predictions in a window, at least 1.
        progress: called as it goes.

    Raises:
        CorpusError: the text has fewer than two symbols.
    """
    if len(ids) < 2:
        raise _too_short(ids)
    tally = Tally(vocabulary, len(ids) - 1, progress)
    pace = MeasuredThreads()
    for begin in range(0, len(ids) - 1, window * LANES):
        starts = range(begin, min(len(ids) - 1, begin + window * LANES), window)
        lanes = [_Lane(i, i + 1, min(len(ids), i + window + 1)) for i in starts]
        _score_lanes(network, ids, lanes, tally, pace)
    return tally.score


def _score_lanes(
    network: StreamNetwork, ids: Ids, lanes: list[_Lane], tally: Tally, pace: MeasuredThreads
) -> None:
    """Score lanes side by side; one that is through reads on in vain, its predictions uncounted."""
    reader = network.reader(len(lanes))
    longest = max(lane.end - lane.first for lane in lanes) - 1
    block = max(1, min(_STEPS, _NUMBERS // (network.outputs * len(lanes))))
    for begin in range(0, longest, block):
        steps = min(block, longest - begin)
        with pace.block(), quiet():
            tally.add(*_read_block(reader, network.outputs, ids, lanes, begin, steps))


def _read_block(
    reader: Stepper, outputs: int, ids: Ids, lanes: list[_Lane], begin: int, steps: int
) -> tuple[Floats, NDArray[np.int64]]:
    """Return logits (T, V, B) and targets (T, B) of the next steps of every lane."""
    inputs = np.zeros((steps, len(lanes)), np.int64)
    targets = np.full((steps, len(lanes)), -1, np.int64)
    for k, lane in enumerate(lanes):
        at = lane.first + begin
        part = np.asarray(ids[at : min(at + steps + 1, lane.end)], np.int64)
        inputs[: len(part), k] = part[:steps]
        unscored = max(0, lane.scored - at - 1)
        if len(part) - 1 > unscored:
            targets[unscored : len(part) - 1, k] = part[1 + unscored :]
    logits = np.empty((steps, outputs, len(lanes)), np.float32)
    for t in range(steps):
        reader.read(inputs[t])
        logits[t] = reader.logits
    return logits, targets


def score_contexts(
    network: WindowNetwork, vocabulary: Vocabulary, ids: Ids, *, progress: Progress | None = None
) -> Score:
    """Score a text with a network that reads windows.

    Each symbol but the first is predicted from the up to `window` symbols before it.

    Args:
        network: the weights.
        vocabulary: what the symbols mean.
        ids: (n,), n >= 2; may be memory-mapped.
        progress: called as it goes.

    Raises:
        CorpusError: the text has fewer than two symbols.
    """
    if len(ids) < 2:
        raise _too_short(ids)
    tally = Tally(vocabulary, len(ids) - 1, progress)
    pace = MeasuredThreads()
    alone = network.reader(1)
    for end in range(1, min(network.window, len(ids))):
        with quiet():
            logits = alone.predict(np.asarray(ids[:end], np.int64)[:, None])  # (V, 1)
        tally.add(logits[None].copy(), np.asarray(ids[end : end + 1], np.int64)[None])
    for positions in _batches(network.window, len(ids)):
        contexts = np.asarray(ids[positions[0] - network.window : positions[-1] + 1], np.int64)
        slid = np.lib.stride_tricks.sliding_window_view(contexts[:-1], network.window)  # (B, T)
        reader = alone if len(positions) == 1 else network.reader(len(positions))
        with pace.block(), quiet():
            logits = reader.predict(slid.T)  # (V, B)
            tally.add(logits[None].copy(), contexts[None, network.window :])
    return tally.score


def _batches(first: int, end: int) -> Iterator[range]:
    """Yield the positions from `first` to `end` in batches."""
    for begin in range(first, end, LANES):
        yield range(begin, min(begin + LANES, end))
