"""The card of a model that forecasts: its score beside the baselines', and a forecast drawn.

As `checkpoints.card`: what is said comes from the configuration and from what a script measured,
but for the notes a caller gives.
"""

from __future__ import annotations

import json
from typing import Any

from rnntui.checkpoints.card import KEPT, CardNotes, kind_of, schedule
from rnntui.checkpoints.config import Config, parameter_count
from rnntui.checkpoints.plain_forecaster import plain_torch
from rnntui.display import human_count

_SCALED = {
    "last": "divided by its last value",
    "standard": "brought to mean 0 and deviation 1",
    "mean-absolute": "divided by the mean of its absolute values",
    "none": "taken as it is",
}


def forecast_card(name: str, config: Config, notes: CardNotes, drawn: str) -> str:
    """Return the card of a model that continues a series.

    Args:
        name: the model's.
        config: with the backtest's figures in `metrics`, as `scripts/ship_forecaster` puts them
            there, under `test`.
        notes: what only people know; `baseline` is the backtest's verdict.
        drawn: a forecast in plain text.
    """
    lines = [
        _yaml(name, config, notes),
        f"# {name}\n",
        _opening(config),
        "## Figures\n",
        _figures(config.metrics["test"]),
        f"{notes.baseline}\n",
        "## How it was trained\n",
        f"{notes.data}\n",
        f"```sh\n{notes.command}\n```\n",
        f"{_reads(config)} {schedule(config)} {notes.machine} {KEPT.partition('; what it')[0]}.\n",
        "## What it says\n",
        f"```sh\nrnntui forecast {name} {config.data.name} --plot\n```\n",
        f"```text\n{drawn}```\n",
        "## What it is bad at\n",
        f"{notes.weaknesses}\n",
        "## Loading it without rnntui\n",
        f"```python\n{plain_torch(config)}```\n",
    ]
    return "\n".join(lines)


def _yaml(name: str, config: Config, notes: CardNotes) -> str:
    """The header the Hub reads. JSON strings are YAML strings."""
    data, found = json.dumps(config.data.name), config.metrics["test"]
    rows = [
        ("mae", "Mean absolute error (test, rolling origins)"),
        ("mase", "MASE (test, rolling origins)"),
        ("crps", "CRPS (test, rolling origins)"),
    ]
    return "\n".join(
        [
            "---",
            "library_name: rnntui",
            "pipeline_tag: time-series-forecasting",
            f"license: {notes.license}",
            f"tags: [rnntui, forecasting, {config.network.cell}]",
            "model-index:",
            f"- name: {json.dumps(name)}",
            "  results:",
            "  - task: {type: time-series-forecasting}",
            f"    dataset: {{name: {data}, type: {data}}}",
            "    metrics:",
            *(
                f"    - {{type: {key}, value: {found[key]:.5g}, name: {told}}}"
                for key, told in rows
                if found[key] is not None
            ),
            "---\n",
        ]
    )


def _opening(config: Config) -> str:
    series = config.series
    assert series
    count = len(config.quantiles or ())
    what = f"{count} quantiles of each" if count else "one value each, with a band from its errors"
    return (
        f"{kind_of(config.network)} that continues a series, trained by rnntui on "
        f"{config.data.name}: {human_count(parameter_count(config))} parameters. It reads "
        f"{config.network.window} values and puts out the next {config.horizon}, {what}; further "
        f"steps by sampled paths.\n"
    )


def _figures(found: dict[str, Any]) -> str:
    rows = [
        "| forecast | MAE | RMSE | MASE | CRPS | in 50 % | in 80 % | in 95 % |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        _row("this model", found),
        *(_row(row["name"], row) for row in found["baselines"] if "mae" in row),
    ]
    return (
        "\n".join(rows) + "\n\nMeasured by `rnntui forecast --backtest` from "
        f"{found['origins']:,} rolling origins, {found['every']} apart, each {found['horizon']} "
        f"steps ahead, after {found['train_until']}: values that neither training nor the "
        "calibration of the band saw. MASE is scaled by the error of repeating the last season "
        "(without one, the last value) in the part before; the last three columns are the share "
        "of values inside the band of that name.\n" + _fixed_band(found.get("fixed_band"))
    )


def _fixed_band(found: dict[str, Any] | None) -> str:
    if not found:
        return ""
    shares = [f"{100 * found[f'coverage_{n}']:.1f}" for n in (50, 80, 95)]
    return (
        "\nAt each origin the band is as wide as the 250 forecasts before it, compared with what "
        "had come by then, ask for. As wide as it was learned (`--fixed-band`) it holds "
        f"{', '.join(shares[:2])} and {shares[2]} %, with a CRPS of {_number(found['crps'])}.\n"
    )


def _row(name: str, scores: dict[str, Any]) -> str:
    numbers = [_number(scores[key]) for key in ("mae", "rmse", "mase", "crps")]
    shares = [f"{100 * scores[f'coverage_{n}']:.1f} %" for n in (50, 80, 95)]
    return f"| {name} | {' | '.join([*numbers, *shares])} |"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _reads(config: Config) -> str:
    series = config.series
    assert series and config.scaling
    parts = []
    if series.transform != "none":
        parts.append(f"Every value goes through a {series.transform}.")
    if series.difference:
        parts.append("The value one season before is subtracted.")
    parts.append(f"Each window is {_SCALED[config.scaling]}.")
    if series.cycles:
        parts.append(f"Beside the values it reads the {' and '.join(series.cycles)}.")
    return " ".join(parts)
