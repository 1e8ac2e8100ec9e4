"""The Train mode, key by key, over run folders that stand still."""

from __future__ import annotations

import os
import shutil

import pytest

from rnntui.runs import history, lock
from rnntui.runs.progress import Progress, ProgressWriter
from rnntui.tui.train.screen import TrainScreen

from .train_stage import TrainStage, line, play, write_predictions, write_run

SIZES = [(80, 24), (160, 45)]


@pytest.fixture
def runs(home):
    """Two runs in the library, `second` begun last."""
    made = [write_run(home / "data" / "runs" / name) for name in ("first", "second")]
    os.utime(made[0].recipe, (1e9, 1e9))
    return made


class TestList:
    def test_it_names_each_run_with_its_state_newest_first(self, runs):
        async def scene(stage: TrainStage) -> None:
            await stage.until("second", "first", "finished", "shakespeare-lstm", "3 of 3")
            assert stage.shown.index("second") < stage.shown.index("first")

        play(scene)

    def test_an_empty_library_says_how_to_begin(self, home, monkeypatch, tmp_path):
        monkeypatch.setattr("rnntui.paths.shipped_models", lambda: tmp_path)

        async def scene(stage: TrainStage) -> None:
            await stage.until("n begins one")
            await stage.press("s", "r", "w", "d", "c", "g", "space", "enter", "v", "x", "escape")
            assert isinstance(stage.app.screen, TrainScreen)

        play(scene)

    def test_it_sees_a_run_that_comes_and_keeps_the_highlight(self, runs, home):
        async def scene(stage: TrainStage) -> None:
            await stage.choose("first")
            write_run(home / "data" / "runs" / "third")
            await stage.until("third")
            chosen = stage.screen.runs.chosen
            assert chosen
            assert chosen.name == "first"

        play(scene)

    def test_marks_are_shown(self, runs):
        async def scene(stage: TrainStage) -> None:
            await stage.choose("second")
            await stage.press("space")
            await stage.until("●✓ second")
            assert "●✓ first" not in stage.shown

        play(scene)


