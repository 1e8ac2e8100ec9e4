"""A network in the midst of a conversation: read on from a moment, and what texts would cost there.

A moment never changes and can be gone back to exactly, whatever was read or drawn since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnntui.inference.cells import steps_of
from rnntui.inference.compiled import Floats
from rnntui.inference.reader import TextNetwork
from rnntui.inference.sampling import LONGEST_REPETITION_WINDOW, Doubles


@dataclass(frozen=True)
class Moment:
    """All that a network remembers of what it has read, and the last of it."""

    reader: Any
    """A reader's snapshot."""
    recent: tuple[int, ...]
    """The last symbols, for the repetition penalty."""


def read_on(network: TextNetwork, moment: Moment | None, symbols: Sequence[int]) -> Moment:
    """Return the moment after some symbols.

    Args:
        network: the weights.
        moment: where they follow; None for the beginning of everything.
        symbols: at least one, unless there is a moment.
    """
    if moment is not None and not symbols:
        return moment
    reader = network.reader()
    if moment is not None:
        reader.restore(moment.reader)
    with steps_of(reader):
        reader.skim(symbols[:-1])
        reader.read(symbols[-1])
    recent = (*(moment.recent if moment else ()), *symbols)[-LONGEST_REPETITION_WINDOW:]
    return Moment(reader.snapshot(), recent)


def log_softmax(logits: Floats) -> Doubles:
    """Return the logarithms of the probabilities; logits (V, B), along the first axis."""
    scores = logits.astype(np.float64)
    scores -= scores.max(0)
    scores -= np.log(np.exp(scores).sum(0))
    return scores


def costs(network: TextNetwork, moment: Moment, texts: Sequence[Sequence[int]]) -> Doubles:
    """Return what each text would cost after a moment, in nats: (B,), 0 for an empty one.

    They are read side by side; one that is over reads on in vain.

    Args:
        network: the weights.
        moment: after which each of them is read.
        texts: B of them, as symbols.
    """
    total = np.zeros(len(texts))
    longest = max(map(len, texts), default=0)
    if not longest:
        return total
    symbols = np.zeros((longest, len(texts)), np.int64)
    for k, text in enumerate(texts):
        symbols[: len(text), k] = text
    lengths = np.array([len(text) for text in texts])
    reader = network.reader(len(texts))
    reader.restore(moment.reader)
    columns = np.arange(len(texts))
    with steps_of(reader):
        for t, row in enumerate(symbols):
            nats = -log_softmax(reader.logits)[row, columns]
            total += np.where(t < lengths, nats, 0.0)
            if t < longest - 1:
                reader.read(row)
    return total
