"""A network that reads the last `window` symbols anew, from a zero state, for every prediction.

Such a network may be bidirectional: both directions read the whole window, layers below the top
hand their full sequences upward as torch.nn does, and the head reads the last state of each
direction of the top layer, the backward one's after it has come from the window's end to its first
symbol. While fewer symbols exist than a window holds, the context is as short as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from rnntui.checkpoints.config import Config, Network
from rnntui.inference.cells import Step, make_head, make_step
from rnntui.inference.compiled import (
    Floats,
    Gates,
    Head,
    Tensors,
    all_gates,
    head_of,
    input_table,
)
from rnntui.inference.reader import Symbols


@dataclass(frozen=True)
class WindowState:
    """All that a window reader remembers."""

    recent: tuple[int | Symbols, ...]
    """The last symbols read, at most a window of them; of B streams, (B,) each."""
    logits: Floats
    """(V,) or (V, B)."""


@dataclass(frozen=True)
class WindowNetwork:
    """The weights of a network that reads windows."""

    network: Network
    tables: tuple[Floats, ...]
    """(V, G), of each direction of layer 0."""
    gates: tuple[tuple[Gates, ...], ...]
    """Of each layer, of each direction: forward, then backward."""
    head: Head

    @classmethod
    def build(cls, config: Config, tensors: Tensors) -> WindowNetwork:
        """Rearrange a checkpoint's tensors."""
        network = config.network
        gates = all_gates(network, tensors)
        tables = tuple(input_table(config, tensors, direction) for direction in gates[0])
        return cls(network, tables, gates, head_of(network, tensors))

    @property
    def outputs(self) -> int:
        """V: the number of symbols."""
        return len(self.tables[0])

    @property
    def window(self) -> int:
        """How many symbols a prediction sees at most."""
        return self.network.window or 1

    def reader(self, streams: int | None = None) -> WindowReader:
        """Make a reader of one stream, or of several at once."""
        return WindowReader(self, streams)


class Direction:
    """One direction of one layer: runs over a whole window."""

    def __init__(self, network: Network, gates: Gates, batch: tuple[int, ...]) -> None:
        size = network.hidden
        self.gates = gates
        self.hidden = np.zeros((size, *batch), np.float32)
        self._carry = np.zeros((5 * size * (network.cell == "lstm"), *batch), np.float32)
        self._step: Step = make_step(
            network, gates, gates.recurrent, self.hidden, self.hidden, self._carry
        )

    def run(self, given: Floats, out: Floats | None, *, backward: bool) -> None:
        """Read a window from a zero state.

        Args:
            given: (T, G) or (T, B, G): what the inputs add to the gates.
            out: (T, H) or (T, B, H): where the state of every time step goes, if anywhere.
            backward: whether to read from the end to the beginning.
        """
        self.hidden.fill(0)
        self._carry.fill(0)
        times = range(len(given) - 1, -1, -1) if backward else range(len(given))
        for t in times:
            self._step(given[t].T)
            if out is not None:
                out[t] = self.hidden.T


class WindowReader:
    """Re-reads the last symbols for every prediction, for one stream or B side by side."""

    def __init__(self, compiled: WindowNetwork, streams: int | None = None) -> None:
        network = compiled.network
        self._window, self._tables = compiled.window, compiled.tables
        self._batch = () if streams is None else (streams,)
        self._stack = [
            [Direction(network, gates, self._batch) for gates in layer] for layer in compiled.gates
        ]
        self._recent: list[int | Symbols] = []
        self._features = np.zeros((network.features, *self._batch), np.float32)
        self.logits: Floats = np.zeros((compiled.outputs, *self._batch), np.float32)
        self._head: Callable[[], None] = make_head(compiled.head, self._features, self.logits)

    def predict(self, context: Symbols) -> Floats:
        """Return the logits after one context, without touching what was read before.

        Args:
            context: (T,) or (T, B) symbols.

        Returns:
            (V,) or (V, B); overwritten by the next prediction.
        """
        given = [table[context] for table in self._tables]  # (T, G) or (T, B, G) each
        for depth, layer in enumerate(self._stack):
            if depth == len(self._stack) - 1:
                self._run_top(layer, given)
            else:
                given = self._run_below(layer, given, self._stack[depth + 1])
        self._head()
        return self.logits

    def _run_below(
        self, layer: list[Direction], given: list[Floats], above: list[Direction]
    ) -> list[Floats]:
        """Run a layer and return what it adds to the gates of each direction of the next one."""
        size = len(layer[0].hidden)
        shape = given[0].shape[:-1]
        out = np.empty((*shape, size * len(layer)), np.float32)  # (T, [B,] 2H)
        for side, direction in enumerate(layer):
            part = out[..., side * size : (side + 1) * size]
            direction.run(given[side], part, backward=side == 1)
        flat = out.reshape(-1, out.shape[-1])
        return [
            (flat @ d.gates.inputs.T + d.gates.bias).reshape(*shape, -1) for d in above
        ]  # one product for all time steps

    def _run_top(self, layer: list[Direction], given: list[Floats]) -> None:
        size = len(layer[0].hidden)
        for side, direction in enumerate(layer):
            direction.run(given[side], None, backward=side == 1)
            self._features[side * size : (side + 1) * size] = direction.hidden

    def read(self, symbol: int | Symbols) -> None:
        """Read the next symbol, or one for each stream, and compute the logits after it."""
        self._remember(symbol)
        self.predict(np.array(self._recent))

    def skim(self, symbols: Iterable[int]) -> None:
        """Read symbols (the same in every stream); costs nothing, since windows are re-read."""
        for symbol in symbols:
            self._remember(np.full(self._batch, symbol) if self._batch else symbol)

    def _remember(self, symbol: int | Symbols) -> None:
        self._recent.append(symbol)
        if len(self._recent) > self._window:
            del self._recent[0]

    def reset(self) -> None:
        """Forget everything read."""
        self._recent.clear()
        self.logits.fill(0)

    def snapshot(self) -> WindowState:
        """Return copies of the recent symbols and the logits."""
        return WindowState(tuple(self._recent), self.logits.copy())

    def restore(self, snapshot: WindowState) -> None:
        """Go back to a snapshot; one of a single stream is given to every stream."""
        single = bool(self._batch) and snapshot.logits.ndim == 1
        self._recent = [
            np.full(self._batch, symbol) if single else symbol for symbol in snapshot.recent
        ]
        self.logits[:] = snapshot.logits[..., None] if single else snapshot.logits
