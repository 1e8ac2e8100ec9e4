"""Several processes that train one network: each reads its share of the streams.

Started by `torchrun`, which sets RANK and WORLD_SIZE (see torch's documentation of "Elastic
Launch"). Every rank holds the whole network and takes the same steps; the only thing they exchange
at each step is one vector: the gradients, the loss, and what the ranks must agree on. Rank 0, the
leader, evaluates, samples and writes the run's folder; the others wait for what it decides.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor, nn

from rnntui.errors import BadOption


class Ranks(Protocol):
    """The processes that train together, as one of them sees them."""

    rank: int
    world: int

    def average(self, parameters: Sequence[nn.Parameter], told: Sequence[float]) -> list[float]:
        """Replace each gradient by its mean over the ranks; return the means of what was told."""

    def follow(self, text: bytes) -> bytes:
        """Return what the leader gave; the others' is ignored."""

    def gather(self, part: Tensor, dim: int) -> Tensor:
        """Return the parts of all ranks joined along `dim`, in their order."""


class Alone:
    """The usual case: one process."""

    rank = 0
    world = 1

    def average(self, parameters: Sequence[nn.Parameter], told: Sequence[float]) -> list[float]:
        """Nothing to exchange."""
        return list(told)

    def follow(self, text: bytes) -> bytes:
        """Nobody to follow."""
        return text

    def gather(self, part: Tensor, dim: int) -> Tensor:
        """Nothing to join."""
        return part


class Together:
    """One of several processes, connected by torch.distributed.

    Args:
        device: where the network lives: gloo on a CPU, nccl on a GPU.
    """

    def __init__(self, device: torch.device) -> None:
        import torch.distributed as distributed

        if not distributed.is_initialized():
            # gloo's threads must end before the interpreter does, or they now and then abort it.
            # They end with the last reference to the group, and the functions of this module keep
            # one in their default arguments if it is first read after `init` (by torch._dynamo).
            import torch.distributed.nn.functional  # noqa: F401

            distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
            atexit.register(distributed.destroy_process_group)
        self._distributed = distributed
        self._device = device
        self.rank = distributed.get_rank()
        self.world = distributed.get_world_size()

    def average(self, parameters: Sequence[nn.Parameter], told: Sequence[float]) -> list[float]:
        """One exchange of a single vector, which costs less than one for each gradient."""
        gradients = [p.grad if p.grad is not None else torch.zeros_like(p) for p in parameters]
        extra = torch.tensor(list(told), dtype=torch.float32, device=self._device)
        vector = torch.cat([*(g.reshape(-1).float() for g in gradients), extra])
        self._distributed.all_reduce(vector)
        vector /= self.world
        first = 0
        for parameter, gradient in zip(parameters, gradients, strict=True):
            mean = vector[first : first + gradient.numel()].view_as(gradient)
            parameter.grad = mean.to(gradient.dtype)
            first += gradient.numel()
        return [float(value) for value in vector[first:]]

    def follow(self, text: bytes) -> bytes:
        """Two broadcasts: how long it is, and what it is."""
        size = torch.tensor([len(text)], device=self._device)
        self._distributed.broadcast(size, 0)
        if self.rank == 0:
            data = torch.frombuffer(bytearray(text), dtype=torch.uint8).to(self._device)
        else:
            data = torch.empty(int(size), dtype=torch.uint8, device=self._device)
        self._distributed.broadcast(data, 0)
        return bytes(data.cpu().numpy().tobytes())

    def gather(self, part: Tensor, dim: int) -> Tensor:
        """Parts must have one shape."""
        parts = [torch.empty_like(part.contiguous()) for _ in range(self.world)]
        self._distributed.all_gather(parts, part.contiguous())
        return torch.cat(parts, dim)


def asked_for() -> int:
    """The number of processes `torchrun` started this one among; 1 without it."""
    try:
        return max(1, int(os.environ.get("WORLD_SIZE", "1")))
    except ValueError:
        return 1


def follows() -> bool:
    """Whether this process leaves the run's folder to another, the leader."""
    return asked_for() > 1 and os.environ.get("RANK", "0") != "0"


def join(device: torch.device, batch_size: int) -> Ranks:
    """Find the other ranks, if `torchrun` started any.

    Args:
        device: where this rank's network lives.
        batch_size: the recipe's, to be split evenly.

    Raises:
        BadOption: the batch cannot be.
    """
    world = asked_for()
    if world == 1:
        return Alone()
    if batch_size % world:
        raise BadOption(
            f"a batch of {batch_size} cannot be split over {world} processes",
            f"set --batch-size to a multiple of {world}",
        )
    return Together(device)
