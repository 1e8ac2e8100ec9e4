"""Small random networks, and plain torch doing what the NumPy code should do."""

from __future__ import annotations

import string
from typing import Any

import numpy as np
import torch

from rnntui.checkpoints.config import Config, Head, Network, VocabularyConfig, tensor_shapes
from rnntui.inference.models import TextModel, build_text_model

SYMBOLS = tuple("\n ,." + string.ascii_letters)


def make_config(symbols: tuple[str | int, ...] = SYMBOLS[:20], **network: Any) -> Config:
    unit = "byte" if isinstance(symbols[0], int) else "char"
    shape = {"layers": 2, "hidden": 24, **network}
    return Config("text", Network(**shape), vocabulary=VocabularyConfig(unit, symbols))


def make_weights(config: Config, seed: int = 0, scale: float = 2.0) -> dict[str, np.ndarray]:
    """Uniform in +-scale/sqrt(hidden): at 2, states are far from 0 and remember."""
    random = np.random.default_rng(seed)
    bound = scale / config.network.hidden**0.5
    weights = {
        name: random.uniform(-bound, bound, shape).astype(np.float32)
        for name, shape in tensor_shapes(config).items()
    }
    if config.network.tied:
        weights["head.weight"] = weights["embedding.weight"].copy()
    return weights


def make_model(seed: int = 0, scale: float = 2.0, **network: Any) -> TextModel:
    config = make_config(**network)
    return build_text_model(config, make_weights(config, seed, scale), "random")


class TorchModel:
    """The same network in plain torch.nn, from the same tensors."""

    def __init__(self, config: Config, weights: dict[str, np.ndarray]) -> None:
        self.config, network = config, config.network
        self.weights = {name: torch.tensor(array) for name, array in weights.items()}
        kind = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[network.cell]
        options = {"nonlinearity": network.nonlinearity} if network.cell == "rnn" else {}
        self.rnn = kind(
            config.inputs,
            network.hidden,
            network.layers,
            bidirectional=network.bidirectional,
            **options,
        )
        own = {k.removeprefix("rnn."): v for k, v in self.weights.items() if k.startswith("rnn.")}
        self.rnn.load_state_dict(own)

    def embed(self, ids: Any) -> torch.Tensor:
        ids = torch.as_tensor(np.asarray(ids, np.int64))
        if "embedding.weight" in self.weights:
            return self.weights["embedding.weight"][ids]
        return torch.nn.functional.one_hot(ids, self.config.outputs).float()

    def head(self, features: torch.Tensor) -> torch.Tensor:
        head = self.config.network.head
        for index in range(len(head.hidden)):
            name = f"head.{index}"
            features = features @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]
            features = getattr(torch, head.activation)(features)
        return features @ self.weights["head.weight"].T + self.weights["head.bias"]

    @torch.no_grad()
    def run(self, ids: Any, state: Any = None) -> tuple[np.ndarray, Any]:
        """Return the logits (T, V) or (T, B, V) after every symbol of ids (T,) or (T, B)."""
        out, state = self.rnn(self.embed(ids), state)
        return self.head(out).numpy(), state

    @torch.no_grad()
    def nats(self, ids: Any) -> np.ndarray:
        """Return the surprise (T - 1,) of each symbol but the first."""
        logits = torch.tensor(self.run(ids[:-1])[0]).double()
        targets = torch.as_tensor(np.asarray(ids[1:], np.int64))
        return torch.nn.functional.cross_entropy(logits, targets, reduction="none").numpy()

    @torch.no_grad()
    def window(self, ids: Any) -> np.ndarray:
        """Return the logits (V,) of a many-to-one network after one window."""
        _, state = self.rnn(self.embed(ids))
        hidden = state[0] if isinstance(state, tuple) else state
        last = hidden[-self.config.network.directions :]  # forward, then backward, of the top
        return self.head(last.reshape(-1)).numpy()


def make_both(seed: int = 0, scale: float = 2.0, **network: Any) -> tuple[TextModel, TorchModel]:
    config = make_config(**network)
    weights = make_weights(config, seed, scale)
    return build_text_model(config, weights, "random"), TorchModel(config, weights)


HIDDEN_HEAD = Head((17, 9), "relu")
