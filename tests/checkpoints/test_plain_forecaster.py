"""The lines on a forecaster's card give what the model itself puts out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from huggingface_hub import ModelCard

from rnntui.checkpoints.config import Config, Head, Network
from rnntui.checkpoints.folder import write_checkpoint
from rnntui.checkpoints.forecasting import SeriesConfig
from rnntui.checkpoints.run_card import Told, run_card
from rnntui.inference.forecast.levels import quantiles_of
from rnntui.inference.forecast.network import ForecastNetwork
from tests.conftest import random_weights


@pytest.mark.parametrize("quantiles", [(0.1, 0.25, 0.5, 0.9), (0.5,), ()])
@pytest.mark.parametrize("shape", [{"cell": "gru", "bidirectional": True, "layers": 2},
                                   {"cell": "rnn", "nonlinearity": "relu"}])  # fmt: skip
def test_its_lines_run_as_printed(quantiles, shape, tmp_path, monkeypatch):
    network = Network(
        **{"layers": 1, **shape}, hidden=5, reads="window", window=6, pooling="last",
        head=Head((4,), "tanh"),
    )  # fmt: skip
    config = Config(
        "forecast", network, scaling="standard", quantiles=quantiles, horizon=3, season=4,
        series=SeriesConfig(cycles=("season",)), recipe={"lr": 0.1},
        metrics={"val_mae": 0.9, "val_naive_mae": 1.1, "val_loss": 0.2},
    )  # fmt: skip
    weights = random_weights(config)
    write_checkpoint(tmp_path / "model", config, weights)
    monkeypatch.chdir(tmp_path / "model")
    card = run_card("anna/walk", config, Told())
    found: dict[str, Any] = {}
    exec(card.split("```python\n")[1].partition("```")[0], found)
    window = found["window"].numpy()[None]
    assert window.shape == (1, 6, 3)
    outputs = ForecastNetwork.build(config, weights).outputs(window.astype(np.float32))[0]
    expected = quantiles_of(outputs, quantiles.index(0.5)) if quantiles else outputs[:, 0]
    np.testing.assert_allclose(found["forecast"].detach().numpy(), expected, rtol=1e-4, atol=1e-4)
    data = ModelCard(card).data
    assert data.pipeline_tag == "time-series-forecasting"
    assert [result.metric_name for result in data.eval_results] == [
        "Loss (validation)", "Mean absolute error (validation)"
    ]  # fmt: skip
    assert "naive forecast (validation) | 1.1000 |" in card and "No baseline" not in card
