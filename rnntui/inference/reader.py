"""What generation and scoring ask of a network: read a symbol, say what may come next.

Two kinds of network answer: those that carry a state (`stepper`) and those that read a window anew
for every prediction (`windows`). Nobody else needs to know which one is at work.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rnntui.inference.compiled import Floats

Symbols = NDArray[np.integer[Any]]
"""(B,): one symbol for each of B streams."""


class Reader(Protocol):
    """A network in the middle of a text, or of B texts of the same length side by side."""

    @property
    def logits(self) -> Floats:
        """(V,) or (V, B): after the last `read`; overwritten by the next one."""

    def read(self, symbol: int | Symbols) -> None:
        """Read the next symbol, or one for each stream, and compute the logits after it."""

    def skim(self, symbols: Iterable[int]) -> None:
        """Read symbols (the same in every stream) whose logits nobody will ask for."""

    def reset(self) -> None:
        """Forget everything read."""

    def snapshot(self) -> Any:
        """Return a copy of all that `restore` needs, for this reader or another of the network."""

    def restore(self, snapshot: Any) -> None:
        """Go back to a snapshot; one of a single stream is given to every stream."""


class TextNetwork(Protocol):
    """A network's weights, from which any number of readers are made."""

    @property
    def outputs(self) -> int:
        """V: the number of symbols."""

    def reader(self, streams: int | None = None) -> Reader:
        """Make a reader of one stream (vectors), or of `streams` at once (matrices)."""
