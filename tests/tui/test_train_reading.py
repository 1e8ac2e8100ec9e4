"""What the Train mode reads of runs: each line once, and each state by its right name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from rnntui.checkpoints.folder import CONFIG
from rnntui.paths import shipped_models
from rnntui.recipes.catalog import load_recipe
from rnntui.runs import history, lock, samples
from rnntui.runs.folder import RunFolder
from rnntui.runs.progress import Progress, ProgressWriter
from rnntui.tui.train import figures, plots
from rnntui.tui.train.drawn import Drawn, parse
from rnntui.tui.train.follow import Follower
from rnntui.tui.train.summary import Listing, age, read_summary

from . import train_stage as stage
from .train_stage import line, write_run


@pytest.fixture
def run(tmp_path) -> RunFolder:
    return write_run(tmp_path / "run")


def progress(step: int) -> Progress:
    return Progress(step, step / 100, 0.5, 1.5, 0.003, 2.0, 1.0, 5000.0, step / 10, 60.0)


class TestSamples:
    def test_what_was_written_is_read_back(self):
        texts = {0.5: "plain", 1.0: "a ``` fence\n## epoch 9 · step 9\n", 1.2: ""}
        text = "# Samples\n\n" + samples.section(1, 10, 1, texts) + samples.section(2.5, 25, 1, {})
        assert parse(text) == [Drawn("1", 10, texts), Drawn("2.5", 25, {})]

    @pytest.mark.parametrize(
        "text", ["", "# Samples\n", "temperature 1, seed 1\n\n```text\n", "\0"]
    )
    def test_what_is_no_sample_is_none(self, text):
        assert parse(text) == []


class TestFollowing:
    def test_only_what_is_new_is_added(self, run):
        follower = Follower(run)
        assert [each.epoch for each in follower.look().history] == [1, 2, 3]
        history.append(run.history, line(4))
        samples.append(run.samples, samples.section(4, 400, 1, {1.0: "four"}))
        ProgressWriter(run.path / "progress.jsonl").write(progress(450))
        seen = follower.look()
        assert [each.epoch for each in seen.history] == [1, 2, 3, 4]
        assert [each.step for each in seen.progress] == [450]
        assert [each.step for each in seen.drawn] == [100, 200, 300, 400]
        assert seen.summary.epoch == 4.5

    def test_a_resumed_run_that_is_cut_back_is_read_anew(self, run):
        follower = Follower(run)
        follower.look()
        history.cut(run.history, 200)
        samples.cut(run.samples, 200)
        history.append(run.history, line(2.5))
        seen = follower.look()
        assert [each.epoch for each in seen.history] == [1, 2, 2.5]
        assert [each.step for each in seen.drawn] == [100, 200]

    def test_a_forecaster_s_run_has_forecasts_in_place_of_samples(self, tmp_path):
        run = RunFolder(tmp_path / "run")
        shown = stage.write_predictions(run, 10)
        assert Follower(run).look().predicted == (shown,)

    def test_a_run_that_is_deleted_is_gone(self, run):
        follower = Follower(run)
        follower.look()
        shutil.rmtree(run.path)
        assert follower.look().gone

    def test_a_run_that_takes_its_place_is_another(self, run):
        follower = Follower(run)
        follower.look()
        run.path.rename(run.path.with_name("old"))
        write_run(run.path, 1)
        seen = follower.look()
        assert seen.another
        assert [each.epoch for each in seen.history] == [1]
        assert not follower.look().another

    def test_a_file_that_cannot_be_read_is_a_problem_and_no_crash(self, run):
        run.history.unlink()
        run.history.mkdir()
        seen = Follower(run).look()
        assert "cannot read" in seen.problem

    def test_damaged_lines_are_passed_over(self, run):
        with run.history.open("ab") as file:
            file.write(b"\xff\n[]\n{}\n")
        history.append(run.history, line(4))
        assert [each.epoch for each in Follower(run).look().history] == [1, 2, 3, 4]


class TestStates:
    def test_finished_and_stopped_as_the_state_says(self, tmp_path):
        assert read_summary(write_run(tmp_path / "a")).state == "finished"
        assert read_summary(write_run(tmp_path / "b", finished=False)).state == "stopped"

    def test_a_run_that_is_locked_runs_and_says_by_which_process(self, run):
        with lock.held(run.lock):
            summary = read_summary(run)
            assert summary.state == "running"
            assert summary.owner
            assert summary.owner.pid == os.getpid()
        assert read_summary(run).state == "finished"

    def test_a_lock_of_a_dead_process_is_stale(self, tmp_path):
        run = write_run(tmp_path / "run", finished=False)
        dead = subprocess.Popen([sys.executable, "-c", ""])
        dead.wait()
        stage.lock(run, dead.pid)
        assert read_summary(run).state == "stale"

    def test_a_damaged_run_says_what_is_wrong(self, run):
        run.recipe.write_text("hidden = ")
        summary = read_summary(run)
        assert summary.state == "damaged"
        assert "is not TOML" in summary.problem

    def test_a_run_knows_its_recipe_by_what_it_is_about(self, tmp_path):
        run = write_run(tmp_path / "run", recipe=load_recipe("hamlet-gru"))
        assert read_summary(run).made_by == "hamlet-gru"

    def test_ages_are_short(self):
        import time

        assert [age(time.time() - s) for s in (5, 300, 7200, 3 * 86400)] == [
            "now", "5 min", "2 h", "3 d",
        ]  # fmt: skip


class TestListing:
    def test_the_one_begun_last_comes_first_and_models_come_last(self, home, make_model, tmp_path):
        runs = home / "data" / "runs"
        for number, name in enumerate(("old", "new")):
            run = write_run(runs / name)
            os.utime(run.recipe, (1e9 + number, 1e9 + number))
        make_model("a-model")
        elsewhere = write_run(tmp_path / "elsewhere")
        names = [each.name for each in Listing().look([elsewhere.path])]
        assert names[:3] == ["elsewhere", "new", "old"]
        assert "a-model" in names[3:]

    def test_models_are_listed_by_name_whenever_their_files_were_copied_here(
        self, home, make_model
    ):
        for older, name in enumerate(("model-b", "model-c", "model-a")):
            os.utime(make_model(name) / CONFIG, (1e9 - older, 1e9 - older))
        names = [each.name for each in Listing().look()]
        assert [name for name in names if "model-" in name] == ["model-a", "model-b", "model-c"]
        assert names == sorted(names)

    def test_it_sees_what_changed_since(self, home):
        run = write_run(home / "data" / "runs" / "one")
        listing = Listing()
        assert listing.look()[0].epoch == 3
        history.append(run.history, line(7))
        assert listing.look()[0].epoch == 7
        with lock.held(run.lock):
            assert listing.look()[0].state == "running"

    def test_folders_that_are_no_runs_are_left_out(self, home):
        runs = home / "data" / "runs"
        (runs / "empty").mkdir(parents=True)
        (runs / "a file").write_text("")
        assert [each for each in Listing().look() if each.state != "model"] == []


class TestDrawing:
    def test_progress_fills_in_between_evaluations(self, run):
        writer = ProgressWriter(run.path / "progress.jsonl")
        for step in (210, 260, 310):
            writer.write(progress(step))
        seen = Follower(run).look()
        assert [x for x, _ in plots.losses(seen, "epochs")] == [1, 2, 2.1, 2.6, 3.1]
        assert [x for x, _ in plots.losses(seen, "seconds")] == [10, 20, 21, 26, 31]
        assert [x for x, _ in plots.evaluations(seen, "epochs")] == [1, 2, 3]

    def test_figures_tell_where_it_stands(self, run):
        ProgressWriter(run.path / "progress.jsonl").write(progress(310))
        with lock.held(run.lock):
            seen = Follower(run).look()
        assert figures.headline(seen) == (
            f"run · running, process {os.getpid()} · epoch 3.1 of 3 · step 310 · 1:00 left"
        )
        assert "best 1.6000 at epoch 3 · 5,000 chars/s · lstm 2×256" in figures.details(seen)

    def test_a_judge_tells_how_much_it_judged_rightly(self, tmp_path):
        run = write_run(tmp_path / "run", 0, recipe=load_recipe("imdb-rnn"))
        for epoch, share in ((1, 0.8), (2, 0.85)):
            history.append(run.history, line(epoch, accuracy=share))
        seen = Follower(run).look()
        assert "at epoch 2 · 85.0% right · 5,000 reviews/s · rnn 2×64" in figures.details(seen)

    @pytest.mark.parametrize(
        ("name", "unit"),
        [("airline-gru", "windows"), ("imdb-lstm", "reviews"), ("anna-lstm", "chars")],
    )
    def test_a_shipped_model_s_speed_is_counted_in_what_it_learned_from(self, name, unit):
        folder = shipped_models() / name
        if not folder.exists():
            pytest.skip(f"{name} is not here")
        assert f" {unit}/s · " in figures.details(Follower(RunFolder(folder)).look())

    def test_time_left_is_told_without_progress_too(self, tmp_path):
        run = write_run(tmp_path / "run", 2)
        text = run.recipe.read_text().replace("epochs = 2", "epochs = 10")
        run.recipe.write_text(text)
        assert figures.seconds_left(Follower(run).look()) == pytest.approx(80)

    def test_what_a_name_holds_is_shown_and_never_obeyed(self, tmp_path):
        run = write_run(tmp_path / "[red]\x1b]0;x\x07")
        assert "[red]␛]0;x␇" in figures.headline(Follower(run).look())
