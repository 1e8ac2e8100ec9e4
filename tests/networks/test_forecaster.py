"""The forecaster's quantiles grow, its gradient is cut where asked, its losses are the field's."""

from __future__ import annotations

import msgspec
import pytest
import torch

from rnntui.checkpoints.config import Config, Network
from rnntui.checkpoints.forecasting import SeriesConfig
from rnntui.networks.forecaster import ForecastNetwork, pinball_loss

LEVELS = (0.1, 0.5, 0.9)


def config(horizon: int = 3, quantiles: tuple[float, ...] = LEVELS, **network) -> Config:
    shape = Network(**{"cell": "gru", "layers": 1, "hidden": 6, "reads": "window", "window": 8}
                    | network)  # fmt: skip
    return Config(
        "forecast", shape, scaling="standard", quantiles=quantiles, horizon=horizon,
        series=SeriesConfig(lags=(2,)),
    )  # fmt: skip


def made(config: Config, truncate: int = 0) -> ForecastNetwork:
    return ForecastNetwork(config, torch.Generator().manual_seed(1), truncate)


def test_it_begins_at_the_windows_centre_with_a_band_around_it():
    quantiles = made(config())(torch.randn(8, 5, 2))
    assert quantiles.shape == (5, 3, 3)
    assert torch.equal(quantiles[..., 1], torch.zeros(5, 3))
    assert torch.allclose(quantiles[..., 2], -quantiles[..., 0])
    assert (quantiles[..., 2] > 0).all()


@pytest.mark.parametrize("changes", [{"cell": "lstm", "layers": 2, "bidirectional": True}, {}])
def test_quantiles_grow_whatever_the_weights(changes):
    network = made(config(**changes))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0, 3)
    assert (network(torch.randn(8, 20, 2)).diff(dim=-1) >= 0).all()


def test_a_point_forecaster_has_one_output_a_step():
    assert made(config(quantiles=()))(torch.randn(8, 5, 2)).shape == (5, 3)


def test_back_propagation_reaches_as_far_as_asked():
    for truncate, reached in ((3, 3), (0, 8)):
        network = made(config(), truncate)
        with torch.no_grad():
            network.head.weight.normal_()
        inputs = torch.randn(8, 1, 2, requires_grad=True)
        network(inputs).sum().backward()
        assert inputs.grad is not None
        assert int((inputs.grad.abs().sum((1, 2)) > 0).sum()) == reached


def test_truncation_changes_no_output():
    inputs = torch.randn(8, 4, 2)
    whole, cut = made(config()), made(config(), 2)
    assert torch.allclose(whole(inputs), cut(inputs))


def test_the_quantile_loss_at_the_median_is_the_absolute_error():
    forecast, actual = torch.randn(4, 3, 1), torch.randn(4, 3)
    loss = pinball_loss(forecast, actual, torch.tensor([0.5]))
    assert loss == pytest.approx(float((forecast[..., 0] - actual).abs().mean()))


def test_the_quantile_loss_is_least_at_the_quantile():
    actual = torch.arange(100.0)[:, None]
    losses = [
        float(pinball_loss(torch.full((100, 1, 1), q), actual, torch.tensor([0.9])))
        for q in (80.0, 89.5, 98.0)
    ]
    assert min(losses) == losses[1]


def test_a_seed_gives_the_same_start():
    one, two = made(config()), made(config())
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
    assert msgspec.json.decode(msgspec.json.encode(config()), type=Config) == config()
