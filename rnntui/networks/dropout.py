"""Dropout with one mask for all time steps, drawn from a generator of our own.

The generator's state is saved with the run, so that a resumed run draws the same masks; torch's
global one would be moved by anything else in the process.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Share:
    """The columns of a batch that this process reads, where several train one network.

    Args:
        first: the first of them.
        whole: columns of the whole batch; 0 where this process reads all.
    """

    first: int = 0
    whole: int = 0

    def mask(self, shape: tuple[int, ...], p: float, generator: torch.Generator) -> Tensor:
        """Return the share of one mask for the whole batch, which all ranks draw alike.

        Args:
            shape: (..., B, F) of this process alone.
            p: share of zeros.
            generator: moved as if there were one process.
        """
        columns = shape[-2]
        drawn = mask((*shape[:-2], self.whole or columns, shape[-1]), p, generator)
        return drawn.narrow(-2, self.first, columns)


def mask(shape: tuple[int, ...], p: float, generator: torch.Generator) -> Tensor:
    """Return a mask of the given shape: 0 with probability `p`, else 1 / (1 - p).

    Four numbers are had from each draw of 64 bits, so `p` is rounded to a 65,536th. `bernoulli_`
    with a generator takes four times as long, which for weight drop was a twelfth of a step.
    """
    if generator.device.type == "mps":  # which draws no 64 bits at once
        kept = torch.empty(shape, device="mps").bernoulli_(1 - p, generator=generator)
        return kept.div_(1 - p)
    count = math.prod(shape)
    draws = torch.empty(-(-count // 4), dtype=torch.int64, device=generator.device)
    drawn = draws.random_(-(2**63), None, generator=generator).view(torch.int16)[:count]
    dropped = min(round(p * 2**16), 2**16 - 1)
    kept = (drawn >= dropped - 2**15).float()
    return kept.mul_(2**16 / (2**16 - dropped)).view(shape)


class LockedDropout(torch.nn.Module):
    """Variational dropout (Gal and Ghahramani 2016, section 4): one mask for a sequence.

    On one-hot input this drops a symbol wherever the sequence has it.
    """

    def __init__(self, p: float, generator: torch.Generator) -> None:
        super().__init__()
        self.p = p
        self.generator = generator
        self.share = Share()

    def forward(self, x: Tensor) -> Tensor:
        """Drop features of `x`: (T, B, E), the same at every step."""
        if not self.training or not self.p:
            return x
        return x * self.share.mask((1, *x.shape[1:]), self.p, self.generator)
