"""The optimisers take the very steps of torch.optim's, without what those import."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

from rnntui.recipes.schema import TextRecipe
from rnntui.training.optimizer import make_optimizer

KINDS = ("adamw", "adam", "rmsprop", "sgd")


def network() -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 2))


def recipe(kind: str, momentum: float = 0.9) -> TextRecipe:
    return TextRecipe(optimizer=kind, lr=0.01, momentum=momentum, beta2=0.98, weight_decay=0.05)


def gradients(net: nn.Module, step: int) -> None:
    inputs = torch.randn(4, 5, generator=torch.Generator().manual_seed(step))
    net(inputs).square().sum().backward()


def of_torch(net: nn.Module, kind: str, momentum: float) -> torch.optim.Optimizer:
    groups = [
        {"params": [p for p in net.parameters() if p.dim() > 1], "weight_decay": 0.05},
        {"params": [p for p in net.parameters() if p.dim() <= 1], "weight_decay": 0.0},
    ]
    match kind:
        case "adamw":
            return torch.optim.AdamW(groups, betas=(momentum, 0.98), fused=True)
        case "adam":
            return torch.optim.Adam(groups, betas=(momentum, 0.98), fused=True)
        case "rmsprop":
            return torch.optim.RMSprop(groups, alpha=momentum)
    return torch.optim.SGD(groups, momentum=momentum)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("momentum", [0.9, 0.0])
def test_steps_are_those_of_torch_bit_for_bit(kind: str, momentum: float):
    ours, theirs = network(), network()
    stepper, reference = (
        make_optimizer(ours, recipe(kind, momentum)),
        of_torch(theirs, kind, momentum),
    )
    for step in range(6):
        lr = 0.01 / (1 + step)
        stepper.lr = lr
        for group in reference.param_groups:
            group["lr"] = lr
        for net, optimizer in ((ours, stepper), (theirs, reference)):
            gradients(net, step)
            optimizer.step()
            optimizer.zero_grad()
        for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            assert torch.equal(mine, other)
    kept = {
        f"{index}.{key}": value
        for index, entry in reference.state_dict()["state"].items()
        for key, value in entry.items()
        if isinstance(value, torch.Tensor)
    }
    assert stepper.tensors().keys() == kept.keys()
    assert all(torch.equal(value, kept[key]) for key, value in stepper.tensors().items())


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_goes_on_as_if_nothing_had_been(kind: str):
    whole, halved = network(), network()
    one, first = make_optimizer(whole, recipe(kind)), make_optimizer(halved, recipe(kind))
    for step in range(3):
        for net, optimizer in ((whole, one), (halved, first)):
            gradients(net, step)
            optimizer.step()
            optimizer.zero_grad()
    kept = {name: value.clone() for name, value in first.tensors().items()}
    second = make_optimizer(halved, recipe(kind))
    second.restore(kept)
    for net, optimizer in ((whole, one), (halved, second)):
        gradients(net, 9)
        optimizer.step()
    for mine, other in zip(whole.parameters(), halved.parameters(), strict=True):
        assert torch.equal(mine, other)
    assert all(torch.equal(kept[name], first.tensors()[name]) for name in kept)


@pytest.mark.parametrize("kind", KINDS)
def test_a_parameter_without_a_gradient_stays(kind: str):
    net = network()
    optimizer = make_optimizer(net, recipe(kind))
    last = [p.clone() for p in net[2].parameters()]
    net[0](torch.ones(1, 5)).sum().backward()
    optimizer.step()
    assert all(torch.equal(p, old) for p, old in zip(net[2].parameters(), last, strict=True))


def test_a_step_imports_no_compiler():
    script = """
import sys, torch
from rnntui.recipes.schema import TextRecipe
from rnntui.training.optimizer import make_optimizer
for kind in ("adamw", "adam", "rmsprop", "sgd"):
    layer = torch.nn.Linear(2, 2)
    optimizer = make_optimizer(layer, TextRecipe(optimizer=kind))
    layer(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    optimizer.zero_grad()
print("torch._dynamo" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout == "False\n"
