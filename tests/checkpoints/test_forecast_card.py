"""The card of a forecaster says what was measured, beside the baselines, and how to load it."""

from __future__ import annotations

from rnntui.checkpoints.card import CardNotes
from rnntui.checkpoints.config import Config, DataConfig, Network
from rnntui.checkpoints.forecast_card import forecast_card
from rnntui.checkpoints.forecasting import SeriesConfig

SCORES = {
    "mae": 2.0, "rmse": 3.0, "mase": 0.5, "crps": 1.5,
    "coverage_50": 0.52, "coverage_80": 0.81, "coverage_95": 0.94,
}  # fmt: skip


def test_a_card_has_figures_beside_the_naive_ones_and_a_picture():
    test = {
        **SCORES,
        "origins": 717,
        "every": 1,
        "horizon": 14,
        "train_until": "1988-12-30",
        "baselines": [{"name": "naive", **SCORES, "mase": None}, {"name": "AutoETS", "note": "no"}],
    }
    config = Config(
        "forecast",
        Network("gru", layers=1, hidden=4, reads="window", window=30, pooling="last"),
        data=DataConfig("temperatures", "0" * 64),
        metrics={"test": test, "epoch": 8.0, "seconds": 60.0},
        scaling="standard",
        quantiles=(0.1, 0.5, 0.9),
        horizon=14,
        season=365,
        series=SeriesConfig(transform="log", difference=True, cycles=("year",)),
    )
    notes = CardNotes("mit", "Ten years.", "Better than naive.", "Other towns.", "train it", "A.")
    card = forecast_card("warm", config, notes, "picture\n")
    assert "| this model | 2 | 3 | 0.5 | 1.5 | 52.0 % | 81.0 % | 94.0 % |" in card
    assert "| naive | 2 | 3 |  | 1.5 |" in card and "| AutoETS" not in card
    assert "```text\npicture\n```" in card
    assert "Every value goes through a log. The value one season before is subtracted." in card
    assert "pipeline_tag: time-series-forecasting" in card and "value: 0.5" in card
    assert "717 rolling origins, 1 apart, each 14 steps ahead, after 1988-12-30" in card
    assert "torch.nn.GRU(3, 4, 1)" in card
