"""Small made-up reviews that can be told apart, and the shortest way through a training on them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from rnntui.recipes.sentiment import SentimentRecipe
from rnntui.runs.folder import RunFolder
from rnntui.training.events import Event
from rnntui.training.start import new_run, resumed_run

SMALL: dict[str, Any] = {
    "hidden": 12,
    "embedding": 8,
    "words": 60,
    "max_words": 20,
    "samples": 20,
    "seq_len": 8,
    "pretrain_batch": 4,
    "batch_size": 16,
    "epochs": 4,
    "lr": 0.02,
    "ema": 0.9,
    "warmup": 5,
    "early_stop": 0,
    "split": (0.75, 0.25, 0.0),
    "threads": 1,
    "precision": "fp32",
    "device": "cpu",
}

_GOOD = ["good", "great", "lovely", "superb"]
_BAD = ["bad", "awful", "dull", "poor"]
_OTHER = ["the", "film", "a", "plot", "is", "was", "and", "of", "it", "actor"]


def texts(count: int, seed: int = 1) -> Iterator[tuple[str, int]]:
    """Yield reviews of 5 to 30 words, every other one positive."""
    draw = random.Random(seed)
    for number in range(count):
        label = number % 2
        words = [draw.choice(_OTHER) for _ in range(draw.randint(5, 30))]
        for _ in range(1 + len(words) // 6):
            words[draw.randrange(len(words))] = draw.choice(_GOOD if label else _BAD)
        yield " ".join(words), label


def write_reviews(path: Path, train: int = 240, test: int = 40, *, test_seed: int = 2) -> Path:
    """Write a CSV with a training and a test half."""
    rows = [f"{text},{label},train" for text, label in texts(train)]
    rows += [f"{text},{label},test" for text, label in texts(test, test_seed)]
    path.write_text("\n".join(["review,sentiment,split", *rows]) + "\n")
    return path


def recipe(file: Path, **changes: Any) -> SentimentRecipe:
    """A small recipe for such reviews."""
    made = SentimentRecipe(**{**SMALL, "corpus": (str(file),), **changes})
    made.check()
    return made


def train(
    folder: Path, made: SentimentRecipe, until: Callable[[list[Event]], bool] = lambda _: False
) -> list[Event]:
    """Begin a run; abandon it, as a kill would, once `until` says so of the events so far."""
    with new_run(made, RunFolder(folder)) as training:
        return _take(training.run(), until)


def resume(
    folder: Path, until: Callable[[list[Event]], bool] = lambda _: False, **changes: Any
) -> list[Event]:
    """Go on with a run that was left."""
    run = RunFolder(folder)
    made = msgspec.structs.replace(run.read_recipe(), **changes)
    with resumed_run(made, run) as training:
        return _take(training.run(), until)


def _take(events: Iterator[Event], until: Callable[[list[Event]], bool]) -> list[Event]:
    taken: list[Event] = []
    for event in events:
        taken.append(event)
        if until(taken):
            break
    return taken
