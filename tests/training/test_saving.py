"""What reaches the disk, and when."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from rnntui.checkpoints.folder import read_checkpoint
from rnntui.errors import DivergedError
from rnntui.files import FileProblem
from rnntui.recipes.schema import TextRecipe
from rnntui.runs import history
from rnntui.runs.folder import RunFolder
from rnntui.training import loop
from rnntui.training import resume as states
from rnntui.training.events import Evaluated, Started, Stepped
from rnntui.training.resume import read_counters
from rnntui.training.start import new_run

from .conftest import SMALL
from .test_resume import outcome

Train = Callable[..., tuple[RunFolder, list[Any]]]
Resume = Callable[..., list[Any]]


@pytest.fixture
def seldom(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Say how many seconds have to pass between two commits."""
    return lambda seconds: monkeypatch.setattr(loop, "_BETWEEN_COMMITS", seconds)


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Collects what is synced to the disk."""
    calls: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        calls.append(descriptor)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return calls


def test_short_epochs_share_a_commit_and_leave_what_long_ones_do(
    train: Train, seldom: Callable[[float], None], synced: list[int]
) -> None:
    seldom(-1)
    each, _ = train("each", epochs=12)
    often = len(synced)
    synced.clear()
    seldom(1e9)
    once, _ = train("once", epochs=12)
    assert len(synced) < often / 4
    assert outcome(once) == outcome(each)
    assert [line.epoch for line in history.read(once.history)] == list(range(1, 13))


def test_a_kill_before_evaluations_are_committed_makes_them_again(
    train: Train, resume: Resume, seldom: Callable[[float], None]
) -> None:
    seldom(1e9)
    whole, _ = train("whole")
    cut, events = train("cut", steps=50)
    assert any(isinstance(event, Evaluated) for event in events)
    assert list(history.read(cut.history)) == []
    resume(cut)
    assert outcome(cut) == outcome(whole)


def test_a_run_that_diverges_keeps_the_evaluations_before(
    tmp_path: Path, corpus: Path, seldom: Callable[[float], None]
) -> None:
    seldom(1e9)
    folder = RunFolder(tmp_path / "run")
    recipe = TextRecipe(**{**SMALL, "corpus": (str(corpus),)})
    with pytest.raises(DivergedError), new_run(recipe, folder) as training:
        for event in training.run():
            if isinstance(event, Stepped) and event.epoch > 2:
                with torch.no_grad():
                    training.parameters[0].fill_(float("nan"))
    lines = list(history.read(folder.history))
    assert [line.epoch for line in lines] == [1, 2]
    assert read_checkpoint(folder.last).config.metrics["val_loss"] == lines[-1].val_loss
    assert "## epoch 2" in folder.samples.read_text("utf-8")


def test_a_run_saved_on_another_kind_of_device_goes_on_and_says_so(
    train: Train, resume: Resume
) -> None:
    folder, _ = train("run", steps=30, epochs=2, save_minutes=1e-6)
    counters = read_counters(folder.state)
    file = folder.state / counters.tensors
    tensors = load_file(file)
    # What the generator of a CUDA device leaves: its seed and an offset.
    save_file(tensors | {"generator": torch.zeros(16, dtype=torch.uint8)}, file)
    events = resume(folder)
    started = next(e for e in events if isinstance(e, Started))
    assert started.resumed_at == counters.step
    assert [w for w in started.warnings if "on another kind of device" in w]
    assert events[-1].why == "done"
    assert not [w for w in resumed_warnings(train, resume) if "another kind" in w]


def resumed_warnings(train: Train, resume: Resume) -> tuple[str, ...]:
    """The warnings of a run that is resumed where it was saved."""
    folder, _ = train("own", steps=30, epochs=2, save_minutes=1e-6)
    warnings: tuple[str, ...] = resume(folder)[0].warnings
    return warnings


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG])
def test_a_disk_that_refuses_tensors_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    from safetensors import SafetensorError

    def refuse(*_: object) -> None:
        raise SafetensorError(f"Error: I/O error: {os.strerror(number)} (os error {number})")

    states.save_state(tmp_path, states.Counters(step=1), {"a": torch.ones(3)})
    monkeypatch.setattr(states, "save_file", refuse)
    with pytest.raises(FileProblem, match=r"cannot write .*step-2\.safetensors: "):
        states.save_state(tmp_path, states.Counters(step=2), {"a": torch.zeros(3)})
    counters = read_counters(tmp_path)
    assert counters.step == 1
    assert states.read_tensors(tmp_path, counters)["a"].tolist() == [1, 1, 1]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["state.json", "step-1.safetensors"]
