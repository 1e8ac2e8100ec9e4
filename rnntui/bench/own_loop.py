"""The product's training loop in a process of its own, which takes steps at a word from outside.

A run has its whole process keep the memory that a step frees (`training.allocator`). The loops it
is timed against must not have that too, for people who write them do not.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import torch

from rnntui.bench.models import LAYERS, generated_corpus
from rnntui.bench.plan import Plan
from rnntui.bench.timing import Job
from rnntui.errors import RunError
from rnntui.recipes.schema import TextRecipe
from rnntui.runs.folder import RunFolder
from rnntui.training.allocator import keep_freed_memory
from rnntui.training.events import Started, Stepped
from rnntui.training.loop import Training
from rnntui.training.text import TextTask
from rnntui.training.throughput import has_bf16

CHOSEN = "rnntui"
"""The job that trains as the product chose for this machine."""


class Choice(msgspec.Struct, frozen=True):
    """What the product chose by measuring, and what it could have chosen instead."""

    precision: str
    threads: int
    others: tuple[str, ...]
    """Precisions that are jobs too, by their names."""


class OwnLoop:
    """The process, seen from outside."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.choice = msgspec.json.decode(self._read(), type=Choice)

    def job(self, name: str) -> Job:
        """Return a job that takes steps of the run of that name."""

        def steps(count: int) -> None:
            assert self._process.stdin
            self._process.stdin.write(f"{name} {count}\n")
            self._process.stdin.flush()
            self._read()

        return steps

    def _read(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RunError("the process that trains ended early", "it said why above")
        return line


@contextmanager
def own_loop(plan: Plan) -> Iterator[OwnLoop]:
    """Begin the process; it ends with the block."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-P", "-m", __name__, msgspec.json.encode(plan).decode(), folder]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                yield OwnLoop(process)
            finally:
                process.kill()  # it may be in the midst of a step, and has nothing to save


def _run(recipe: TextRecipe, plan: Plan, folder: Path, runs: ExitStack) -> tuple[Started, Job]:
    corpus = generated_corpus(plan.corpus_characters)
    task = TextTask(recipe, corpus, torch.device("cpu"))
    events = Training(task, RunFolder(folder), resumed=False).run()
    runs.callback(events.close)  # type: ignore[attr-defined]
    started = next(events)
    assert isinstance(started, Started)

    def steps(count: int) -> None:
        while count:
            count -= isinstance(next(events), Stepped)

    return started, steps


def _answer(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _serve(plan: Plan, folder: Path) -> None:
    """Take steps as lines on stdin ask: a job's name and a number, answered by an empty line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the bench, which ends us
    keep_freed_memory()
    recipe = TextRecipe(
        hidden=plan.train_hidden, batch_size=plan.train_batch, seq_len=plan.train_seq_len,
        layers=LAYERS, epochs=1000, sample_every=0, save_minutes=0.0,
    )  # fmt: skip
    with ExitStack() as runs:
        chosen, steps = _run(recipe, plan, folder / CHOSEN, runs)
        jobs = {CHOSEN: steps}
        if has_bf16(torch.device("cpu")):
            other = "fp32" if chosen.precision == "bf16" else "bf16"
            forced = msgspec.structs.replace(recipe, precision=other, threads=chosen.threads)
            _, jobs[other] = _run(forced, plan, folder / other, runs)
        others = tuple(name for name in jobs if name != CHOSEN)
        choice = Choice(chosen.precision, chosen.threads, others)
        _answer(msgspec.json.encode(choice).decode())
        for line in sys.stdin:
            name, count = line.split()
            jobs[name](int(count))
            _answer("")


if __name__ == "__main__":
    _serve(msgspec.json.decode(sys.argv[1], type=Plan), Path(sys.argv[2]))
