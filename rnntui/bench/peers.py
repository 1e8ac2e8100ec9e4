"""The same networks in plain torch, written as people write them: what the product is held against.

Each reads a symbol and returns the logits of the next one; the draw (softmax with temperature,
`torch.multinomial`) is the same for all. They do their best: inference mode, no copies, one-hot
rows made beforehand.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from rnntui.bench.models import Weights
from rnntui.checkpoints.config import Config


class Peer(ABC):
    """One stream of text by a network in torch.

    Args:
        config: of a text model with one-hot input.
        weights: by a checkpoint's names.
        temperature: of the draw.
    """

    def __init__(self, config: Config, weights: Weights, temperature: float) -> None:
        self.layers, self.hidden = config.network.layers, config.network.hidden
        self.lstm = config.network.cell == "lstm"
        self.tensors = {name: torch.tensor(array) for name, array in weights.items()}
        self.one_hot = torch.eye(config.outputs)
        self.head = nn.Linear(self.hidden, config.outputs)
        self.head.load_state_dict(
            {name: self.tensors[f"head.{name}"] for name in ("weight", "bias")}
        )
        self.temperature = temperature
        self.generator = torch.Generator().manual_seed(0)
        self.symbol = 0

    @abstractmethod
    def read(self, symbol: int) -> Tensor:
        """Read a symbol; return the logits (V,) of the next one."""

    def kernels(self) -> AbstractContextManager[Any]:
        """Choose the kernels to run with."""
        return nullcontext()

    def write(self, count: int) -> None:
        """Write so many characters."""
        with torch.inference_mode(), self.kernels():
            for _ in range(count):
                logits = self.read(self.symbol)
                odds = torch.softmax(logits / self.temperature, 0)
                self.symbol = int(torch.multinomial(odds, 1, generator=self.generator))


class ModulePeer(Peer):
    """torch.nn.LSTM or GRU, called with sequences of one character."""

    def __init__(self, config: Config, weights: Weights, temperature: float) -> None:
        super().__init__(config, weights, temperature)
        kind = nn.LSTM if self.lstm else nn.GRU
        self.rnn = kind(config.inputs, self.hidden, self.layers)
        own = {k.removeprefix("rnn."): v for k, v in self.tensors.items() if k[:4] == "rnn."}
        self.rnn.load_state_dict(own)
        self.state: Any = None

    def read(self, symbol: int) -> Tensor:
        """Read a symbol; return the logits (V,) of the next one."""
        outputs, self.state = self.rnn(self.one_hot[symbol].view(1, 1, -1), self.state)
        return self.head(outputs.view(-1))  # type: ignore[no-any-return]

    @torch.inference_mode()
    def read_all(self, symbols: list[int]) -> Tensor:
        """Read a whole text from a fresh state; return the logits (T, V) after each symbol."""
        outputs, _ = self.rnn(self.one_hot[symbols][:, None], None)  # (T, 1, H)
        return self.head(outputs[:, 0])  # type: ignore[no-any-return]


class WithoutOneDnn(ModulePeer):
    """The same with oneDNN turned off: few know the switch, and at batch 1 it can help."""

    def kernels(self) -> AbstractContextManager[Any]:
        """Choose torch's own kernels."""
        return _without_onednn()


@contextmanager
def _without_onednn() -> Iterator[None]:
    # Not torch.backends.mkldnn.flags(), which sets more and warns of Intel's GPUs.
    had = torch.backends.mkldnn.enabled
    torch.backends.mkldnn.enabled = False  # type: ignore[assignment]
    try:
        yield
    finally:
        torch.backends.mkldnn.enabled = had


class CellPeer(Peer):
    """torch.nn.LSTMCell or GRUCell, one a layer."""

    def __init__(self, config: Config, weights: Weights, temperature: float) -> None:
        super().__init__(config, weights, temperature)
        kind = nn.LSTMCell if self.lstm else nn.GRUCell
        self.cells = [
            kind(self.hidden if layer else config.inputs, self.hidden)
            for layer in range(self.layers)
        ]
        for layer, cell in enumerate(self.cells):
            names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            cell.load_state_dict({name: self.tensors[f"rnn.{name}_l{layer}"] for name in names})
        self.states: list[Any] = [None] * self.layers

    def read(self, symbol: int) -> Tensor:
        """Read a symbol; return the logits (V,) of the next one."""
        below = self.one_hot[symbol : symbol + 1]  # (1, V)
        for layer, cell in enumerate(self.cells):
            self.states[layer] = cell(below, self.states[layer])
            below = self.states[layer][0] if self.lstm else self.states[layer]
        return self.head(below[0])  # type: ignore[no-any-return]


class PlainPeer(Peer):
    """The formulas in torch calls: layer 0's input product as a table, the rest by `addmv`."""

    def __init__(self, config: Config, weights: Weights, temperature: float) -> None:
        super().__init__(config, weights, temperature)
        own = self.tensors
        self.inputs = [own[f"rnn.weight_ih_l{k}"] for k in range(self.layers)]
        self.recurrent = [own[f"rnn.weight_hh_l{k}"] for k in range(self.layers)]
        self.bias_ih = [own[f"rnn.bias_ih_l{k}"] for k in range(self.layers)]
        self.bias_hh = [own[f"rnn.bias_hh_l{k}"] for k in range(self.layers)]
        shared = self.bias_hh[0] if self.lstm else torch.zeros(())
        self.table = (self.inputs[0].T + self.bias_ih[0] + shared).contiguous()  # (V, G)
        self.both = [torch.cat(pair, 1) for pair in zip(self.inputs, self.recurrent, strict=True)]
        self.bias = [a + b for a, b in zip(self.bias_ih, self.bias_hh, strict=True)]
        self.state = [torch.zeros(self.hidden) for _ in range(self.layers)]
        self.cell = [torch.zeros(self.hidden) for _ in range(self.layers)]

    def read(self, symbol: int) -> Tensor:
        """Read a symbol; return the logits (V,) of the next one."""
        for layer in range(self.layers):
            (self._lstm if self.lstm else self._gru)(layer, symbol)
        return torch.addmv(self.head.bias, self.head.weight, self.state[-1])

    def _lstm(self, layer: int, symbol: int) -> None:
        if layer:
            reads = torch.cat((self.state[layer - 1], self.state[layer]))
            gates = torch.addmv(self.bias[layer], self.both[layer], reads)
        else:
            gates = torch.addmv(self.table[symbol], self.recurrent[0], self.state[0])
        i, f, g, o = gates.chunk(4)
        self.cell[layer] = f.sigmoid() * self.cell[layer] + i.sigmoid() * g.tanh()
        self.state[layer] = o.sigmoid() * self.cell[layer].tanh()

    def _gru(self, layer: int, symbol: int) -> None:
        given = (
            torch.addmv(self.bias_ih[layer], self.inputs[layer], self.state[layer - 1])
            if layer
            else self.table[symbol]
        )
        own = torch.addmv(self.bias_hh[layer], self.recurrent[layer], self.state[layer])
        size = 2 * self.hidden
        reset, update = (given[:size] + own[:size]).sigmoid().chunk(2)
        new = (given[size:] + reset * own[size:]).tanh()
        self.state[layer] = new + update * (self.state[layer] - new)


class OneThread:
    """Holds torch to one thread inside a block."""

    def __enter__(self) -> None:
        self._had = torch.get_num_threads()
        torch.set_num_threads(1)

    def __exit__(self, *_: object) -> None:
        torch.set_num_threads(self._had)
