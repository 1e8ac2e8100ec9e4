"""Choosing threads and precision by measuring, since no rule holds.

A second thread doubles the speed of a free machine and makes a busy one five times slower; bfloat16
is 1.7 times as fast on one processor with the instructions and half as fast on the next.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch

Choice = TypeVar("Choice")

_ROUNDS = 3
_WORTH = 1.1
"""bfloat16 must be at least this much faster: it is chosen for speed alone."""


def fastest(
    choices: Sequence[Choice], prepare: Callable[[Choice], None], probe: Callable[[], None]
) -> dict[Choice, float]:
    """Return the seconds a probe takes under each choice: the best of interleaved rounds.

    Interleaved, so that another program's burst hits all alike; the best, because noise only adds.
    """
    seconds = dict.fromkeys(choices, float("inf"))
    for round_ in range(_ROUNDS + 1):
        for choice in choices:
            prepare(choice)
            began = time.perf_counter()
            probe()
            if round_:  # the first round warms caches and thread pools
                seconds[choice] = min(seconds[choice], time.perf_counter() - began)
    return seconds


def available_threads() -> int:
    """The processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def choose_threads(probe: Callable[[], None]) -> int:
    """Return the number of threads that makes the probe fastest; it is left set."""
    most = available_threads()
    choices: list[int] = sorted({1, most} | {2**k for k in range(most.bit_length()) if 2**k < most})
    if len(choices) > 1:
        seconds = fastest(choices, torch.set_num_threads, probe)
        choice = min(seconds, key=seconds.__getitem__)
    else:
        choice = 1
    torch.set_num_threads(choice)
    return choice


def choose_precision(device: torch.device, probe: Callable[[str], None]) -> str:
    """Return "bf16" where the device has it and a probe runs clearly faster with it."""
    if not has_bf16(device):
        return "fp32"
    current = "fp32"

    def prepare(choice: str) -> None:
        nonlocal current
        current = choice

    seconds = fastest(("fp32", "bf16"), prepare, lambda: probe(current))
    return "bf16" if seconds["bf16"] * _WORTH < seconds["fp32"] else "fp32"


def has_bf16(device: torch.device) -> bool:
    """Whether a device has instructions for bfloat16, not only an emulation."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device.type == "cpu" and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
