"""A stack of recurrent layers that carries its state from symbol to symbol.

Layer 0 looks its input up in a table. The states of all layers lie one after another in one array,
so that `[input | state]` of an upper layer is a view of it: one product with a fused matrix, and no
copying. Text, sampling and randomness are other modules' business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from rnntui.checkpoints.config import Config, Network
from rnntui.inference.cells import Step, columns, make_head, make_step
from rnntui.inference.compiled import (
    Floats,
    Gates,
    Head,
    Tensors,
    gates_of,
    head_of,
    input_table,
)
from rnntui.inference.reader import Symbols

_SMALL = 1 << 19
"""Bytes up to which a matrix is kept column by column: OpenBLAS's product with a vector then is 1.4
times as fast while the matrix fits in the cache beside the rest, and no faster beyond."""


@dataclass(frozen=True)
class State:
    """All that a stack remembers; plain copies."""

    hidden: Floats
    """(L, H) or (L, H, B)."""
    cell: Floats | None
    """(L, H) or (L, H, B), of LSTMs."""
    logits: Floats
    """(V,) or (V, B)."""


@dataclass(frozen=True)
class StreamNetwork:
    """The weights of a network that carries its state."""

    network: Network
    table: Floats
    """(V, G)."""
    gates: tuple[Gates, ...]
    """Of each layer."""
    weights: tuple[Floats, ...]
    """What each layer multiplies its reads by: its recurrent matrix, or (LSTM and plain cells above
    layer 0) its input and recurrent matrices side by side, (G, K + H)."""
    head: Head

    @classmethod
    def build(cls, config: Config, tensors: Tensors) -> StreamNetwork:
        """Rearrange a checkpoint's tensors."""
        network = config.network
        gates = tuple(gates_of(network, tensors, layer) for layer in range(network.layers))
        weights = tuple(
            _ordered(
                np.hstack([layer.inputs, layer.recurrent])
                if index and network.cell != "gru"
                else layer.recurrent
            )
            for index, layer in enumerate(gates)
        )
        table = input_table(config, tensors, gates[0])
        return cls(network, table, gates, weights, head_of(network, tensors))

    @property
    def outputs(self) -> int:
        """V: the number of symbols."""
        return len(self.table)

    def reader(self, streams: int | None = None) -> Stepper:
        """Make a reader of one stream, or of several at once."""
        return Stepper(self, streams)


def _ordered(matrix: Floats) -> Floats:
    if matrix.nbytes <= _SMALL:
        return np.asfortranarray(matrix)
    return np.ascontiguousarray(matrix)


class Stepper:
    """Reads one symbol at a time, for one stream or for B side by side."""

    def __init__(self, compiled: StreamNetwork, streams: int | None = None) -> None:
        network = compiled.network
        self._size, self._layers = network.hidden, network.layers
        self._batch = () if streams is None else (streams,)
        self._table = compiled.table
        # Streams side by side take columns: transposing gathered rows would cost a third more.
        self._columns = np.ascontiguousarray(self._table.T) if self._batch else self._table[:0]
        self._given = np.empty((len(self._columns), *self._batch), np.float32)
        shape = (self._layers * self._size, *self._batch)
        self._hidden = np.zeros(shape, np.float32)
        lstm = network.cell == "lstm"
        self._carry = np.zeros((self._layers, 5 * self._size * lstm, *self._batch), np.float32)
        self.logits: Floats = np.zeros((compiled.outputs, *self._batch), np.float32)
        self._first = self._layer_step(compiled, 0)
        self._upper = [self._upper_step(compiled, layer) for layer in range(1, self._layers)]
        self._head = make_head(compiled.head, self._slot(self._layers - 1), self.logits)

    def _slot(self, layer: int, *, back: int = 0) -> Floats:
        """The state of a layer, with those of the `back` layers below it in front."""
        return self._hidden[(layer - back) * self._size : (layer + 1) * self._size]

    def _layer_step(self, compiled: StreamNetwork, layer: int) -> Step:
        fused = layer > 0 and compiled.network.cell != "gru"
        return make_step(
            compiled.network, compiled.gates[layer], compiled.weights[layer],
            self._slot(layer, back=int(fused)), self._slot(layer), self._carry[layer],
        )  # fmt: skip

    def _upper_step(self, compiled: StreamNetwork, layer: int) -> Callable[[], None]:
        """Make the step of a layer that reads the one below."""
        step = self._layer_step(compiled, layer)
        gates = compiled.gates[layer]
        bias = columns(gates.bias, self._hidden)
        if compiled.network.cell != "gru":
            return lambda: step(bias)
        inputs, below = _ordered(gates.inputs), self._slot(layer - 1)
        given = np.empty((len(inputs), *self._batch), np.float32)

        def gru() -> None:
            np.dot(inputs, below, given)
            np.add(given, bias, given)
            step(given)

        return gru

    def _advance(self, symbol: int | Symbols) -> None:
        if self._batch:
            self._first(np.take(self._columns, symbol, 1, self._given, "clip"))  # (G, B)
        else:
            self._first(self._table[symbol])  # (G,)
        for step in self._upper:
            step()

    def read(self, symbol: int | Symbols) -> None:
        """Read the next symbol, or one for each stream, and compute the logits after it."""
        self._advance(symbol)
        self._head()

    def skim(self, symbols: Iterable[int]) -> None:
        """Read symbols (the same in every stream) whose logits nobody will ask for."""
        for symbol in symbols:
            self._advance(np.full(self._batch, symbol) if self._batch else symbol)

    def reset(self) -> None:
        """Forget everything read."""
        self._hidden.fill(0)
        self._carry.fill(0)
        self.logits.fill(0)

    @property
    def hidden(self) -> Floats:
        """(L, H) or (L, H, B): the state of every layer, a view that changes with the next read."""
        return self._hidden.reshape(self._layers, self._size, *self._batch)

    def snapshot(self) -> State:
        """Return copies of the state and the logits."""
        cell = self._carry[:, 4 * self._size :].copy() if self._carry.size else None
        return State(self.hidden.copy(), cell, self.logits.copy())

    def restore(self, snapshot: State) -> None:
        """Go back to a snapshot; one of a single stream is given to every stream."""
        spread = (..., None) if self._batch and snapshot.logits.ndim == 1 else (...,)
        self.hidden[:] = snapshot.hidden[spread]
        if snapshot.cell is not None:
            self._carry[:, 4 * self._size :] = snapshot.cell[spread]
        self.logits[:] = snapshot.logits[spread]
