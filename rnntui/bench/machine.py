"""The machine that a bench ran on: without it no figure means anything to another reader."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np

from rnntui.inference.blas import cores, one_thread

_BF16 = ("avx512_bf16", "avx_ne_convert", "amx_bf16", "bf16", "svebf16")
"""Processor flags that mean instructions for bfloat16, on x86 and on ARM."""

_BUFFERS = {"2x128": 820_000, "2x256": 3_200_000, "2x512": 12_700_000, "large": 256_000_000}
"""Bytes: what a step of each LSTM reads, and more than most caches hold."""


def has_torch() -> bool:
    """Whether torch is here; if so, what its threads read at import is set as training sets it."""
    if importlib.util.find_spec("torch") is None:
        return False
    from rnntui.extras import require_torch

    require_torch("this part of the bench")
    return True


def bf16_flags() -> tuple[str, ...]:
    """Return the processor's flags for bfloat16, by their names in /proc/cpuinfo."""
    words = set(re.findall(r"\w+", _cpuinfo()))
    if _sysctl("hw.optional.arm.FEAT_BF16") == "1":
        words.add("bf16")
    return tuple(flag for flag in _BF16 if flag in words)


def facts() -> dict[str, Any]:
    """Return what is to be known of the machine, its memory bandwidth measured."""
    return {
        "cpu": _cpu_model(),
        "cores": cores(),
        "bf16_flags": list(bf16_flags()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": importlib.metadata.version("torch") if has_torch() else None,
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "read_gb_per_second": {
            name: round(bandwidth(size) / 1e9, 1) for name, size in _BUFFERS.items()
        },
    }


class Reading:
    """Reads a buffer once from end to end with one thread, as a time step reads the weights.

    By an inner product of the buffer with itself (whose second operand is in the first level of
    the cache when it is needed) and by its maximum. Both do next to nothing with what they read;
    which is faster depends on the BLAS and on where the buffer lies.
    """

    def __init__(self, size: int) -> None:
        self._buffer = np.ones(max(1, size // 4), np.float32)

    def by_product(self, count: int) -> None:
        """Read it so many times."""
        with one_thread():
            for _ in range(count):
                np.dot(self._buffer, self._buffer)

    def by_maximum(self, count: int) -> None:
        """Read it so many times."""
        for _ in range(count):
            self._buffer.max()


def bandwidth(size: int) -> float:
    """Return bytes per second that one thread reads from a buffer of `size` bytes, at its best."""
    reading = Reading(size)
    count = max(1, 12_700_000 // size)
    best = float("inf")
    for _ in range(4):
        for read in (reading.by_product, reading.by_maximum):
            begun = time.perf_counter()
            read(count)
            best = min(best, (time.perf_counter() - begun) / count)
    return size / best


def _cpuinfo() -> str:
    try:
        return Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        return ""


def _cpu_model() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", _cpuinfo(), re.MULTILINE)
    name = found.group(1) if found else _sysctl("machdep.cpu.brand_string")
    return name or platform.processor() or platform.machine()


def _sysctl(name: str) -> str:
    """Return a fact of a Mac, "" elsewhere."""
    if platform.system() != "Darwin":
        return ""
    command = ["/usr/sbin/sysctl", "-n", name]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
