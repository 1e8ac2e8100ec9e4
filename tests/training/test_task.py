"""The loop trains whatever is a `Task`: here, a straight line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from rnntui.checkpoints.config import Config, Network, VocabularyConfig
from rnntui.checkpoints.folder import read_config
from rnntui.recipes.schema import TextRecipe
from rnntui.runs import history
from rnntui.runs.folder import RunFolder
from rnntui.runs.history import Evaluation
from rnntui.training.events import Data, Evaluated, Event, Finished, Started, Stepped
from rnntui.training.loop import Training
from rnntui.training.ranks import Alone
from rnntui.training.resume import read_counters
from rnntui.training.task import Check, Keep, Stopped, Task


@dataclass(frozen=True)
class Slope:
    """What this task shows: an event that only it and its watchers know."""

    value: float


class LineTask:
    """Learns y = 2x from four points."""

    accuracy = None

    def __init__(self, recipe: TextRecipe) -> None:
        self.recipe = recipe
        self.data = Data("line", "0" * 64, (4, 4, 0), "points", 0)
        self.device = torch.device("cpu")
        self.ranks = Alone()
        self.generator = torch.Generator().manual_seed(recipe.seed)
        self.network = nn.Linear(1, 1)
        nn.init.zeros_(self.network.weight)

    def warnings(self) -> tuple[str, ...]:
        return ("a line is no text",)

    def steps(self, epoch: int) -> int:
        return 5

    def loss(self, epoch: int, step: int, precision: str) -> tuple[Tensor, int]:
        x = torch.arange(4.0)[:, None]
        return ((self.network(x) - 2 * x) ** 2).mean(), 4

    def probe(self, precision: str) -> None:
        pass

    def carried(self) -> dict[str, Tensor]:
        return {}

    def carry(self, tensors: Mapping[str, Tensor]) -> None:
        pass

    @torch.no_grad()
    def validate(self, check: Check) -> float | None:
        check()
        return float(self.loss(0, 0, "fp32")[0])

    def config(self, metrics: Mapping[str, Any]) -> Config:
        vocabulary = VocabularyConfig("char", ("a",))
        return Config("text", Network(), vocabulary=vocabulary, metrics=dict(metrics))

    def weights(self) -> Mapping[str, np.ndarray]:
        return {"slope": self.network.weight.detach().numpy()}

    def show(self, line: Evaluation, *, last: bool, check: Check, keep: Keep) -> Iterator[Event]:
        keep(f"## epoch {line.epoch:g} · step {line.step}\n\n")
        yield Slope(self.network.weight.item())  # type: ignore[misc]
        check()


RECIPE = TextRecipe(
    epochs=6, lr=0.05, schedule="constant", warmup=0, ema=0.0, threads=1, precision="fp32"
)


def training(folder: Path, *, resumed: bool = False, **changes: Any) -> Training:
    task: Task = LineTask(msgspec.structs.replace(RECIPE, **changes))
    return Training(task, RunFolder(folder), resumed=resumed)


def test_the_loop_trains_evaluates_shows_and_saves_what_it_knows_nothing_of(tmp_path: Path) -> None:
    events = list(training(tmp_path).run())
    started = events[0]
    assert isinstance(started, Started)
    assert (started.data.name, started.data.unit) == ("line", "points")
    assert started.warnings == ("a line is no text",)
    slopes = [e.value for e in events if isinstance(e, Slope)]
    assert len(slopes) == 6
    assert abs(slopes[-1] - 2) < abs(slopes[0] - 2)
    assert RunFolder(tmp_path).samples.read_text("utf-8").count("## epoch") == 6
    assert read_config(RunFolder(tmp_path).last).metrics["epoch"] == 6


@pytest.mark.parametrize("moment", [Evaluated, Slope])
def test_a_stop_in_the_midst_of_an_evaluation_ends_the_run_before_it(
    tmp_path: Path, moment: type
) -> None:
    run, folder = training(tmp_path), RunFolder(tmp_path)
    events = []
    for event in run.run():
        events.append(event)
        if isinstance(event, moment):
            run.stop()
    assert events[-1].why == "stopped"
    assert sum(isinstance(e, Stepped) for e in events) == 5
    assert list(history.read(folder.history)) == []
    assert read_counters(folder.state).evaluated == 0

    again = list(training(tmp_path, resumed=True).run())
    assert isinstance(again[1], Evaluated)  # first what the stop cut off
    assert isinstance(again[-1], Finished) and again[-1].why == "done"
    assert [line.step for line in history.read(folder.history)] == [5, 10, 15, 20, 25, 30]
    assert folder.samples.read_text("utf-8").count("## epoch") == 6


def test_a_stop_that_validation_notices_is_no_evaluation(tmp_path: Path) -> None:
    run = training(tmp_path)
    for event in run.run():
        if isinstance(event, Stepped) and event.step == 5:
            run.task.validate = stop_first(run)  # type: ignore[method-assign]
        assert not isinstance(event, Evaluated)
    assert read_counters(RunFolder(tmp_path).state).epoch_step == 5


def stop_first(run: Training) -> Any:
    """A validation during which Ctrl-C comes."""

    def validate(check: Check) -> float:
        run.stop()
        with pytest.raises(Stopped):
            check()
        check()
        raise AssertionError

    return validate


def test_a_run_out_of_time_whose_evaluation_was_stopped_evaluates_when_resumed(
    tmp_path: Path,
) -> None:
    run = training(tmp_path, minutes=1e-9)
    for event in run.run():
        if isinstance(event, Evaluated):
            run.stop()
    assert event.why == "stopped"
    again = list(training(tmp_path, resumed=True, minutes=1e-9).run())
    assert [type(e) for e in again] == [Started, Evaluated, Slope, Finished]
    assert again[-1].why == "time is up"
