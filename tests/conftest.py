"""A home of its own for every test, a small random model, and the real command line."""

from __future__ import annotations

import functools
import gc
import io
import itertools
import os
import re
import signal
import string
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer.main
from hypothesis import settings

from rnntui.checkpoints.config import Config, Network, VocabularyConfig, tensor_shapes
from rnntui.checkpoints.folder import write_checkpoint

# On a busy machine a property may take any time; what it costs is not what it tests.
settings.register_profile("rnntui", deadline=None)
settings.load_profile("rnntui")

# Two workers with two threads each share two cores: threads that spin while they wait make a test
# of seconds one of minutes. Read once, when torch is imported, which no test has done yet.
os.environ.setdefault("GOMP_SPINCOUNT", "100")

# A process makes its parser once, in 50 ms; hundreds of tests in one process need no other.
typer.main.get_command = functools.cache(typer.main.get_command)

# `scripts/test &` has it ignored, which children inherit: what is interrupted here would go on.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The garbage collector would walk all modules and tests again and again while they are read, and
# all of them, torch too, after every few apps that a test has opened and left.
gc.disable()


def pytest_collection_finish() -> None:
    """Leave what was read out of the collector's sight, and let it look for other things."""
    gc.freeze()
    gc.set_threshold(20_000, 10, 20)
    gc.enable()


_folders = itertools.count()


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder of the test's own, by a number of ours.

    pytest's looks through all folders that there are for the next number, which for thousands of
    tests is a second of each minute.
    """
    name = re.sub(r"\W", "_", request.node.name)[:30]
    folder = tmp_path_factory.getbasetemp() / f"{name}{next(_folders)}"
    folder.mkdir()
    return folder


SYMBOLS: tuple[str, ...] = tuple("\n ,." + string.ascii_letters)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that holds all that rnntui keeps; nothing of the machine's own is seen."""
    folder = tmp_path / "home"
    monkeypatch.setenv("RNNTUI_HOME", str(folder))
    monkeypatch.delenv("RNNTUI_DATA", raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "huggingface"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # where nobody listens
    return folder


def small_config(
    symbols: tuple[str | int, ...] = SYMBOLS, *, lowercase: bool = False, **network: Any
) -> Config:
    """A text model's configuration: one layer of 8 unless said otherwise."""
    unit = "byte" if isinstance(symbols[0], int) else "char"
    shape = Network(**{"layers": 1, "hidden": 8, **network})
    return Config("text", shape, vocabulary=VocabularyConfig(unit, symbols, lowercase))


def random_weights(config: Config, seed: int = 0) -> dict[str, np.ndarray]:
    """Every tensor of a configuration, drawn at random."""
    random = np.random.default_rng(seed)
    return {
        name: random.normal(0, 0.5, shape).astype(np.float32)
        for name, shape in tensor_shapes(config).items()
    }


MakeModel = Callable[..., Path]


@pytest.fixture
def make_model(home: Path) -> MakeModel:
    """Write a small random model into the library (or a folder), and return its folder."""

    def make(name: str = "tiny", folder: Path | None = None, **config: Any) -> Path:
        made = small_config(**config)
        folder = folder or home / "data" / "runs" / name
        write_checkpoint(folder, made, random_weights(made))
        return folder

    return make


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    rc: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        """What it printed."""
        return self.stdout.decode()

    @property
    def complaint(self) -> str:
        """The last line on stderr."""
        return self.stderr.rstrip("\n").rpartition("\n")[2]


Rnntui = Callable[..., Outcome]


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> Rnntui:
    """Run the command line inside this process: a tenth of the time.

    For what a command does. What a process of its own is needed for (pipes that end, signals, what
    is imported) has `rnntui`.
    """
    from rnntui.cli.main import main

    def run(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> Outcome:
        with monkeypatch.context() as here:
            here.setattr(sys, "argv", ["rnntui", *map(str, arguments)])
            here.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
            for name, value in environment.items():
                here.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main()
        stdout, stderr = capfdbinary.readouterr()
        told = stderr.decode()
        assert "Traceback" not in told, told
        return Outcome(int(ended.value.code or 0), stdout, told)

    return run


@pytest.fixture
def refusal(in_process: Rnntui) -> Rnntui:
    """Run the command line inside this process, for the many ways it refuses.

    It must refuse in one line, and print nothing.
    """

    def run(*arguments: str | Path) -> Outcome:
        outcome = in_process(*arguments)
        assert outcome.rc == 2
        assert outcome.complaint.startswith("error: ") and "; " in outcome.complaint
        assert outcome.stdout == b""
        return outcome

    return run


def command(*arguments: str | Path) -> list[str]:
    """The real command line, in this Python."""
    return [sys.executable, "-m", "rnntui", *map(str, arguments)]


@pytest.fixture
def rnntui(home: Path) -> Rnntui:
    """Run the command line in a process; no run may ever show a traceback."""

    def run(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> Outcome:
        done = subprocess.run(
            command(*arguments),
            input=stdin,
            capture_output=True,
            timeout=60,
            env={**os.environ, **environment},
            preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN),
        )
        stderr = done.stderr.decode()
        assert "Traceback" not in stderr, stderr
        return Outcome(done.returncode, done.stdout, stderr)

    return run
