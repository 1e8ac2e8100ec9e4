"""How much memory a training needs, how much there is, and saying so before it runs out.

A network that does not fit would otherwise end in the system's killing the process, or in a
traceback of torch's after minutes of drawing weights.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from rnntui.checkpoints.config import Config, parameter_count
from rnntui.display import human_bytes
from rnntui.errors import RecipeError
from rnntui.recipes.keys import TrainingKeys

_PROC, _CGROUPS = Path("/proc"), Path("/sys/fs/cgroup")
_RUNTIME = 100 << 20
"""Bytes that torch itself comes to need once it computes."""
_MOMENTS = {"adamw": 2, "adam": 2, "rmsprop": 1, "sgd": 1}
"""Tensors as large as the weights that each optimiser keeps."""
_OUT_OF_MEMORY = ("can't allocate memory", "out of memory", "not enough memory", "memory object")


@dataclass(frozen=True)
class Need:
    """The most a training needs at once, in bytes; within a fifth of what was measured."""

    weights: int
    """For the network and its copies: gradients, optimiser, averages, what is being saved."""
    batch: int
    """For what a step keeps of its batch until the gradients are known."""

    @property
    def total(self) -> int:
        """All of it."""
        return _RUNTIME + self.weights + self.batch


def needed(config: Config, recipe: TrainingKeys, *, steps: int, columns: int) -> Need:
    """Return what a training needs.

    Args:
        config: the network.
        recipe: optimiser and averages.
        steps: T, time steps of a batch.
        columns: B, sequences side by side.
    """
    network = config.network
    weights = 4 * parameter_count(config)
    kept = 1 + _MOMENTS[recipe.optimizer] + (recipe.ema > 0)
    # In a step: the gradients, and the copies that torch's kernels rearrange. In a save: what was
    # noted of an evaluation, and twice the bytes that become a file. Measured from 30 M to 100 M
    # parameters: 6.9 and 8.3 copies with adamw and averages, 4.9 and 6.2 with sgd.
    step, save = (kept + 3) * weights, (kept + 4) * weights
    if network.embedding:  # samples are drawn from a table of what each symbol adds to the gates
        save += 2 * 4 * config.outputs * _gates(config) * network.hidden * network.directions
    # Kept for each symbol of a batch: of each layer its gates thrice and its output; of the logits
    # themselves, their softmax and gradient; and one-hot vectors.
    layer = (3 * _gates(config) + 1) * network.hidden * network.directions
    ends = (3 if network.embedding else 4) * config.outputs
    batch = 4 * steps * columns * (network.layers * layer + ends)
    return Need(max(step, save - batch), batch)


def _gates(config: Config) -> int:
    return {"rnn": 1, "gru": 3, "lstm": 4}[config.network.cell]


def check_memory(need: Need, device: torch.device, shorten: str) -> None:
    """Refuse a training that does not fit.

    Args:
        need: what it needs.
        device: where.
        shorten: the options that make a batch smaller.

    Raises:
        RecipeError: it needs more than there is.
    """
    free = available(device)
    if free is None or need.total <= free:
        return
    lower = "--hidden or --layers" if need.weights > need.batch else shorten
    raise RecipeError(
        f"this training needs about {human_bytes(need.total)} of memory, "
        f"and {human_bytes(free)} are free",
        f"lower {lower}",
    )


@contextmanager
def shortage_told() -> Iterator[None]:
    """Turn a failed allocation inside the block into a sentence.

    Raises:
        RecipeError: memory ran out.
    """
    try:
        yield
    except (MemoryError, RuntimeError, OSError) as error:
        if not _is_shortage(error):
            raise
        raise RecipeError(
            "memory ran out; what was saved stays",
            "close other programs, or lower --batch-size, --seq-len, --hidden or --layers",
        ) from None


def _is_shortage(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return isinstance(error, MemoryError) or any(p in str(error).lower() for p in _OUT_OF_MEMORY)


def available(device: torch.device) -> int | None:
    """Return the bytes that may still be had; None where the system does not tell."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    told = [_free(), _below_limit(), *_below_cgroup_limits()]
    return min((free for free in told if free is not None), default=None)


def _free() -> int | None:
    """The machine's own memory that is free, or that the system would free."""
    try:
        for line in (_PROC / "meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    except (OSError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None


def _below_limit() -> int | None:
    """What `ulimit -v` leaves."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return None
    try:
        pages = int((_PROC / "self" / "statm").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return limit
    return max(0, limit - pages * resource.getpagesize())


def _below_cgroup_limits() -> Iterator[int]:
    """What the limits of this process's control groups leave: those of containers and services."""
    try:
        lines = (_PROC / "self" / "cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, kinds, path = line.split(":", 2)
        if kinds == "memory":
            root, names = _CGROUPS / "memory", ("memory.limit_in_bytes", "memory.usage_in_bytes")
        elif not kinds:
            root, names = _CGROUPS, ("memory.max", "memory.current")
        else:
            continue
        group = root / path.lstrip("/")
        for folder in (group, *group.parents):
            yield from _left(folder, *names)
            if folder == root:
                break


def _left(group: Path, limit: str, used: str) -> Iterator[int]:
    try:
        most = (group / limit).read_text().strip()
        if most != "max":
            yield max(0, int(most) - int((group / used).read_text()) + _reclaimable(group))
    except (OSError, ValueError):
        return


def _reclaimable(group: Path) -> int:
    """Files in memory that count as used and would make room."""
    for line in (group / "memory.stat").read_text().splitlines():
        name, _, value = line.partition(" ")
        if name in ("inactive_file", "total_inactive_file"):
            return int(value)
    return 0
