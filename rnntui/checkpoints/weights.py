"""`model.safetensors`: read with suspicion, written in one step.

Everything is checked from the header, against the shapes that `config.json` asks for, before a
byte of weights is loaded: a hostile or damaged file costs a sentence, not gigabytes.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.config import Config, tensor_shapes
from rnntui.checkpoints.limits import HEADER_LIMIT, check_parameters
from rnntui.errors import CheckpointError
from rnntui.files import file_problem, write_atomically

Weights = dict[str, NDArray[np.float32]]

Dtype = np.dtype[np.float16] | np.dtype[np.float32]

Place = tuple[Dtype, int, int]
"""A tensor's type, and where its bytes begin and stop."""

_DTYPES: dict[str, Dtype] = {"F16": np.dtype("<f2"), "F32": np.dtype("<f4")}
_AGAIN = "fetch or train it again"


def read_header(path: Path) -> tuple[dict[str, dict[str, object]], int]:
    """Return a safetensors file's header and the position where its data begin.

    Raises:
        CheckpointError: it is no safetensors file, a pickle, or its header is damaged.
        FileProblem: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            first = file.read(8)
            length = struct.unpack("<Q", first)[0] if len(first) == 8 else 0
            if not 2 <= length <= HEADER_LIMIT:
                # Asked only now: the length of a sound header may begin with the same bytes.
                if first.startswith((b"PK", b"\x80")):
                    raise CheckpointError(
                        f"{path} is a pickle, whatever its name says, and pickles run code",
                        "convert it with `rnntui import`, never load it",
                    )
                raise CheckpointError(f"{path} is not a safetensors file, or is damaged", _AGAIN)
            raw = file.read(length)
    except OSError as error:
        raise file_problem(error, path, "read") from error
    try:
        header = json.loads(raw)
        tensors = {k: v for k, v in header.items() if k != "__metadata__"}
        if not all(isinstance(v, dict) for v in tensors.values()):
            raise ValueError("an entry is no object")
    except (ValueError, AttributeError, RecursionError):
        raise CheckpointError(f"{path} has a damaged header", _AGAIN) from None
    return tensors, 8 + length


def load_weights(path: Path, config: Config) -> Weights:
    """Read the weights of a checkpoint as float32.

    Args:
        path: the safetensors file.
        config: what `config.json` says; names and shapes must agree with it exactly.

    Returns:
        Every tensor of `tensor_shapes(config)` by name.

    Raises:
        CheckpointError: a tensor is missing, foreign, of another shape or type, or not finite; or
            the configuration asks for more than `limits` allow.
        FileProblem: the file cannot be read.
    """
    places = check_weights(path, config)
    shapes = tensor_shapes(config)
    weights = {}
    try:
        with path.open("rb") as file:
            for name, (dtype, begin, stop) in places.items():
                file.seek(begin)
                flat = np.frombuffer(file.read(stop - begin), dtype)
                weights[name] = flat.reshape(shapes[name]).astype(np.float32)
    except OSError as error:
        raise file_problem(error, path, "read") from error
    for name, array in weights.items():
        if not np.isfinite(array).all():
            raise CheckpointError(f"{path}: {name} holds values that are not numbers", _AGAIN)
    return weights


def check_weights(path: Path, config: Config) -> dict[str, Place]:
    """Look at the header of a checkpoint's weights, and at their size: at no weight.

    Args:
        path: as for `load_weights`.
        config: likewise.

    Returns:
        Where the file has each tensor.

    Raises:
        CheckpointError: as `load_weights`, but for values that are not finite.
        FileProblem: the file cannot be read.
    """
    check_parameters(config, str(path.parent))
    header, start = read_header(path)
    shapes = tensor_shapes(config)
    missing, foreign = shapes.keys() - header.keys(), header.keys() - shapes.keys()
    if missing or foreign:
        what = (
            f"lacks {min(missing)}" if missing else f"holds a foreign tensor, {min(foreign)!r:.80}"
        )
        raise CheckpointError(f"{path} {what}", _AGAIN)
    try:
        size = path.stat().st_size
        places = {name: _place(header[name], shapes[name], name, path) for name in shapes}
        _check_apart(places, path)
        end = max(stop for _, _, stop in places.values())
        if size < start + end:
            raise CheckpointError(f"{path} is cut short: {size:,} of {start + end:,} bytes", _AGAIN)
    except OSError as error:
        raise file_problem(error, path, "read") from error
    return {name: (dtype, start + a, start + z) for name, (dtype, a, z) in places.items()}


def _place(entry: dict[str, object], shape: tuple[int, ...], name: str, path: Path) -> Place:
    """Return a tensor's type, and begin and end of its bytes in the data, once all three agree."""
    if entry.get("shape") != list(shape):
        raise CheckpointError(
            f"{path}: {name} has shape {entry.get('shape')!r:.60}, config.json asks for "
            f"{list(shape)}",
            _AGAIN,
        )
    dtype = _DTYPES.get(str(entry.get("dtype")))
    if dtype is None:
        raise CheckpointError(
            f"{path}: {name} is of type {entry.get('dtype')!r:.20}",
            "only F16 and F32 are read",
        )
    match entry.get("data_offsets"):
        case [int(begin), int(stop)] if stop - begin == dtype.itemsize * int(np.prod(shape)) and (
            begin >= 0
        ):
            return dtype, begin, stop
    raise CheckpointError(f"{path}: {name} points outside the file", _AGAIN)


def _check_apart(places: Mapping[str, Place], path: Path) -> None:
    """Raise CheckpointError where tensors share bytes: a small file could ask for gigabytes so."""
    taken = 0
    for name, (_, begin, stop) in sorted(places.items(), key=lambda item: item[1][1:]):
        if begin < taken:
            raise CheckpointError(f"{path}: {name} overlaps another tensor", _AGAIN)
        taken = stop


def save_weights(
    path: Path, weights: Mapping[str, NDArray[np.floating]], *, half: bool = False
) -> None:
    """Write weights as safetensors, in one step, in the order given.

    Args:
        path: the file.
        weights: tensors by name.
        half: as float16 (half the size, for a model that is shared), else float32.

    Raises:
        CheckpointError: a weight is no number, or does not fit into float16.
        FileProblem: the disk is full, and so on.
    """
    from safetensors.numpy import save

    dtype = np.float16 if half else np.float32
    with np.errstate(over="ignore"):
        arrays = {k: np.ascontiguousarray(v, dtype) for k, v in weights.items()}
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            if np.isfinite(weights[name]).all():
                raise CheckpointError(f"{name} holds values float16 cannot", "save it as float32")
            raise CheckpointError(f"{name} holds values that are not numbers", "do not save it")
    write_atomically(path, save(arrays, metadata={"format": "pt"}))
