"""From gradients to steps: the optimiser, the learning rate's course, clipping, averaging."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from rnntui.recipes.keys import TrainingKeys
from rnntui.training.stepping import SGD, Adam, Group, Optimizer, RMSprop


def make_optimizer(network: nn.Module, recipe: TrainingKeys) -> Optimizer:
    """Return the recipe's optimiser over a network's parameters; biases are not decayed."""
    groups = [
        Group([p for p in network.parameters() if p.dim() > 1], recipe.weight_decay),
        Group([p for p in network.parameters() if p.dim() <= 1], 0.0),
    ]
    match recipe.optimizer:
        case "adamw" | "adam" as kind:
            betas = (recipe.momentum, recipe.beta2)
            return Adam(groups, recipe.lr, betas, decoupled=kind == "adamw")
        case "rmsprop":
            return RMSprop(groups, recipe.lr, recipe.momentum)
        case "sgd":
            return SGD(groups, recipe.lr, recipe.momentum)


def learning_rate(
    recipe: TrainingKeys, *, step: int, epoch: int, progress: float, drops: int
) -> float:
    """Return the learning rate of a step.

    Args:
        recipe: names the schedule.
        step: steps taken so far, for the warm-up.
        epoch: whole epochs so far, for "step".
        progress: share of the run that is over, 0 to 1, for "cosine" (Loshchilov and Hutter 2017,
            equation 5, without restarts).
        drops: how often a plateau lowered the rate.
    """
    match recipe.schedule:
        case "cosine":
            wave = 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
            factor = recipe.lr_end + (1 - recipe.lr_end) * wave
        case "step":
            factor = recipe.decay ** (epoch // recipe.decay_every)
        case "plateau":
            factor = recipe.decay**drops
        case "constant":
            factor = 1.0
    # A short run spends at most a tenth of itself on warming up.
    warm = max((step + 1) / recipe.warmup, progress / 0.1) if recipe.warmup else 1.0
    return recipe.lr * min(1.0, warm) * factor


def clip_gradients(
    parameters: Iterable[nn.Parameter], mode: str, limit: float
) -> tuple[float, float]:
    """Clip gradients in place, and tell their global norm before and after.

    "value" clips each number to [-limit, limit], "norm" scales each tensor to a norm of at most
    `limit`, "global-norm" all of them together (Pascanu, Mikolov and Bengio 2013, algorithm 1).
    """
    gradients = [p.grad for p in parameters if p.grad is not None]
    before = _global_norm(gradients)
    if mode == "none" or not math.isfinite(before):
        return before, before
    if mode == "value":
        torch._foreach_clamp_min_(gradients, -limit)
        torch._foreach_clamp_max_(gradients, limit)
        return before, _global_norm(gradients)
    if mode == "norm":
        for gradient in gradients:
            gradient.mul_(torch.clamp(limit / (gradient.norm() + 1e-6), max=1.0))
        return before, _global_norm(gradients)
    if before > limit:
        torch._foreach_mul_(gradients, limit / (before + 1e-6))
    return before, min(before, limit)


def _global_norm(gradients: list[Tensor]) -> float:
    if not gradients:
        return 0.0
    return float(torch.stack(torch._foreach_norm(gradients)).norm())


class AveragedWeights:
    """An exponential moving average of a network's weights (Polyak and Juditsky 1992).

    The decay grows from 2/11 to its full value over the first steps, so that the random start is
    soon forgotten.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.values = {n: p.detach().clone() for n, p in network.named_parameters()}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Move the average towards the network's weights after its step `step` (from 0)."""
        decay = min(self.decay, (2 + step) / (11 + step))
        torch._foreach_lerp_(
            list(self.values.values()), [p.detach() for p in network.parameters()], 1 - decay
        )

    @contextmanager
    def inside(self, network: nn.Module) -> Iterator[None]:
        """Put the average into the network for a while."""
        own = {n: p.detach().clone() for n, p in network.named_parameters()}
        set_parameters(network, self.values)
        try:
            yield
        finally:
            set_parameters(network, own)


@torch.no_grad()
def set_parameters(network: nn.Module, values: Mapping[str, Tensor]) -> None:
    """Copy values into a network's parameters, by name."""
    for name, parameter in network.named_parameters():
        parameter.copy_(values[name])
