"""A run that was cut off and resumed is the run that was not, bit for bit."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from safetensors.torch import load_file

from rnntui.checkpoints.folder import read_checkpoint
from rnntui.errors import RunError
from rnntui.runs import history
from rnntui.runs.folder import RunFolder
from rnntui.runs.lock import Owner
from rnntui.training.events import Finished, Sampled
from rnntui.training.resume import read_counters

Train = Callable[..., tuple[RunFolder, list[Any]]]
Resume = Callable[..., list[Any]]


def outcome(folder: RunFolder) -> dict[str, Any]:
    """All that a run leaves and that does not tell time."""
    counters = read_counters(folder.state)
    tensors = load_file(folder.state / counters.tensors)
    lines = [msgspec.structs.asdict(line) for line in history.read(folder.history)]
    for line in lines:
        del line["seconds"], line["symbols_per_second"]
    return {
        "state": {k: (v.dtype, v.shape, v.flatten().tolist()) for k, v in tensors.items()},
        "last": {k: v.tobytes() for k, v in read_checkpoint(folder.last).weights.items()},
        "best": {k: v.tobytes() for k, v in read_checkpoint(folder.best).weights.items()},
        "history": lines,
        "samples": folder.samples.read_text("utf-8"),
    }


EACH = 1e-6
"""Minutes between two saves: one after each step."""


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_epochs_killed_and_resumed_equal_epochs_in_one_go(
    train: Train, resume: Resume, precision: str, threads: int
) -> None:
    settings = {"precision": precision, "threads": threads, "epochs": 2}
    whole, _ = train("whole", **settings)
    cut, _ = train("cut", steps=18, **settings, save_minutes=EACH)  # inside the second epoch
    resume(cut, steps=5)
    resume(cut, save_minutes=3)
    assert outcome(cut) == outcome(whole)


def test_a_run_abandoned_without_a_save_goes_back_to_the_last_one(
    train: Train, resume: Resume
) -> None:
    whole, _ = train("whole")
    cut, _ = train("cut", steps=35, save_minutes=0)
    assert read_counters(cut.state).epoch_step == 0  # saved at evaluations only
    resume(cut)
    assert outcome(cut) == outcome(whole)


def test_a_stopped_run_is_saved_where_it_stopped_and_goes_on_from_there(
    train: Train, resume: Resume, corpus: Path, tmp_path: Path
) -> None:
    from rnntui.training.start import new_run

    whole, _ = train("whole")
    folder = RunFolder(tmp_path / "stopped")
    recipe = msgspec.structs.replace(whole.read_recipe())
    with new_run(recipe, folder) as training:
        events = []
        for event in training.run():
            events.append(event)
            if len(events) == 33:
                training.stop()
    assert isinstance(events[-1], Finished)
    assert events[-1].why == "stopped"
    assert not read_counters(folder.state).finished
    resume(folder)
    assert outcome(folder) == outcome(whole)


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", "sgd"])
def test_every_optimiser_resumes(train: Train, resume: Resume, optimizer: str) -> None:
    settings = {"optimizer": optimizer, "lr": 0.01, "epochs": 2}
    whole, _ = train("whole", **settings)
    cut, _ = train("cut", steps=20, **settings, save_minutes=EACH)
    resume(cut, save_minutes=3)
    assert outcome(cut) == outcome(whole)


@pytest.mark.parametrize(
    "settings",
    [
        {"cell": "gru", "schedule": "plateau", "decay_every": 1, "lr": 0.05},
        {"cell": "rnn", "weight_drop": 0.0, "recurrent_dropout": 0.3, "schedule": "step"},
        {"window": 12, "bidirectional": True, "stride": 12, "weight_drop": 0.0, "ema": 0.0},
    ],
)
def test_every_kind_of_network_and_schedule_resumes(
    train: Train, resume: Resume, settings: dict[str, Any]
) -> None:
    settings = {**settings, "epochs": 2}
    whole, _ = train("whole", **settings)
    cut, _ = train("cut", steps=20, **settings, save_minutes=EACH)
    resume(cut, save_minutes=3)
    assert outcome(cut) == outcome(whole)


def test_kill_nine_at_any_instant_leaves_a_run_that_loads_and_continues_exactly(
    train: Train, corpus: Path, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"epochs": 3, "hidden": 64, "save_minutes": 1e-6}
    whole, _ = train("whole", **settings)
    killed = RunFolder(tmp_path / "killed")
    command = [sys.executable, "-m", "rnntui", "train", "text"]
    recipe = tmp_path / "recipe.toml"
    recipe.write_bytes(whole.recipe.read_bytes())
    begin = [*command, "--recipe", str(recipe), "--out", str(killed.path)]
    resume = [*command, "--resume", str(killed.path)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    for delay in (0.05, 0.31):
        process = subprocess.Popen(
            resume if killed.is_run() else begin, stderr=subprocess.DEVNULL, env=environment
        )
        first = killed.state / "state.json"
        before = first.stat().st_mtime_ns if first.exists() else 0
        while process.poll() is None and (not first.exists() or first.stat().st_mtime_ns == before):
            time.sleep(0.01)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        read_checkpoint(killed.last)
    last = resume if killed.is_run() else begin
    done = subprocess.run([*last, "--json"], capture_output=True, env=environment, check=False)
    if done.returncode == 2:
        assert b"is finished" in done.stderr
    else:
        assert json.loads(done.stdout)["epochs"] == 3
    assert outcome(killed) == outcome(whole)


def test_an_evaluation_is_told_once_though_a_kill_fell_between_it_and_its_save(
    train: Train, resume: Resume
) -> None:
    # With a save after the epoch's last step, too.
    settings = {"save_minutes": EACH, "sample_every": 1, "epochs": 2}
    whole, events = train("whole", **settings)
    sampled = next(i for i, event in enumerate(events) if isinstance(event, Sampled))
    cut, _ = train("cut", steps=sampled + 1, **settings)
    resume(cut)
    assert outcome(cut) == outcome(whole)


def test_more_epochs_go_on_with_a_finished_run(train: Train, resume: Resume) -> None:
    folder, _ = train("run", schedule="constant", epochs=2)
    with pytest.raises(RunError, match="is finished"):
        resume(folder)
    resume(folder, epochs=4)
    whole, _ = train("whole", schedule="constant", epochs=4)
    assert outcome(folder)["last"] == outcome(whole)["last"]


def test_a_run_that_stopped_early_is_finished_until_its_keys_let_it_go_on(
    train: Train, resume: Resume
) -> None:
    never = {"epochs": 9, "lr": 1e-12, "ema": 0.0, "warmup": 0}
    folder, events = train("run", **never, early_stop=2)
    assert events[-1].why == "early stop"
    lines = len(list(history.read(folder.history)))
    with pytest.raises(RunError, match=r"stopped early, .* raise --early-stop \(now 2;"):
        resume(folder)
    with pytest.raises(RunError, match="stopped early"):
        resume(folder, epochs=20)
    assert len(list(history.read(folder.history))) == lines
    assert resume(folder, early_stop=3)[-1].why == "early stop"
    assert len(list(history.read(folder.history))) == lines + 1
    assert resume(folder, early_stop=0)[-1].why == "done"
    assert [line.epoch for line in history.read(folder.history)] == list(range(1, 10))


def test_a_resumed_run_refuses_other_keys_and_another_text(
    train: Train, resume: Resume, corpus: Path
) -> None:
    folder, _ = train("run", steps=5)
    with pytest.raises(RunError, match="cannot change hidden"):
        resume(folder, hidden=32)
    corpus.write_text(corpus.read_text("utf-8") + "!", "utf-8")
    with pytest.raises(RunError, match="is not the one this run began with"):
        resume(folder)


def test_what_was_cut_off_before_it_was_a_run_begins_again_by_the_same_command(
    train: Train,
) -> None:
    whole, _ = train("whole")
    killed, _ = train("killed", steps=1)
    killed.recipe.unlink()  # written last
    train("killed")
    assert outcome(killed) == outcome(whole)


def test_a_trained_run_that_lost_its_state_is_not_begun_again(train: Train, resume: Resume) -> None:
    folder, _ = train("run", epochs=1)
    (folder.state / "state.json").unlink()
    with pytest.raises(RunError, match="holds no saved state"):
        resume(folder)


def test_an_edited_recipe_does_not_make_another_run_of_it(train: Train, resume: Resume) -> None:
    folder, _ = train("run", steps=5)
    text = folder.recipe.read_text("utf-8")
    edited = text.replace("ema = 0.9", "ema = 0.0").replace("hidden = 24", "hidden = 32")
    folder.recipe.write_text(edited, "utf-8")
    with pytest.raises(RunError, match="cannot change hidden, ema"):
        resume(folder)


def test_a_second_process_is_told_that_the_run_goes_on(
    train: Train, resume: Resume, tmp_path: Path
) -> None:
    from rnntui.runs import lock

    folder, _ = train("run", steps=5)
    told = rf"is in use by a training that goes on \(process {os.getpid()}\)"
    with lock.held(folder.lock):
        with pytest.raises(RunError, match=told):
            resume(folder)
        with pytest.raises(RunError, match=told):
            train("run")


def test_the_lock_of_a_dead_process_is_told_and_taken_over(train: Train, resume: Resume) -> None:
    folder, _ = train("run", steps=5)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    folder.lock.write_bytes(msgspec.json.encode(Owner(dead.pid, socket.gethostname(), "1")))
    started = resume(folder)[0]
    assert f"process {dead.pid} died in this folder; its lock is taken over" in started.warnings
    assert not folder.lock.exists()


def test_a_run_that_came_and_went_while_another_read_its_text_is_not_overwritten(
    train: Train, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from rnntui.training import start

    real, folder = start.make_task, tmp_path / "run"

    def slow(*arguments: Any) -> Any:
        made = real(*arguments)
        monkeypatch.setattr(start, "make_task", real)
        train("run", epochs=1)
        return made

    monkeypatch.setattr(start, "make_task", slow)
    with pytest.raises(RunError, match="holds a run already"):
        train("run", epochs=2)
    assert [line.epoch for line in history.read(RunFolder(folder).history)] == [1]
