"""A `.pt` file gives tensors and plain values, or a sentence; no code in it ever runs."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from rnntui.checkpoints.foreign import ImportProblem
from rnntui.networks.state_dict import read_state_dict

STATE = torch.nn.GRU(3, 4).state_dict()


class Trap:
    """Touches a file when a pickle of it is opened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """What the unpickler is to call."""
        return Path.touch, (self.path,)


def quantised() -> dict[str, torch.Tensor]:
    return STATE | {"weight_ih_l0": torch.zeros(12, 3, dtype=torch.int8)}


def endless() -> dict[str, torch.Tensor]:
    return STATE | {"weight_ih_l0": torch.zeros(1).expand(1 << 20, 1 << 20)}


FILES: dict[str, tuple[Any, str]] = {
    "a whole module": (lambda: torch.nn.GRU(3, 4), "needs more than tensors"),
    "two networks": (lambda: {"model": STATE, "ema": STATE}, "2 networks: model, ema"),
    "no network": (lambda: {"epoch": 3, "weight": torch.zeros(3)}, "no state_dict"),
    "a list": (lambda: [STATE], "no state_dict"),
    "integers": (quantised, "weight_ih_l0 holds int8"),
    "a matrix larger than the file": (endless, "weight_ih_l0 is larger than its file"),
}


@pytest.mark.parametrize(("made", "said"), FILES.values(), ids=FILES)
def test_it_refuses(made, said, tmp_path):
    torch.save(made(), tmp_path / "net.pt")
    with pytest.raises(ImportProblem, match=said):
        read_state_dict(tmp_path / "net.pt")


@pytest.mark.parametrize(
    "save", [torch.save, lambda value, path: path.write_bytes(pickle.dumps(value))]
)
def test_code_in_a_pickle_does_not_run(save, tmp_path):
    save({"state_dict": STATE, "trap": Trap(tmp_path / "sprung")}, tmp_path / "net.pt")
    with pytest.raises(ImportProblem, match=r"net\.pt"):
        read_state_dict(tmp_path / "net.pt")
    assert not (tmp_path / "sprung").exists()


def damaged(raw: bytes) -> dict[str, bytes]:
    return {"cut": raw[:-500], "empty": b"", "text": b"hello\n" * 40, "zeros": bytes(400)}


@pytest.mark.parametrize("kind", ["cut", "empty", "text", "zeros"])
def test_a_damaged_file_is_named(kind, tmp_path):
    path = tmp_path / "net.pt"
    torch.save(STATE, path)
    path.write_bytes(damaged(path.read_bytes())[kind])
    with pytest.raises(ImportProblem, match=r"is not a file of torch\.save, or is damaged"):
        read_state_dict(path)


def test_what_stands_around_the_network_comes_along(tmp_path):
    torch.save({"a": {"net": STATE, "chars": ["x"]}, "epoch": 3}, tmp_path / "net.pt")
    found = read_state_dict(tmp_path / "net.pt")
    assert found.tensors.keys() == STATE.keys()
    assert found.beside["chars"] == ["x"] and found.beside["epoch"] == 3
