"""How many threads NumPy's BLAS uses: one for a single stream, all that help for bulk work.

A matrix-vector product of one time step takes 10 to 300 microseconds; waking a second thread for it
costs more than it saves, and on a busy machine a whole scheduler quantum (measured: 140 times
slower). So a program's entry calls `hold_to_one_thread` before NumPy is imported (Apple's
Accelerate obeys nothing later), and the Python API wraps its loops in `one_thread`. No limit is
left standing while a generator is suspended: the caller's own NumPy work would suffer it.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def hold_to_one_thread() -> None:
    """Ask every BLAS for one thread; to be called before NumPy is imported.

    A variable that the user has set stays as it is.
    """
    for name in _VARIABLES:
        os.environ.setdefault(name, "1")


def cores() -> int:
    """Return how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


@cache
def _libraries() -> tuple[Any, ...]:
    """The BLAS libraries of this process; finding them costs milliseconds, so it is done once."""
    import numpy as np  # noqa: F401  (its BLAS has to be loaded to be found)
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return tuple(ThreadpoolController().select(user_api="blas").lib_controllers)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Give every BLAS `count` threads inside the block, and what it had after it.

    The setting is the process's: two Python threads in such blocks at once may slow each other,
    never change a result beyond rounding.
    """
    changed = [(library, had) for library in _libraries() if (had := library.num_threads) != count]
    for library, _ in changed:
        library.set_num_threads(count)
    try:
        yield
    finally:
        for library, had in changed:
            library.set_num_threads(had)


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold every BLAS to one thread inside the block.

    Where that already is so, it costs two microseconds. Enter it around many time steps, not each,
    and never across a `yield` to a caller.
    """
    with threads(1):
        yield


class MeasuredThreads:
    """Gives the blocks of a long job one thread or all, whichever is faster at the moment.

    On an idle machine two threads nearly halve the time of a large product; beside other jobs they
    wait for each other and take eight times as long (measured). Only trying tells, and again as the
    load changes: a trial takes some milliseconds, and tens where the threads are in the way.

    Args:
        most: threads to try beside one; None tries as many as there are cores.
    """

    _SECONDS = 10.0
    """Between trials."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most or cores()
        self._best = 1
        self._tried = -math.inf

    @contextmanager
    def block(self) -> Iterator[None]:
        """Run one block of the job."""
        if self._most > 1 and time.perf_counter() - self._tried > self._SECONDS:
            self._best = min((1, self._most), key=_trial)
            self._tried = time.perf_counter()
        with threads(self._best):
            yield


def _trial(count: int) -> float:
    """Return the seconds that a few products of a network's size take with `count` threads."""
    import numpy as np

    weight, states = np.ones((1024, 512), np.float32), np.ones((512, 64), np.float32)
    with threads(count):
        weight @ states  # the threads wake up
        begun = time.perf_counter()
        for _ in range(8):
            weight @ states
        return time.perf_counter() - begun
