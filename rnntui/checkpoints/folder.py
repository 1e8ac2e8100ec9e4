"""A checkpoint folder: reading one whole, writing one so that a reader never sees a mixture."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from rnntui.checkpoints.config import Config, parse_config
from rnntui.errors import CheckpointError
from rnntui.files import FileProblem, file_problem, write_atomically

if TYPE_CHECKING:  # `rnntui list` reads configurations, and does without NumPy's 60 ms
    import numpy as np
    from numpy.typing import NDArray

CONFIG, WEIGHTS, HISTORY, SAMPLES, CARD = (
    "config.json",
    "model.safetensors",
    "history.jsonl",
    "samples.md",
    "README.md",
)

CONFIG_LIMIT = 4 << 20
"""Bytes; a vocabulary of 200,000 words takes as much. Parsed, it may take 20 times as much."""
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".t7", ".h5")


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint folder holds, read and checked."""

    folder: Path
    config: Config
    weights: dict[str, NDArray[np.float32]]


def read_config(folder: Path) -> Config:
    """Read a checkpoint's `config.json` without its weights.

    Raises:
        CheckpointError: the folder is no checkpoint of ours, or its configuration is damaged.
    """
    path = folder / CONFIG
    try:
        _check_plain(path)
        with path.open("rb") as file:
            raw = file.read(CONFIG_LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise _not_a_checkpoint(folder) from None
    except OSError as error:
        raise file_problem(error, path, "read") from error
    if len(raw) > CONFIG_LIMIT:
        raise CheckpointError(f"{path} is larger than any configuration", "name another folder")
    return parse_config(raw, str(path))


def _check_plain(path: Path) -> None:
    """Raise CheckpointError for what never ends: a repository may hold a link to /dev/zero."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise CheckpointError(f"{path} is no plain file", "fetch or train the model again")


def _not_a_checkpoint(folder: Path) -> CheckpointError:
    if not folder.exists():
        return CheckpointError(f"{folder} does not exist", "`rnntui list` shows the models here")
    if not folder.is_dir() or any(p.suffix in _PICKLES for p in folder.iterdir()):
        return CheckpointError(
            f"{folder} is not an rnntui model folder",
            "weights of another program come in by `rnntui import`",
        )
    return CheckpointError(f"{folder} holds no config.json", "`rnntui list` shows the models here")


def read_checkpoint(folder: Path) -> Checkpoint:
    """Read a checkpoint folder whole.

    Raises:
        CheckpointError: anything about it is missing, damaged or foreign.
    """
    from rnntui.checkpoints.weights import load_weights

    config = read_config(folder)
    return Checkpoint(folder, config, load_weights(_weights(folder), config))


def problem_of(folder: Path, config: Config) -> str:
    """Return why a checkpoint's weights cannot be read, from their header; "" where they can."""
    from rnntui.checkpoints.weights import check_weights

    try:
        check_weights(_weights(folder), config)
    except (CheckpointError, FileProblem) as error:
        return str(error)
    return ""


def _weights(folder: Path) -> Path:
    path = folder / WEIGHTS
    try:
        if not path.exists():
            raise CheckpointError(f"{folder} has no {WEIGHTS}", "fetch or train it again")
        _check_plain(path)
    except OSError as error:
        raise file_problem(error, path, "read") from error
    return path


def write_checkpoint(
    folder: Path,
    config: Config,
    weights: Mapping[str, NDArray[np.floating]],
    *,
    half: bool = False,
    extra: Mapping[str, str] | None = None,
) -> None:
    """Write a checkpoint folder; each file is replaced in one step.

    Within one run the shapes never change, so that a kill between two files leaves a folder whose
    configuration still fits its weights; the weights come first, so that figures never promise more
    than the weights hold.

    Args:
        folder: made when missing.
        config: what `config.json` will say.
        weights: tensors by the names of `tensor_shapes`.
        half: float16 instead of float32.
        extra: further text files by name, such as the card.
    """
    from rnntui.checkpoints.weights import save_weights

    save_weights(folder / WEIGHTS, weights, half=half)
    write_atomically(folder / CONFIG, config_json(config))
    for name, text in (extra or {}).items():
        write_atomically(folder / name, text)


def config_json(config: Config) -> bytes:
    """Return a configuration as the bytes of `config.json`, indented for people."""
    return msgspec.json.format(msgspec.json.encode(config), indent=2) + b"\n"
