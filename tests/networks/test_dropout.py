"""The masks: how many zeros, what they keep of the mean, and that they are all different."""

from __future__ import annotations

import pytest
import torch

from rnntui.networks.dropout import mask


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(5)


@pytest.mark.parametrize("p", [0.05, 0.25, 0.3, 0.5, 0.9])
def test_a_mask_has_its_share_of_zeros_and_keeps_the_mean(p: float) -> None:
    drawn = mask((1000, 1000), p, generator())
    zeros = (drawn == 0).float().mean()
    # Five standard errors of a million draws.
    assert abs(zeros - p) < 5 * (p * (1 - p) / 1e6) ** 0.5
    assert drawn.unique().numel() == 2
    assert drawn.max().item() == pytest.approx(1 / (1 - p), rel=1e-3)


def test_neighbours_are_dropped_independently() -> None:
    dropped = (mask((250_000, 4), 0.25, generator()) == 0).float()
    # The four that share a draw of 64 bits, and each with the next draw's.
    correlations = torch.corrcoef(torch.cat([dropped[:-1], dropped[1:]], 1).T)
    off_diagonal = correlations - torch.diag(correlations.diag())
    assert off_diagonal.abs().max() < 0.01  # the standard error is 0.002
    assert dropped.mean(0).sub(0.25).abs().max() < 0.005


@pytest.mark.parametrize("shape", [(1,), (3, 5), (2, 1, 7)])
def test_a_mask_of_any_shape(shape: tuple[int, ...]) -> None:
    drawn = mask(shape, 0.5, generator())
    assert drawn.shape == shape
    assert set(drawn.unique().tolist()) <= {0.0, 2.0}


def test_what_is_nearly_certain_leaves_numbers() -> None:
    assert mask((100, 100), 0.999999, generator()).isfinite().all()
