"""Dropout with one mask for all time steps, drawn from a generator of our own.

The generator's state is saved with the run, so that a resumed run draws the same masks; torch's
global one would be moved by anything else in the process.
"""

from __future__ import annotations

import torch
from torch import Tensor


def mask(shape: tuple[int, ...], p: float, generator: torch.Generator) -> Tensor:
    """Return a mask of the given shape: 0 with probability `p`, else 1 / (1 - p)."""
    kept = torch.empty(shape, device=generator.device).bernoulli_(1 - p, generator=generator)
    return kept.div_(1 - p)


class LockedDropout(torch.nn.Module):
    """Variational dropout (Gal and Ghahramani 2016, section 4): one mask for a sequence.

    On one-hot input this drops a symbol wherever the sequence has it.
    """

    def __init__(self, p: float, generator: torch.Generator) -> None:
        super().__init__()
        self.p = p
        self.generator = generator

    def forward(self, x: Tensor) -> Tensor:
        """Drop features of `x`: (T, B, E), the same at every step."""
        if not self.training or not self.p:
            return x
        return x * mask((1, *x.shape[1:]), self.p, self.generator)
