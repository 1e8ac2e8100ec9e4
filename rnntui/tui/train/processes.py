"""Trainings as processes of their own: begun, stopped, resumed, and their folders erased.

A training is in a session of its own, without this terminal: closing the app leaves it going. What
it says goes into a log in the state folder, whose last line tells why one did not begin.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from rnntui import paths
from rnntui.display import one_line
from rnntui.errors import RunError
from rnntui.files import file_problem
from rnntui.runs import lock
from rnntui.runs.folder import RunFolder
from rnntui.runs.progress import PROGRESS

COMMAND = (sys.executable, "-P", "-m", "rnntui")
_LAST_WORDS = 8192
_CHECKPOINT = ("config.json", "model.safetensors", "README.md", "history.jsonl", "samples.md")
_OURS = {
    "state": ("state.json", "step-*.safetensors"),
    "last": _CHECKPOINT,
    "best": _CHECKPOINT,
    "pretrained/state": ("state.json", "step-*.safetensors"),
    "pretrained/last": _CHECKPOINT,
    "pretrained/best": _CHECKPOINT,
    "pretrained": ("history.jsonl", "recipe.toml"),
    "": ("history.jsonl", PROGRESS, "samples.md", "recipe.toml"),
}
"""What a training writes, by folder: `--out .` makes a run of a folder full of other things. The
recipe comes last, so that a run half deleted is still one that can be."""


@dataclass(frozen=True)
class Launch:
    """A training that was begun or resumed here."""

    folder: RunFolder
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    @property
    def trains(self) -> bool:
        """Whether it has come so far that its folder is a run, and its own."""
        holder = lock.owner(self.folder.lock)
        return holder is not None and holder.pid == self.process.pid and self.folder.is_run()

    @property
    def said(self) -> str:
        """The last line it said; without `error:`, where it ended with one."""
        return last_line(self.log)

    @property
    def failed(self) -> bool:
        """Whether it ended by an error. A run that was stopped ends with 130."""
        return self.process.poll() not in (None, 0, 130)


def log_of(folder: Path) -> Path:
    """Where the log of a run goes; runs of one name in different places have their own."""
    name = folder.name
    if folder.parent != paths.own_runs():
        name += "-" + sha256(os.fsencode(folder.absolute())).hexdigest()[:8]
    return paths.state() / "train" / f"{name}.log"


def begin(arguments: Sequence[str], folder: RunFolder) -> Launch:
    """Start `rnntui train ...` and leave it to itself.

    Args:
        arguments: after `train`: the task first.
        folder: where the run will be, or is.

    Raises:
        FileProblem: the log cannot be written.
    """
    log = log_of(folder.path)
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as file:
            process = subprocess.Popen(
                [*COMMAND, "train", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
    except OSError as error:
        raise file_problem(error, log, "write") from error
    return Launch(folder, process, log)


def last_line(log: Path) -> str:
    """Return the last line of a log, "" where there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LAST_WORDS))
            lines = file.read().decode("utf-8", "replace").split("\n")
    except OSError:
        return ""
    said = next((line for line in reversed(lines) if line.strip()), "")
    return one_line(said.removeprefix("error: "), 400)


def stop(folder: RunFolder) -> int:
    """Ask the process that trains a run to save and end; return its number.

    Raises:
        RunError: nobody trains it, or not on this machine, or the process is another user's.
    """
    holder = lock.owner(folder.lock)
    if holder is None:
        raise RunError(f"nobody trains {folder.name}", "r resumes it")
    if holder.host != socket.gethostname():
        raise RunError(
            f"{folder.name} is trained on {holder.host} by process {holder.pid}",
            f"stop it there: kill -INT {holder.pid}",
        )
    try:
        os.kill(holder.pid, signal.SIGINT)
    except ProcessLookupError:
        raise RunError(f"process {holder.pid} has just ended", "r resumes the run") from None
    except PermissionError:
        raise RunError(
            f"{folder.name} is trained by process {holder.pid} of another user", "ask them"
        ) from None
    return holder.pid


def erase(folder: RunFolder) -> bool:
    """Delete what a training wrote into a folder, and the folder if nothing else is in it.

    Returns:
        Whether the folder is gone.

    Raises:
        RunError: it is being trained, or is no run.
        FileProblem: the system refuses.
    """
    if not folder.is_run():
        raise RunError(f"{folder.path} is no run", "delete it by hand")
    with lock.held(folder.lock):
        try:
            for inside, patterns in _OURS.items():
                _erase_inside(folder.path / inside, patterns)
        except OSError as error:
            raise file_problem(error, folder.path, "delete") from error
    for path in (folder.path / inside for inside in _OURS):
        with suppress(OSError):  # what is not ours keeps its folder
            path.rmdir()
    with suppress(OSError):
        log_of(folder.path).unlink()
    return not folder.path.exists()


def _erase_inside(place: Path, patterns: Sequence[str]) -> None:
    for pattern in (*patterns, *(f".{each}.*" for each in patterns)):
        for path in place.glob(pattern):
            path.unlink()
