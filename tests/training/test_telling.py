"""What a run tells to the outside: progress lines, and TensorBoard's files by its own reader."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from rnntui.runs import history
from rnntui.runs.progress import PROGRESS, read_new
from rnntui.runs.tail import Tail
from rnntui.training import telling
from rnntui.training.events import Stepped


def _events(folder):
    accumulator = EventAccumulator(str(folder), size_guidance={"scalars": 0})
    accumulator.Reload()
    return accumulator


def test_tensorboard_reads_back_what_the_history_says(in_process, corpus, tmp_path):
    small = ("--hidden", 12, "--layers", 1, "--seq-len", 16, "--batch-size", 8, "--threads", 1)
    run, board = tmp_path / "run", tmp_path / "board"
    done = in_process(
        *("train", "text", corpus, *small, "--epochs", 2, "--sample-every", 1),
        *("--sample-length", 30, "--out", run, "--tensorboard", board),
    )
    assert done.rc == 0, done.stderr
    lines = list(history.read(run / "history.jsonl"))
    found = _events(board)
    validation = found.Scalars("loss/validation")
    assert [e.step for e in validation] == [line.step for line in lines]
    assert [e.value for e in validation] == pytest.approx([line.val_loss for line in lines])
    assert len(found.Scalars("loss/training")) == lines[-1].step
    assert found.Scalars("gradient/norm")[0].value > 0
    assert "temperature 0.7/text_summary" in found.Tags()["tensors"]

    # A resumed run goes on where the first ended.
    done = in_process("train", "text", "--resume", run, "--epochs", 3, "--tensorboard", board)
    assert done.rc == 0, done.stderr
    steps = [e.step for e in _events(board).Scalars("loss/validation")]
    assert steps == [line.step for line in history.read(run / "history.jsonl")]
    assert len(steps) == 3


def test_progress_is_written_and_cut_back(train, monkeypatch, tmp_path):
    monkeypatch.setattr(telling, "_EVERY", 0.0)
    folder, events = train("run")
    told = list(telling.with_progress(iter(events), folder))
    assert told == events
    lines, _ = read_new(Tail(folder.path / PROGRESS))
    steps = [event for event in events if isinstance(event, Stepped)]
    assert [line.step for line in lines] == [event.step for event in steps]
    assert lines[-1].seconds_left == pytest.approx(0, abs=1)
    assert min(s.loss for s in steps) < lines[-1].loss < max(s.loss for s in steps)


def test_a_run_after_its_language_model_has_a_loss_and_a_pace_of_its_own(train, monkeypatch):
    monkeypatch.setattr(telling, "_EVERY", 0.0)
    folder, events = train("run")
    # The first stage: slower by far, and far from having learned anything.
    before = [
        replace(event, loss=event.loss + 100, seconds=event.seconds + 1000)
        if isinstance(event, Stepped)
        else event
        for event in events
    ]
    list(telling.with_progress(iter(before + events), folder))
    lines, _ = read_new(Tail(folder.path / PROGRESS))
    alone = [event for event in events if isinstance(event, Stepped)]
    assert len(lines) == len(alone)  # the first stage's lines are cut
    assert max(line.loss for line in lines) < 100
    fastest = max(b.symbols / (b.seconds - a.seconds) for a, b in pairwise(alone))
    assert max(line.symbols_per_second for line in lines) <= fastest


def test_without_the_package_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "torch.utils.tensorboard", None)
    with pytest.raises(Exception, match="needs the tensorboard package"):
        next(telling.with_tensorboard(iter(()), tmp_path, tmp_path))
