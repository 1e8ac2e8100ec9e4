"""Between our modules and the names a checkpoint uses: torch.nn's, for one module of all layers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from rnntui.networks.classifier import Classifier
from rnntui.networks.forecaster import ForecastNetwork
from rnntui.networks.text import TextNetwork

Exchanged = TextNetwork | Classifier | ForecastNetwork


def _names(network: Exchanged) -> dict[str, str]:
    """Our parameter's name for each tensor of a checkpoint."""
    names = {"embedding.weight": "embedding.weight"} if network.embedding is not None else {}
    for depth, row in enumerate(network.stack.rows):
        for backward, _ in enumerate(row):
            suffix = f"l{depth}{'_reverse' if backward else ''}"
            for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                names[f"rnn.{part}_{suffix}"] = f"stack.layers.{depth}.{backward}.rnn.{part}_l0"
    if isinstance(network, Classifier) and network.attention is not None:
        names |= {f"pooling.{part}": f"attention.{part}" for part in ("weight", "bias")}
    for index, _ in enumerate(network.head_layers):
        for part in ("weight", "bias"):
            names[f"head.{index}.{part}"] = f"head_layers.{index}.{part}"
    return names | {"head.weight": "head.weight", "head.bias": "head.bias"}


def export_weights(network: Exchanged) -> dict[str, NDArray[np.float32]]:
    """Return a network's weights by a checkpoint's names, on the CPU, tied ones twice.

    They may share the network's memory.
    """
    state = network.state_dict()
    return {
        outside: state[inside].detach().cpu().float().contiguous().numpy()
        for outside, inside in _names(network).items()
    }


def import_weights(network: Exchanged, weights: Mapping[str, NDArray[np.float32]]) -> None:
    """Set a network's weights from a checkpoint's."""
    with torch.no_grad():
        parameters = dict(network.named_parameters(remove_duplicate=False))
        for outside, inside in _names(network).items():
            parameters[inside].copy_(torch.from_numpy(weights[outside]))
