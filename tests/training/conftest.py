"""A small corpus and the shortest way through a training."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rnntui.recipes.schema import TextRecipe
from rnntui.runs.folder import RunFolder
from rnntui.training.events import Event, Finished
from rnntui.training.start import new_run, resumed_run

SMALL: dict[str, Any] = {
    "layers": 2,
    "hidden": 24,
    "dropout": 0.2,
    "output_dropout": 0.2,
    "weight_drop": 0.2,
    "ema": 0.9,
    "seq_len": 16,
    "batch_size": 8,
    "epochs": 4,
    "warmup": 2,
    "threads": 1,
    "precision": "fp32",
    "device": "cpu",
    "sample_every": 2,
    "sample_length": 20,
    "sample_temperatures": (0.5, 1.0),
}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RNNTUI_HOME", str(tmp_path / "home"))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """2,000 characters of words drawn at random: something to learn, nothing to wait for."""
    draw = random.Random(5)
    words = ["the", "cat", "sat", "on", "a", "mat", "and", "looked", "at", "dogs"]
    text = " ".join(draw.choice(words) for _ in range(600))
    file = tmp_path / "corpus.txt"
    file.write_text(text[:2000], "utf-8")
    return file


Train = Callable[..., tuple[RunFolder, list[Event]]]


@pytest.fixture
def train(corpus: Path, tmp_path: Path) -> Train:
    """Begin a run, and go on with it until it ends or until `steps` steps were taken."""

    def run(name: str, steps: int | None = None, **changes: Any) -> tuple[RunFolder, list[Event]]:
        recipe = TextRecipe(**{**SMALL, "corpus": (str(corpus),), **changes})
        folder = RunFolder(tmp_path / name)
        with new_run(recipe, folder) as training:
            return folder, _take(training.run(), steps)

    return run


@pytest.fixture
def resume() -> Callable[..., list[Event]]:
    """Go on with a run that was left."""

    def run(folder: RunFolder, steps: int | None = None, **changes: Any) -> list[Event]:
        import msgspec

        recipe = msgspec.structs.replace(folder.read_recipe(), **changes)
        with resumed_run(recipe, folder) as training:
            return _take(training.run(), steps)

    return run


def _take(events: Any, steps: int | None) -> list[Event]:
    """Collect events; abandon the run, as a kill would, once so many came."""
    taken: list[Event] = []
    for event in events:
        taken.append(event)
        if steps is not None and len(taken) >= steps:
            return taken
    assert isinstance(taken[-1], Finished)
    return taken
