"""Two processes that train one network, against one that does."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from rnntui.cli.main import app
from rnntui.errors import BadOption
from rnntui.runs import history
from rnntui.runs.folder import RunFolder
from rnntui.training.ranks import join

SMALL = (
    *("--layers", "2", "--hidden", "16", "--seq-len", "16", "--batch-size", "8", "--threads", "1"),
    *("--precision", "fp32", "--device", "cpu", "--sample-every", "0", "--warmup", "2"),
    *("--dropout", "0.3", "--output-dropout", "0.3", "--input-dropout", "0.1", "--ema", "0.9"),
)


TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")


def train(*arguments: object) -> None:
    """One process: this one."""
    done = CliRunner().invoke(app, ["train", "text", *map(str, arguments)])
    assert done.exit_code == 0, done.stderr


def start(launcher: tuple[str, ...], *arguments: object, **rank: str) -> subprocess.Popen[str]:
    """Start a process, or what starts several."""
    return subprocess.Popen(
        [sys.executable, *launcher, "-m", "rnntui", "train", "text", *map(str, arguments)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", **rank},
    )


def told_by(processes: list[subprocess.Popen[str]]) -> str:
    """Wait for their ends; return what they said."""
    told = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), told
    return "".join(told)


def train_by_two(*arguments: object) -> str:
    """Two processes that find each other as torchrun would have them do, without torchrun."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = str(free.getsockname()[1])
    group = {"WORLD_SIZE": "2", "MASTER_ADDR": "localhost", "MASTER_PORT": port}
    return told_by([start((), *arguments, RANK=rank, **group) for rank in ("0", "1")])


def losses(folder: Path) -> list[tuple[float, float | None]]:
    return [(line.train_loss, line.val_loss) for line in history.read(RunFolder(folder).history)]


def test_two_ranks_reach_the_losses_of_one_process(corpus, tmp_path):
    # 399 of them, so that the last batch, of 7, is not shared evenly.
    windows = ("--window", 12, "--stride", 9, "--bidirectional", "--recurrent-dropout", 0.2)
    options = (corpus, *SMALL, *windows, "--epochs", 2)
    train(*options, "--out", tmp_path / "one")
    told = train_by_two(*options, "--out", tmp_path / "two")
    one, two = losses(tmp_path / "one"), losses(tmp_path / "two")
    assert len(one) == len(two) == 2
    for (train_one, val_one), (train_two, val_two) in zip(one, two, strict=True):
        assert train_two == pytest.approx(train_one, abs=1e-4)
        assert val_two == pytest.approx(val_one, abs=1e-4)
    assert told.count("try it:") == 1  # the leader speaks for all


def test_what_two_ranks_began_one_goes_on_with(corpus, tmp_path):
    options = (corpus, *SMALL, "--weight-drop", 0.2, "--schedule", "constant")
    train(*options, "--epochs", 3, "--out", tmp_path / "one")
    told_by([start(TORCHRUN, *options, "--epochs", 2, "--out", tmp_path / "two")])
    train("--resume", tmp_path / "two", "--epochs", 3)
    assert losses(tmp_path / "two")[-1] == pytest.approx(losses(tmp_path / "one")[-1], abs=1e-4)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_rank_that_ends_leaves_no_thread_of_its_group_behind():
    """A thread that still works for the group while the interpreter ends aborts the process."""
    script = """
import atexit, os, torch
from rnntui.training.ranks import Together

def threads():
    return [open(f"/proc/self/task/{t}/comm").read() for t in os.listdir("/proc/self/task")]

atexit.register(lambda: print("left:", [name for name in threads() if "gloo" in name]))
ranks = Together(torch.device("cpu"))
layer = torch.nn.Linear(2, 2)
torch.optim.AdamW(layer.parameters()).zero_grad()
assert [name for name in threads() if "gloo" in name]
"""
    group = {"RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "localhost", "MASTER_PORT": "0"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **group},
    )
    assert done.stdout == "left: []\n", done.stderr


def test_a_batch_that_cannot_be_split_is_refused(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(BadOption, match="a batch of 7 cannot be split over 2 processes"):
        join(torch.device("cpu"), 7)