class TestWatching:
    @pytest.mark.parametrize("size", SIZES)
    def test_curves_and_samples_have_room(self, runs, size):
        async def scene(stage: TrainStage) -> None:
            await stage.choose("second")
            if size[0] == 80:
                assert "Loss" not in stage.shown
                await stage.press("enter")
                await stage.until("Esc: list")
            await stage.until("second · finished · epoch 3 of 3 · step 300 · trained 30 s")
            await stage.until("best 1.6000", "╌╌ train 1.500", "─o─ validation 1.600")
            await stage.until("Learning rate 0.003", "╌╌ before", "── clipped", "epochs")
            if size[0] < 160:
                assert "words of epoch" not in stage.shown
                await stage.press("v")
            await stage.until("Samples  T [0.5]  1", "cool words of epoch 3")
            shown = stage.shown
            assert shown.index("of epoch 3") < shown.index("of epoch 2") < shown.index("of epoch 1")
            assert all(len(row) == size[0] for row in shown.split("\n"))
            assert "F1 help" in shown.split("\n")[-1]

        play(scene, size)

    def test_a_forecaster_s_forecasts_are_drawn_beside_what_came(self, runs):
        write_predictions(runs[1], 10)

        async def scene(stage: TrainStage) -> None:
            await stage.choose("second")
            await stage.until("One step ahead", "epoch 10 · step 1,000", "3.00 │", "the median")
            await stage.pilot.resize_terminal(120, 34)
            await stage.press("v")
            await stage.until("One step ahead", "3.00 │")

        play(scene, (160, 45))

    def test_it_can_be_resized_to_anything(self, runs):
        async def scene(stage: TrainStage) -> None:
            await stage.choose("second")
            for size in ((20, 5), (200, 60), (80, 24), (96, 24), (1, 1), (160, 45)):
                await stage.pilot.resize_terminal(*size)
                await stage.pilot.pause()
            await stage.until("Loss", "cool words")

        play(scene)

    def test_brackets_change_the_temperature(self, runs):
        async def scene(stage: TrainStage) -> None:
            await stage.choose("second")
            await stage.until("cool words of epoch 3")
            await stage.press("right_square_bracket")
            await stage.until("T 0.5  [1]", "hot words of epoch 3")
            await stage.press("left_square_bracket", "left_square_bracket")
            await stage.until("T [0.5]  1", "cool words of epoch 3")

        play(scene, (160, 45))

    def test_x_changes_between_epochs_and_seconds(self, runs):
        async def scene(stage: TrainStage) -> None:
            await stage.choose("second")
            await stage.until("epochs")
            await stage.press("x")
            await stage.until("─20 s─", "── seconds")

        play(scene)

    def test_new_lines_are_drawn_as_they_come(self, runs):
        async def scene(stage: TrainStage) -> None:
            await stage.choose("second")
            await stage.until("validation 1.600")
            history.append(runs[1].history, line(4, val_loss=1.234))
            await stage.until("validation 1.234", "best 1.2340 at epoch 4")
            with lock.held(runs[1].lock):
                ProgressWriter(runs[1].path / "progress.jsonl").write(
                    Progress(450, 4.5, 0.5, 0.987, 0.002, 1.0, 0.9, 4321.0, 45.0, 75.0)
                )
                await stage.until("train 0.987", "epoch 4.5", "step 450", "1:15 left", "4,321")
                await stage.until(f"running, process {os.getpid()}", "1 running")

        play(scene)

    def test_a_half_written_line_is_waited_for(self, runs):
        async def scene(stage: TrainStage) -> None:
            await stage.choose("second")
            before = runs[1].history.read_bytes()
            history.append(runs[1].history, line(4, val_loss=1.234))
            whole = runs[1].history.read_bytes()
            runs[1].history.write_bytes(whole[:-5])
            await stage.pilot.pause(1.5)
            assert "1.234" not in stage.shown
            runs[1].history.write_bytes(whole)
            await stage.until("validation 1.234")
            assert len(before) < len(whole)

        play(scene)

    def test_a_run_that_is_deleted_meanwhile_is_told_in_a_line(self, runs):
        async def scene(stage: TrainStage) -> None:
            await stage.choose("second")
            shutil.rmtree(runs[1].path)
            await stage.until("second was deleted or moved while it was watched")
            await stage.until(lambda: "second" not in [s.name for s in stage.screen.runs.summaries])

        play(scene)

    def test_a_run_that_is_replaced_meanwhile_is_told_in_a_line(self, runs):
        async def scene(stage: TrainStage) -> None:
            await stage.choose("second")
            new = write_run(runs[1].path.with_name("new"), 1)
            old = runs[1].path.rename(runs[1].path.with_name("old"))
            new.path.rename(runs[1].path)
            await stage.until("second was replaced by another run", "epoch 1 of 1")
            assert old.exists()

        play(scene)

    def test_no_file_is_read_while_another_mode_is_in_sight(self, runs):
        async def scene(stage: TrainStage) -> None:
            await stage.choose("second")
            screen = stage.screen
            await stage.press("f2")
            looks = []
            screen.listing.look = lambda *_: looks.append(1) or []  # type: ignore[method-assign]
            await stage.pilot.pause(3)
            assert not looks
            await stage.press("f6")
            await stage.until(lambda: looks)

        play(scene)


