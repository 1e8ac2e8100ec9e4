"""The Train mode over a real training: attached to, stopped, resumed, measured."""

from __future__ import annotations

import json
import os
import signal

import pytest
from typer.testing import CliRunner

from rnntui.cli.main import app
from rnntui.runs import history, lock
from rnntui.runs.folder import RunFolder
from rnntui.tui.train.gradients import Measured, plot, table

from .train_stage import (
    FOR_EVER,
    TINY,
    Training,
    TrainStage,
    copy_run,
    end_trainings,
    play,
    text_file,
    wait_for,
    write_run,
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> RunFolder:
    """A run that a real training has finished."""
    place = tmp_path_factory.mktemp("trained")
    run = RunFolder(place / "run")
    arguments = (str(text_file(place)), f"--out={run.path}", *TINY, "--epochs=2")
    done = CliRunner().invoke(app, ["train", "text", *arguments])
    assert done.exit_code == 0, done.stderr
    return run


@pytest.fixture(autouse=True)
def no_trainings_left(home):
    yield
    end_trainings(home)


def test_a_training_begun_elsewhere_is_watched_and_goes_on_after_it_was_killed(home, tmp_path):
    run = RunFolder(home / "data" / "runs" / "live")
    training = Training(text_file(tmp_path), "--name=live", *TINY, FOR_EVER)
    wait_for(lambda: run.is_run() and len(list(history.read(run.history))) > 2)

    async def scene(stage: TrainStage) -> None:
        await stage.choose("live")
        await stage.until(f"live · running, process {training.process.pid}", "1 running")
        await stage.until("of 100000", "train", "validation", "Samples  T 0.3", "── epoch")
        seen = stage.screen.pane.run
        assert seen
        await stage.until(lambda: len(stage.screen.pane.run.history) > len(seen.history))  # type: ignore[union-attr]
        await stage.press("r")
        await stage.until("live is being trained")
        owner = lock.owner(run.lock)
        assert owner
        os.kill(owner.pid, signal.SIGKILL)
        await stage.until("stale", "live · killed; r goes on from step")
        assert training.process.wait(20) == -signal.SIGKILL
        step = stage.screen.pane.run.summary.step  # type: ignore[union-attr]
        await stage.press("r")
        await stage.until(f"live goes on from step {step:,}")
        await stage.until("live · running, process")
        await stage.until(lambda: stage.screen.pane.run.history[-1].step > step)  # type: ignore[union-attr]
        await stage.press("s", "s")  # twice: the second must not cut its saving short
        await stage.until("live · stopped")

    play(scene, (160, 45))


def test_a_finished_run_goes_on_with_more_epochs(home, trained):
    run = copy_run(trained.path, home, "done")

    async def scene(stage: TrainStage) -> None:
        await stage.choose("done")
        await stage.until("done · finished · epoch 2 of 2")
        await stage.press("r")
        await stage.until("done is finished after 2 epochs")
        await stage.press("backspace", "backspace", "2", "enter")
        await stage.until("give more than 2")
        await stage.press("backspace", "4", "enter")
        await stage.until("done · finished · epoch 4 of 4")

    play(scene)
    assert run.read_recipe().epochs == 4


def test_a_run_that_cannot_be_resumed_says_why(home, trained, tmp_path):
    run = copy_run(trained.path, home, "lost")
    state = json.loads((run.state / "state.json").read_bytes())
    (run.state / "state.json").write_text(json.dumps({**state, "finished": False}))
    (run.state / state["tensors"]).unlink()

    async def scene(stage: TrainStage) -> None:
        await stage.choose("lost")
        await stage.press("r")
        await stage.until(lambda: "✗ lost: " in stage.notice)
        assert "begin the run anew" in stage.notice

    play(scene, (160, 45))


class TestSeveral:
    def test_marked_runs_are_compared_in_one_plot(self, home, tmp_path):
        for name in ("one", "two"):
            write_run(home / "data" / "runs" / name)
        history.append(home / "data/runs/two/history.jsonl", history.Evaluation(
            400, 4, 40, 1.2, 0.003, 0.5, 0.4, val_loss=1.25))  # fmt: skip

        async def scene(stage: TrainStage) -> None:
            await stage.choose("two")
            await stage.press("space", "space", "c")
            await stage.until("Validation loss", "─a─ ", "╌b╌ ", "epochs")
            await stage.until("a two lstm 2×256    1.2500     4     40 s")
            await stage.press("x")
            await stage.until("seconds")
            await stage.press("escape")
            await stage.until("●✓ two")

        for size in ((80, 24), (160, 45)):
            play(scene, size)

    def test_gradients_of_marked_runs_stand_side_by_side(self, home, trained):
        copy_run(trained.path, home, "one")

        async def scene(stage: TrainStage) -> None:
            await stage.choose("one")
            await stage.press("g")
            await stage.until("one is being measured", "Each curve is the size")
            await stage.until("one (lstm)  ── trained 1 % at", "╌╌ fresh 1 % at", "steps back")
            await stage.until("largest |eigenvalue|", "forget")
            await stage.press("escape")
            await stage.until("one · finished")

        play(scene)

    def test_a_run_without_a_model_says_why_and_costs_no_other(self, home, trained):
        write_run(home / "data" / "runs" / "bare")

        async def scene(stage: TrainStage) -> None:
            await stage.choose("bare")
            await stage.press("g")
            await stage.until("not measured", "bare: ")

        play(scene)

    def test_leaving_ends_the_measuring(self, home, trained):
        copy_run(trained.path, home, "one")

        async def scene(stage: TrainStage) -> None:
            await stage.choose("one")
            await stage.press("g")
            screen = stage.app.screen
            await stage.until(lambda: screen._process)  # type: ignore[attr-defined]
            await stage.press("escape")
            process = screen._process  # type: ignore[attr-defined]
            await stage.until(lambda: process.returncode is not None)

        play(scene)


def test_a_gradient_that_vanishes_is_drawn_as_far_as_it_reaches():
    state = [10.0**-k for k in range(30)]
    measured = Measured("one", "trained", "rnn", 2, [1, 16, 64], state, [])
    drawn = plot([measured], (1e-9, 1.0))
    assert len(drawn.curves[0].series.points) == 9
    assert plot([Measured("one", "fresh", "rnn", 0, [], [0.0], [])], (1e-9, 1.0)).curves
    assert table([]).startswith(" ")
