"""Trainings as processes: begun, told why they did not begin, stopped, and their folders erased."""

from __future__ import annotations

import os
import socket

import pytest

from rnntui.errors import RnntuiError, RunError
from rnntui.runs import lock
from rnntui.runs.folder import RunFolder
from rnntui.tui.train.plan import Plan
from rnntui.tui.train.processes import begin, erase, last_line, log_of, stop

from . import train_stage as stage
from .train_stage import FOR_EVER, TINY, end_trainings, wait_for, write_run


@pytest.fixture(autouse=True)
def no_trainings_left(home):
    yield
    end_trainings(home)


def test_a_training_is_begun_stopped_and_leaves_a_run(home, tmp_path):
    folder = RunFolder(home / "data" / "runs" / "one")
    text = stage.text_file(tmp_path)
    launch = begin(["text", "--name=one", *TINY, FOR_EVER, "--", str(text)], folder)
    wait_for(lambda: launch.trains)
    assert os.getsid(launch.process.pid) == launch.process.pid  # not this terminal's
    assert stop(folder) == launch.process.pid
    wait_for(lambda: not launch.alive)
    assert launch.process.returncode == 130
    assert not launch.failed
    assert "go on with" in launch.said
    assert lock.owner(folder.lock) is None


def test_why_a_training_did_not_begin_is_its_last_line(home, tmp_path):
    text = tmp_path / "short.txt"
    text.write_text("ab")
    folder = RunFolder(home / "data" / "runs" / "one")
    launch = begin(["text", "--name=one", *TINY, "--", str(text)], folder)
    wait_for(lambda: not launch.alive)
    assert launch.failed
    assert not folder.is_run()
    assert launch.said
    assert not launch.said.startswith("error:")


def test_the_last_line_of_a_log_is_shown_and_never_obeyed(tmp_path):
    log = tmp_path / "log"
    assert last_line(log) == ""
    log.write_bytes(b"one\nerror: \x1b[31mtwo\n\n")
    assert last_line(log) == "␛[31mtwo"


def test_runs_of_one_name_have_their_own_logs(home, tmp_path):
    own = home / "data" / "runs" / "one"
    assert len({log_of(own), log_of(tmp_path / "one"), log_of(tmp_path / "two" / "one")}) == 3


class TestStopping:
    def test_a_run_that_nobody_trains_is_said_so(self, tmp_path):
        run = write_run(tmp_path / "run")
        stage.lock(run, 2**30)
        with pytest.raises(RunError, match="nobody trains run"):
            stop(run)

    def test_a_run_on_another_machine_is_left_alone(self, tmp_path):
        run = write_run(tmp_path / "run")
        stage.lock(run, os.getpid(), host=f"not-{socket.gethostname()}")
        with pytest.raises(RunError, match=f"stop it there: kill -INT {os.getpid()}"):
            stop(run)


class TestErasing:
    def test_a_run_goes_whole(self, tmp_path, make_model):
        run = write_run(tmp_path / "run")
        make_model(folder=run.last)
        make_model(folder=run.best)
        (run.state / "step-300.safetensors").write_text("")
        (run.path / "progress.jsonl").write_text("")
        assert erase(run)
        assert not run.path.exists()

    def test_what_a_training_did_not_write_stays(self, tmp_path):
        run = write_run(tmp_path / "run")
        (run.path / "thesis.txt").write_text("mine")
        (run.state / "notes.txt").write_text("mine")
        assert not erase(run)
        left = sorted(p.relative_to(run.path).as_posix() for p in run.path.rglob("*"))
        assert left == ["state", "state/notes.txt", "thesis.txt"]

    def test_a_run_that_is_trained_stays_whole(self, tmp_path):
        run = write_run(tmp_path / "run")
        with lock.held(run.lock), pytest.raises(RunError, match="in use"):
            erase(run)
        assert run.history.exists()

    def test_a_folder_that_is_no_run_stays(self, tmp_path):
        (tmp_path / "history.jsonl").write_text("mine")
        with pytest.raises(RunError, match="is no run"):
            erase(RunFolder(tmp_path))
        assert (tmp_path / "history.jsonl").exists()