class TestDeleting:
    def test_it_is_done_once_confirmed(self, runs):
        async def scene(stage: TrainStage) -> None:
            await stage.choose("second")
            await stage.press("d")
            await stage.until("Delete the run", "3 epochs", "y  yes")
            await stage.press("n")
            assert runs[1].path.exists()
            await stage.press("d")
            await stage.until("y  yes")
            await stage.press("y")
            await stage.until("second is deleted", lambda: not runs[1].path.exists())
            await stage.until("first · finished")

        play(scene)

    def test_a_run_that_is_trained_is_not_deleted(self, runs):
        async def scene(stage: TrainStage) -> None:
            with lock.held(runs[1].lock):
                await stage.until("1 running")
                await stage.choose("second")
                await stage.press("d")
                await stage.until("is being trained: stop it first")
            assert runs[1].path.exists()

        play(scene)

    def test_a_shipped_model_is_not_deleted(self, runs):
        async def scene(stage: TrainStage) -> None:
            await stage.choose("shakespeare-lstm")
            await stage.press("d")
            await stage.until("is a model, not a run")
            await stage.press("r")
            await stage.until("cannot be resumed: it is model")
            await stage.press("s")
            await stage.until("nobody trains shakespeare-lstm")

        play(scene)


class TestOpening:
    def test_a_run_elsewhere_is_watched_by_its_path(self, runs, tmp_path):
        write_run(tmp_path / "elsewhere" / "third")
        write_run(tmp_path / "else where" / "fourth")

        async def scene(stage: TrainStage) -> None:
            await stage.until("second")
            await stage.press("o")
            await stage.until("Path of a run folder")
            await stage.type(str(tmp_path / "elsewhere"))
            await stage.press("enter")
            await stage.until("it is not a run folder: it holds no recipe.toml")
            await stage.type("/th")
            await stage.pilot.pause(0.2)
            await stage.press("right", "enter")  # what is offered is taken
            await stage.until("third · finished")
            await stage.press("o")
            await stage.type(f"'{tmp_path}/else where/fourth' ")  # dropped on the terminal
            await stage.press("enter")
            await stage.until("fourth · finished")

        play(scene)

    def test_a_folder_that_is_not_there_is_said_so_and_nothing_changes(self, runs):
        async def scene(stage: TrainStage) -> None:
            await stage.until("second")
            await stage.press("o")
            await stage.type("/no/such/folder")
            await stage.press("enter")
            await stage.until("there is no such folder")
            await stage.press("escape")
            await stage.until("second · finished")

        play(scene)

    def test_a_damaged_run_is_listed_with_what_is_wrong(self, runs):
        runs[1].recipe.write_text("hidden = ")

        async def scene(stage: TrainStage) -> None:
            await stage.choose("second")
            await stage.until("damaged", "is not TOML")

        play(scene)

    def test_w_writes_with_the_best_checkpoint(self, runs, make_model):
        make_model(folder=runs[1].best)

        async def scene(stage: TrainStage) -> None:
            await stage.choose("first")
            await stage.press("w")
            await stage.until("first has no checkpoint yet")
            await stage.choose("second")
            await stage.until(lambda: stage.screen.runs.chosen.has_checkpoint)  # type: ignore[union-attr]
            await stage.press("w")
            await stage.until("It writes.", lambda: stage.engine.loaded[-1] == "second")
            assert stage.app.model == "second"
            await stage.press("f6")
            await stage.until("second · finished")

        play(scene)

    def test_w_changes_the_model_of_a_text_that_is_being_written(self, runs, make_model):
        make_model(folder=runs[1].best)

        async def scene(stage: TrainStage) -> None:
            await stage.press("f2")
            await stage.until("It writes.")
            await stage.press("f6")
            await stage.choose("second")
            await stage.press("w")
            await stage.until("And more.", lambda: stage.engine.loaded[-1] == "second")

        play(scene)


def test_the_palette_and_the_help_know_the_mode(runs):
    async def scene(stage: TrainStage) -> None:
        titles = [each.title for each in stage.app.get_system_commands(stage.app.screen)]
        assert {"Stop", "Resume", "Compare", "Gradients", "Train"} <= set(titles)
        await stage.press("f1")
        await stage.until("begins a run")

    play(scene, (160, 60))
