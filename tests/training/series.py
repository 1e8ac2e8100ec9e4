"""A small series in a file, and the shortest way through a training on one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from rnntui.recipes.forecast import ForecastRecipe
from rnntui.recipes.schema import make_recipe
from rnntui.runs.folder import RunFolder
from rnntui.training.events import Event
from rnntui.training.start import new_run, resumed_run

SMALL: dict[str, Any] = {
    "task": "forecast",
    "hidden": 8,
    "window": 10,
    "horizon": 3,
    "epochs": 4,
    "warmup": 2,
    "batch_size": 16,
    "scaling": "none",
    "lr": 0.01,
    "ema": 0.8,
}


def values(count: int = 160, seed: int = 1) -> np.ndarray:
    """A wave of 12 steps with a trend and noise."""
    steps = np.arange(count)
    noise = np.random.default_rng(seed).normal(0, 0.3, count)
    return 20 + 5 * np.sin(2 * np.pi * steps / 12) + 0.02 * steps + noise


def write_series(file: Path, rows: np.ndarray | None = None) -> Path:
    """Write a CSV of months, the series, and another column."""
    rows = values() if rows is None else rows
    months = np.datetime64("2000-01") + np.arange(len(rows))
    lines = [f"{m}-01,{v:.6f},{v * 2 + i % 5:.6f}" for i, (m, v) in enumerate(zip(months, rows))]  # noqa: B905
    file.write_text("\n".join(["month,sales,stock", *lines]) + "\n")
    return file


def recipe(file: Path, **changes: Any) -> ForecastRecipe:
    """A small recipe on a file."""
    made = make_recipe({**SMALL, "corpus": [str(file)], "column": "sales", **changes}, "test")
    assert isinstance(made, ForecastRecipe)
    return made


Ends = Callable[[list[Event]], bool]


def train(folder: Path, made: ForecastRecipe, ends: Ends = lambda _: False) -> list[Event]:
    """Begin a run and take its events, abandoning it, as a kill would, once `ends` says so."""
    with new_run(made, RunFolder(folder)) as training:
        return _taken(training.run(), ends)


def resume(folder: Path, **changes: Any) -> list[Event]:
    """Go on with a run that was left."""
    run = RunFolder(folder)
    made = msgspec.structs.replace(run.read_recipe(), **changes)
    with resumed_run(made, run) as training:
        return _taken(training.run(), lambda _: False)


def _taken(events: Any, ends: Ends) -> list[Event]:
    taken: list[Event] = []
    for event in events:
        taken.append(event)
        if ends(taken):
            break
    return taken