class TestPlans:
    def test_only_what_differs_is_passed_on(self, home):
        plan = Plan("hamlet-gru", "", "mine", {"hidden": 64, "split": [0.9, 0.1, 0], "tied": False})
        assert plan.arguments() == [
            "text", "--recipe=hamlet-gru", "--name=mine", "--hidden=64", "--split=0.9,0.1,0",
            "--no-tied", "--",
        ]  # fmt: skip

    def test_the_recipe_says_which_task_it_is(self, home, tmp_path):
        reviews = tmp_path / "films.csv"
        reviews.write_text("review,label\nx,1\n")
        plan = Plan("imdb-lstm-scratch", str(reviews), "mine", {"unlabelled": ["a", "b"]})
        plan.check()
        assert plan.arguments() == [
            "sentiment", "--recipe=imdb-lstm-scratch", "--name=mine", "--unlabelled=a,b", "--",
            str(reviews),
        ]  # fmt: skip
        (tmp_path / "aclImdb" / "train" / "pos").mkdir(parents=True)
        Plan("imdb-rnn", str(tmp_path / "aclImdb")).check()
        Plan("imdb-rnn").check()
        assert Plan("imdb-rnn").free_name() == "imdb-rnn"

    def test_names_are_free_ones(self, home):
        assert Plan("chapter/hello").folder.name == "hello"
        write_run(home / "data" / "runs" / "hello")
        assert Plan("chapter/hello").folder.name == "hello-2"
        assert Plan("shakespeare-lstm").folder.name == "shakespeare-lstm-2"  # one ships
        assert Plan(corpus="'my texts/some words.txt' more.txt").folder.name == "some words"

    @pytest.mark.parametrize(
        ("plan", "complaint"),
        [
            (Plan(), "no corpus is named"),
            (Plan(corpus="hamlt"), "did you mean hamlet"),
            (Plan(corpus="'half"), "has no end"),
            (Plan(corpus="imdb"), "imdb is no corpus: Large Movie Review"),
            (Plan("imdb-rnn", "anna"), "anna is no set of reviews: Anna Karenina"),
            (Plan("imdb-rnn", "imbd"), "no set of reviews or file imbd; did you mean imdb"),
            (Plan("imdb-rnn", "imdb imdb"), "name one set of reviews"),
            (Plan("imdb-rnn", "."), "there is no set of reviews or file"),
            (Plan("chapter/hello", name="a/b"), "is a path"),
            (Plan("chapter/hello", name=".."), "is a path"),
            (Plan("chapter/hello", changes={"hidden": "many"}), "hidden = 'many'"),
            (Plan("chapter/hello", changes={"lr": 0.0}), "lr"),
            (Plan("chapter/hello", changes={"tied": True}), "set embedding"),
        ],
    )
    def test_what_would_be_refused_is_refused_before(self, home, plan, complaint):
        with pytest.raises(RnntuiError, match=complaint):
            plan.check()

    def test_a_name_that_is_taken_is_refused(self, home):
        write_run(home / "data" / "runs" / "taken")
        with pytest.raises(RnntuiError, match="there is taken already"):
            Plan("chapter/hello", name="taken").check()

    def test_named_corpora_and_paths_are_completed(self, tmp_path, monkeypatch):
        from rnntui.tui.train.plan import complete

        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "words.txt").write_text("x")
        (tmp_path / "folder" / "weights.bin").write_text("x")
        assert complete("haml", "text") == "hamlet"
        assert complete(f"{tmp_path}/fo", "text") == f"{tmp_path}/folder/"
        assert complete(f"{tmp_path}/folder/w", "text") == f"{tmp_path}/folder/words.txt"
        assert (
            complete(f"hamlet {tmp_path}/folder/w", "text") == f"hamlet {tmp_path}/folder/words.txt"
        )
        assert complete("no such thing", "text") is None
        assert complete("", "text") is None
