"""How large a model may be that is read here: a stranger's file must not take the machine down.

Everything is compared with these before memory is taken for it. The one limit that an honest model
may meet, the number of its parameters, can be raised.
"""

from __future__ import annotations

import math
import os

from rnntui.checkpoints.config import Config, tensor_shapes
from rnntui.display import one_line
from rnntui.errors import CheckpointError

HEADER_LIMIT = 1 << 20
"""Bytes that the header of `model.safetensors` may have: ours take 100 per tensor."""

VARIABLE = "RNNTUI_MAX_PARAMETERS"
"""The environment variable that raises the limit."""

MOST_PARAMETERS = 500_000_000
"""2 GB as float32; an LSTM of 2 x 4,096 units has half as many."""


def check_parameters(config: Config, where: str) -> None:
    """Raise CheckpointError where a configuration asks for more parameters than are allowed.

    A limit that is no number is refused too: whoever set one means to be protected.

    Args:
        config: the model's.
        where: its path or name, for the message.
    """
    count, most = _count(config), _most()
    if count > most:
        raise CheckpointError(
            f"{where} asks for {count:,} parameters, and {most:,} are allowed",
            f"if you trust it and have the memory, set {VARIABLE}={count}",
        )


def weight_bytes(config: Config) -> int:
    """Return the bytes of all tensors as float32, those that are written out twice too."""
    return 4 * _count(config)


def _count(config: Config) -> int:
    return sum(math.prod(shape) for shape in tensor_shapes(config).values())


def _most() -> int:
    value = os.environ.get(VARIABLE, "").strip()
    digits = value.replace("_", "")
    if value and not (digits.isdecimal() and len(digits) <= 20):
        raise CheckpointError(
            f"{VARIABLE} is {one_line(repr(value))}",
            f"set it to a number such as {MOST_PARAMETERS}",
        )
    return int(digits) if value else MOST_PARAMETERS
