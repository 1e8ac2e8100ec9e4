"""The network that forecasts: a window of numbers in, all quantiles of all steps ahead out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from rnntui.checkpoints.config import Config, head_width
from rnntui.networks.dropout import LockedDropout
from rnntui.networks.recurrent import RecurrentStack, initialise

LARGEST = 8.0
"""Bound of the logarithm of the distance between two quantiles, both ways."""
_SPREAD = 0.3
"""Where training begins: quantiles of a normal distribution with this deviation."""


class ForecastNetwork(nn.Module):
    """Recurrent stack, the state after the window's last period, head.

    The output layer begins at zero: the first forecast is the window's centre (its last value,
    where that is the centre), with a band around it.

    Args:
        config: a forecaster's.
        generator: draws the initial weights and, in training, all dropout masks. The network lives
            on its device.
        truncate: steps of back-propagation: the gradient reaches so many periods of the window
            back, and is cut there; 0 for all of them.
    """

    embedding = None

    def __init__(self, config: Config, generator: torch.Generator, truncate: int = 0) -> None:
        super().__init__()
        network = config.network
        self.truncate = truncate
        self.hidden = network.hidden
        self.horizon = config.horizon or 1
        self.quantiles = config.quantiles or ()
        self.input_dropout = LockedDropout(network.input_dropout, generator)
        self.stack = RecurrentStack(network, config.inputs, generator)
        self.output_dropout = LockedDropout(network.output_dropout, generator)
        self.activation = torch.relu if network.head.activation == "relu" else torch.tanh
        widths = [network.features, *network.head.hidden]
        self.head_layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.head = nn.Linear(head_width(network), config.outputs)
        self._initialise(generator)
        self.to(generator.device)

    def _initialise(self, generator: torch.Generator) -> None:
        # Drawn on the CPU, so that a seed gives the same start on every device.
        own = torch.Generator().manual_seed(generator.initial_seed())
        initialise(self.stack, own)
        for module in self.head_layers:
            assert isinstance(module, nn.Linear)
            nn.init.xavier_uniform_(module.weight, generator=own)
            nn.init.zeros_(module.bias)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        if self.quantiles:
            bias = self.head.bias.detach().view(self.horizon, -1)
            bias[:] = _first_gaps(self.quantiles)

    def forward(self, inputs: Tensor) -> Tensor:
        """Read windows.

        Args:
            inputs: (N, B, F).

        Returns:
            (B, H, Q), growing along the last axis; (B, H) of a point forecaster.
        """
        x = self.input_dropout(inputs)
        state = self.stack.zero_state(x.shape[1])
        cut = len(x) - self.truncate if self.truncate else 0
        if cut > 0:
            with torch.no_grad():
                _, state = self.stack(x[:cut], state)
            x = x[cut:]
        features, _ = self.stack(x, state)  # (N, B, F)
        ends = torch.cat([features[-1, :, : self.hidden], features[0, :, self.hidden :]], 1)
        ends = self.output_dropout(ends[None])[0]
        for layer in self.head_layers:
            ends = self.activation(layer(ends))
        raw: Tensor = self.head(ends).view(len(ends), self.horizon, -1)  # (B, H, Q)
        return quantiles_of(raw, self.quantiles.index(0.5)) if self.quantiles else raw[..., 0]


def quantiles_of(raw: Tensor, median: int) -> Tensor:
    """Return quantiles (..., Q) that grow along the last axis, of a head's outputs (..., Q).

    The output at the median's place is the median; each other one is the logarithm of a quantile's
    distance from its neighbour towards the median.
    """
    centre = raw[..., median : median + 1]
    gaps = raw.clamp(-LARGEST, LARGEST).exp()
    above = centre + gaps[..., median + 1 :].cumsum(-1)
    below = centre - gaps[..., :median].flip(-1).cumsum(-1).flip(-1)
    return torch.cat([below, centre, above], -1)


def _first_gaps(levels: Sequence[float]) -> Tensor:
    """(Q,): the head's bias by which the band is a normal distribution's."""
    at = _SPREAD * torch.special.ndtri(torch.tensor(levels, dtype=torch.float64))
    median = levels.index(0.5)
    gaps = at.diff().log()
    return torch.cat([gaps[:median], torch.zeros(1, dtype=gaps.dtype), gaps[median:]]).float()


def pinball_loss(forecast: Tensor, actual: Tensor, levels: Tensor) -> Tensor:
    """Return the mean quantile loss (Koenker and Bassett 1978), twice, as CRPS counts it.

    Twice its mean over evenly spaced levels tends to the CRPS, and at the median it is the absolute
    error.

    Args:
        forecast: (B, H, Q).
        actual: (B, H).
        levels: (Q,).
    """
    error = actual[..., None] - forecast
    return 2 * torch.maximum(levels * error, (levels - 1) * error).mean()
