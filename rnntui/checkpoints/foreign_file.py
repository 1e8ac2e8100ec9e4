"""Reading a `.safetensors` file of another program: any names, any floating type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.foreign import ImportProblem
from rnntui.checkpoints.weights import read_header
from rnntui.display import one_line
from rnntui.files import file_problem

_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}


def read_foreign_safetensors(path: Path) -> dict[str, NDArray[np.floating]]:
    """Return the tensors of a file by their names, one that was saved for two under both.

    Raises:
        ImportProblem: it is damaged, or holds tensors that are no floating-point numbers.
        CheckpointError: it is no safetensors file.
        FileProblem: it cannot be read.
    """
    from safetensors import SafetensorError, safe_open

    read, start = read_header(path)
    header: dict[str, dict[str, Any]] = read
    try:
        with safe_open(path, "numpy") as file:  # checks that all that the header says fits
            metadata = file.metadata() or {}
    except (SafetensorError, OSError, ValueError) as error:
        raise ImportProblem(
            f"{path} is damaged ({one_line(str(error))})", "save it again"
        ) from None
    tensors: dict[str, NDArray[np.floating]] = {}
    try:
        with path.open("rb") as opened:
            for name, entry in header.items():
                kind = _TYPES.get(str(entry["dtype"]))
                if kind is None:
                    raise ImportProblem(
                        f"{one_line(name)} holds {one_line(str(entry['dtype']))}, not "
                        "floating-point numbers",
                        "save the weights as float32",
                    )
                begin, stop = entry["data_offsets"]
                opened.seek(start + begin)
                flat = np.frombuffer(opened.read(stop - begin), kind)
                if entry["dtype"] == "BF16":  # the upper half of a float32
                    flat = (flat.astype("<u4") << 16).view("<f4")
                tensors[name] = flat.reshape(entry["shape"])
    except OSError as error:
        raise file_problem(error, path, "read") from error
    # safetensors.torch.save_model leaves out what shares memory, and says here what it equals.
    return tensors | {
        left_out: tensors[kept] for left_out, kept in metadata.items() if kept in tensors
    }
