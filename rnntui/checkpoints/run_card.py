"""The card of a model that somebody trained or imported, from what its folder tells alone.

A shipped model's card (`checkpoints.card`) has figures of a test part, a baseline and a person's
notes; here they are missing, and the card says so instead of leaving them out in silence.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from rnntui.checkpoints import card, plain_forecaster, sentiment_card
from rnntui.checkpoints.config import Config, parameter_count
from rnntui.display import human_count, one_line

PIPELINES = {
    "text": "text-generation",
    "sentiment": "text-classification",
    "forecast": "time-series-forecasting",
}
"""What the Hub calls each task."""
_KINDS = {"text": "char-rnn", "sentiment": "sentiment", "forecast": "forecasting"}
_DOES = {"text": "writes", "sentiment": "judges texts", "forecast": "forecasts"}
_TRIED = {
    "text": "rnntui generate {} --length 500",
    "sentiment": 'rnntui sentiment --model {} "What a film!"',
    "forecast": "rnntui forecast {} FILE.csv",
}
_LOADED = {
    "text": card.plain_torch,
    "sentiment": sentiment_card.plain_torch,
    "forecast": plain_forecaster.plain_torch,
}
"""The lines of plain torch by task."""

_FIGURES = {
    "nats_per_char": "Nats per character (test)",
    "test_accuracy": "Accuracy (test)",
    "accuracy": "Accuracy (validation)",
    "val_loss": "Loss in nats (validation)",
    "val_mae": "Mean absolute error (validation)",
}
"""Figures the Hub is told, the most telling first."""
_BASELINES = {"val_naive_mae": "Mean absolute error of the naive forecast (validation)"}
_LEFT_OUT = ("step", "epoch", "seconds")
_UNKNOWN = "unknown"


@dataclass(frozen=True)
class Told:
    """What the person who shares a model says of it."""

    license: str = ""
    """Of the weights, as the Hub spells it; "" where nobody says."""
    datasets: Sequence[str] = ()
    """Data sets of the Hub."""


def run_card(repo: str, config: Config, told: Told, samples: str = "") -> str:
    """Return the card of a model that nobody wrote one for.

    Args:
        repo: owner/name, where it will lie.
        config: with its figures in `metrics`.
        told: what the person says.
        samples: Markdown, what it wrote or said last while it was trained; "" for none.
    """
    name = repo.partition("/")[2]
    lines = [header(name, config, told), f"# {name}\n", _opening(config)]
    lines += ["## Figures\n", _figures(config)]
    lines += ["## How it was trained\n", _training(config)]
    if samples:
        lines += ["## What it wrote, when it was trained last\n", samples.strip() + "\n"]
    tried = _TRIED[config.task].format(name)
    lines += ["## Trying it\n", f"```sh\npip install rnntui\nrnntui pull {repo}\n{tried}\n```\n"]
    lines += ["## Loading it without rnntui\n"]
    lines += [f"```python\n{_LOADED[config.task](config)}```\n"]
    return "\n".join(lines)


def header(name: str, config: Config, told: Told) -> str:
    """Return the YAML that the Hub reads. JSON strings are YAML strings."""
    quoted = json.dumps
    lines = ["---", "library_name: rnntui", f"pipeline_tag: {PIPELINES[config.task]}"]
    if told.license:
        lines.append(f"license: {quoted(told.license)}")
    lines.append(f"tags: [rnntui, {_KINDS[config.task]}, {config.network.cell}]")
    if told.datasets:
        lines.append(f"datasets: {quoted(list(told.datasets))}")
    measured = _measured(config)
    if measured:
        data = quoted(config.data.name or _UNKNOWN)
        lines += [
            f"metrics: [{next(iter(measured))}]",
            "model-index:",
            f"- name: {quoted(name)}",
            "  results:",
            f"  - task: {{type: {PIPELINES[config.task]}}}",
            f"    dataset: {{name: {data}, type: {data}}}",
            "    metrics:",
        ]
        lines += [
            f"    - {{type: {key}, value: {value:.4f}, name: {quoted(_label(config, key))}}}"
            for key, value in measured.items()
        ]
    return "\n".join([*lines, "---\n"])


def _measured(config: Config) -> dict[str, float]:
    found = {key: config.metrics.get(key) for key in _FIGURES}
    return {key: value for key, value in found.items() if isinstance(value, float)}


def _opening(config: Config) -> str:
    data = f" on {one_line(config.data.name)}" if config.data.name else ""
    imported = "imported into rnntui" + (f", trained{data}" if data else "")
    how = f"trained by rnntui{data}" if config.recipe else imported
    return (
        f"{card.kind_of(config.network)} that {_DOES[config.task]}, {how}: "
        f"{human_count(parameter_count(config))} parameters.\n"
    )


def _figures(config: Config) -> str:
    rows = [
        (_label(config, key), f"{value:.4f}")
        for key, value in config.metrics.items()
        if isinstance(value, float) and key not in _LEFT_OUT
    ]
    if not rows:
        return "None were measured.\n"
    lines = ["| figure | value |", "| --- | --- |", *(f"| {a} | {b} |" for a, b in rows)]
    if not any(key in config.metrics for key in ("nats_per_char", "test_accuracy")):
        lines.append(
            "\nMeasured while training, on the part that chose the checkpoint: on what it never "
            "saw, expect a little worse."
            + ("" if _BASELINES.keys() & config.metrics.keys() else " No baseline was measured.")
        )
    return "\n".join(lines) + "\n"


def _label(config: Config, key: str) -> str:
    """A figure's name for people; a forecaster's loss is in no unit."""
    if key == "val_loss" and config.task == "forecast":
        return "Loss (validation)"
    return (_FIGURES | _BASELINES).get(key, one_line(key).replace("|", " "))


def _training(config: Config) -> str:
    if not config.recipe:
        return "By another program; how is not known here.\n"
    shares = "/".join(f"{100 * share:g}" for share in config.data.split)
    recipe = config.recipe
    shown = [
        f"{key} = {recipe[key]}"
        for key in ("optimizer", "lr", "schedule", "batch_size", "seq_len", "dropout", "seed")
        if isinstance(recipe.get(key), int | float | str)
    ]
    return (
        f"{card.schedule(config)} {one_line(', '.join(shown), 300)}; split {shares} into training, "
        "validation and test part. The recipe, every key with its value, is in `config.json`; the "
        "history of the run in `history.jsonl`.\n"
    ).lstrip()
