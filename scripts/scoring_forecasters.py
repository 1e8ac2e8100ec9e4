"""What `scripts/ship_forecaster` measures of a model, and `scripts/check_models` again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file

from rnntui.cli.forecast_output import drawing
from rnntui.data.series.levels import LEVELS
from rnntui.data.series.options import SeriesOptions
from rnntui.data.series.reading import load_series
from rnntui.data.series.series import Series
from rnntui.inference.forecast.backtest import backtest
from rnntui.inference.forecast.levels import at_levels
from rnntui.inference.forecast.model import ForecastModel
from rnntui.inference.forecast.origins import Plan
from rnntui.inference.forecast.scores import Backtest
from rnntui.inference.forecast.windows import Windows
from rnntui.inference.loading import load_forecaster

TOLERANCE = 0.002
"""Of a mean absolute error, as a share of it."""
_KEPT = (
    *("origins", "every", "horizon", "season", "train_until", "mae", "rmse", "mase", "crps"),
    *("coverage_50", "coverage_80", "coverage_95", "naive_mae", "seasonal_naive_mae"),
    *("skill", "skill_interval", "seasonal_skill", "seasonal_skill_interval", "verdict"),
)


_BAND = ("crps", "coverage_50", "coverage_80", "coverage_95")


def series_of(model: ForecastModel) -> Series:
    """Read what a shipped model was trained on."""
    recipe = model.config.recipe
    return load_series(recipe["corpus"][0], SeriesOptions(season=recipe["season"]))


def backtest_of(folder: Path, *, adapts: bool = True) -> Backtest:
    """Score a model on what comes after its training, with a band that adapts or a fixed one."""
    model = replace(load_forecaster(folder), adapts=adapts)
    series = series_of(model)
    fraction = min(0.8, model.series.train_points / len(series))
    return backtest(model, series, Plan(model.network.horizon, fraction=fraction, auto_ets=False))


def figures(found: Backtest, fixed: Backtest) -> dict[str, Any]:
    """Return what `config.json` keeps of it.

    Args:
        found: with a band that adapts.
        fixed: with a fixed one.
    """
    plain = found.to_json()
    band = {key: value for key, value in fixed.to_json().items() if key in _BAND}
    kept = {key: plain[key] for key in _KEPT}
    return kept | {"fixed_band": band, "baselines": plain["baselines"]}


def drawn(folder: Path) -> str:
    """Return a forecast of what comes after the series, in plain text."""
    model = load_forecaster(folder)
    series = series_of(model)
    return drawing(series, model.forecast(series, model.network.horizon, (0.025, 0.1, 0.5, 0.9,
                                                                           0.975)), 80)  # fmt: skip


def check_forecaster(folder: Path, metrics: dict[str, Any]) -> int:
    """Score a shipped model anew, in two ways; return how many figures differ from its card's."""
    found = backtest_of(folder)
    card, ours, torchs = metrics["test"]["mae"], found.mae, torch_mae(folder, found)
    wrong = max(abs(ours - card), abs(torchs - card)) > TOLERANCE * card
    print(
        f"{folder.name} mae: card {card:.5g}, rnntui {ours:.5g}, torch {torchs:.5g}"
        f" {'DIFFERS' if wrong else 'ok'}"
    )
    fixed = backtest_of(folder, adapts=False).to_json()
    return int(wrong) + _check_bands(
        folder.name,
        [(metrics["test"], found.to_json()), (metrics["test"]["fixed_band"], fixed)],
    )


def _check_bands(name: str, pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> int:
    """Compare the shares inside the bands with the card's; return how many differ."""
    count = 0
    for kind, (card, ours) in zip(("adapting", "fixed"), pairs, strict=True):
        shares = [(card[key], ours[key]) for key in _BAND[1:]]
        wrong = any(abs(one - other) > TOLERANCE for one, other in shares)
        told = ", ".join(f"{one:.3f} {other:.3f}" for one, other in shares)
        print(f"{name} {kind} band: card and rnntui {told} {'DIFFERS' if wrong else 'ok'}")
        count += wrong
    return count


@torch.no_grad()
def torch_mae(folder: Path, found: Backtest) -> float:
    """Return the mean absolute error of the medians, the network run by torch's own modules."""
    model = load_forecaster(folder)
    series = series_of(model)
    network = json.loads((folder / "config.json").read_text("utf-8"))["network"]
    weights = {k: v.float() for k, v in load_file(folder / "model.safetensors").items()}
    kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}[network["cell"]]
    rnn = kind(model.config.inputs, network["hidden"], network["layers"])
    rnn.load_state_dict({k[4:]: v for k, v in weights.items() if k.startswith("rnn.")})
    windows = Windows.of(model.config, series)
    origins = found.all_origins.at
    scaled = windows.scaled(origins)
    states, _ = rnn(torch.from_numpy(windows.inputs(origins, scaled).transpose(1, 0, 2).copy()))
    raw = states[-1] @ weights["head.weight"].T + weights["head.bias"]
    outputs = raw.view(len(origins), model.network.horizon, -1).double().numpy()
    if model.config.quantiles:
        outputs = outputs[..., [model.config.quantiles.index(0.5)]]
    else:
        outputs = at_levels(outputs + np.array(model.series.offsets), model.levels, (0.5,))
    medians = windows.frames.restored(scaled, outputs)[..., 0]
    assert LEVELS[6] == 0.5
    return float(np.nanmean(np.abs(medians - found.all_origins.actual)))
