"""Reading a torch `state_dict` from a `.pt` file, and nothing that would run code.

The only place where such a file is opened. torch's `weights_only` unpickler makes tensors and plain
Python values, whatever the file says; a file that asks for more, such as a whole module, is
refused.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from rnntui.checkpoints.foreign import RECURRENT, ImportProblem
from rnntui.display import one_line
from rnntui.files import file_problem

_DEEPEST = 4
"""How deep in dictionaries a `state_dict` is looked for: checkpoints of trainings nest it once."""


@dataclass(frozen=True)
class StateDict:
    """What a `.pt` file holds of a network."""

    tensors: dict[str, NDArray[np.floating]]
    beside: dict[str, Any]
    """What else stands in the dictionaries around it, by key, such as its vocabulary."""


def read_state_dict(path: Path) -> StateDict:
    """Read the one `state_dict` with recurrent weights in a `.pt` file.

    Raises:
        ImportProblem: it needs more than tensors and plain values, is damaged, or holds no
            recurrent weights, or several.
        FileProblem: it cannot be read.
    """
    found = list(_state_dicts(_open(path), "", {}))
    if not found:
        raise ImportProblem(
            f"{path} holds no state_dict with recurrent weights (weight_ih_l0 and so on)",
            "save model.state_dict() of a network with nn.RNN, nn.LSTM or nn.GRU",
        )
    if len(found) > 1:
        places = ", ".join(one_line(place) or "the file itself" for place, _, _ in found)
        raise ImportProblem(f"{path} holds {len(found)} networks: {places}", "save one of them")
    _, tensors, beside = found[0]
    size = path.stat().st_size
    return StateDict({k: _array(k, v, size) for k, v in tensors.items()}, beside)


def _open(path: Path) -> Any:
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of files that are refused below
            return torch.load(file, map_location="cpu", weights_only=True)
    except (IsADirectoryError, FileNotFoundError, PermissionError) as error:
        raise file_problem(error, path, "read") from error
    except Exception as error:
        # The unpickler raises what it happens to meet: KeyError, EOFError, RuntimeError ...
        reason = str(error)
        if "TorchScript" in reason or "GLOBAL" in reason:  # what it would have to look up and call
            raise ImportProblem(
                f"{path} needs more than tensors: a whole module was saved, and to open one runs "
                "code",
                "save its state_dict() where it was trained: `rnntui import --snippet "
                "char-rnn.pytorch` prints how",
            ) from None
        raise ImportProblem(
            f"{path} is not a file of torch.save, or is damaged ({type(error).__name__})",
            "save model.state_dict() again",
        ) from None


def _state_dicts(
    value: Any, place: str, beside: dict[str, Any], depth: int = 0
) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield place, tensors and surroundings of every dictionary with recurrent weights."""
    if not isinstance(value, Mapping) or depth > _DEEPEST:
        return
    named = {key: item for key, item in value.items() if isinstance(key, str)}
    tensors = {key: item for key, item in named.items() if isinstance(item, torch.Tensor)}
    others = {key: item for key, item in named.items() if key not in tensors}
    if any(RECURRENT.fullmatch(key) for key in tensors):
        yield place, tensors, beside | others
        return
    for key, item in others.items():
        yield from _state_dicts(
            item, f"{place}.{key}" if place else key, beside | others, depth + 1
        )


def _array(name: str, tensor: torch.Tensor, size: int) -> NDArray[np.floating]:
    """Return a tensor as float32.

    Args:
        name: of the tensor.
        tensor: as unpickled.
        size: bytes of the file. A tensor that repeats its numbers could ask for any amount.
    """
    if not tensor.is_floating_point() or tensor.layout != torch.strided:
        raise ImportProblem(
            f"{one_line(name)} holds {str(tensor.dtype).removeprefix('torch.')}, not dense "
            "floating-point numbers",
            "save the weights as float32",
        )
    if tensor.numel() * tensor.element_size() > size:
        raise ImportProblem(f"{one_line(name)} is larger than its file", "save it again")
    array: NDArray[np.floating] = tensor.detach().float().contiguous().numpy()
    return array
