"""`history.jsonl`: one line per evaluation, appended while a run goes on and read by anyone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from rnntui.files import file_problem, write_atomically


class Evaluation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the history."""

    step: int
    epoch: float
    """Readings of the training part so far; a fraction inside an epoch."""
    seconds: float
    """Training time so far, over all resumes."""
    train_loss: float
    """Mean over the steps since the last evaluation, with dropout, in nats per prediction."""
    lr: float
    grad_norm: float
    """Mean global norm of the gradient before clipping, since the last evaluation."""
    grad_norm_clipped: float
    """The same after clipping."""
    symbols_per_second: float = 0.0
    val_loss: float | None = None
    """Nats per prediction on the validation part; None where the split has none."""
    accuracy: float | None = None
    """Share of the validation part that was judged rightly; of tasks that judge."""
    threads: int = 1
    precision: str = "fp32"


_EVALUATION = msgspec.json.Decoder(Evaluation)


def append(path: Path, *lines: Evaluation) -> None:
    """Add lines, each whole or not at all as far as readers of whole lines go.

    What a kill left of a half-written line goes first, or the two would be one damaged line.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1)
            file.write(_encoded(lines))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise file_problem(error, path, "write") from error


def read(path: Path) -> Iterator[Evaluation]:
    """Yield the lines of a history; a half-written or damaged one ends it."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise file_problem(error, path, "read") from error
    for line in raw.splitlines():
        evaluation = decode(line)
        if evaluation is None:
            return
        yield evaluation


def decode(line: bytes) -> Evaluation | None:
    """Return a line's evaluation; None of a damaged one."""
    try:
        return _EVALUATION.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def cut(path: Path, step: int) -> None:
    """Drop the lines after a step: a resumed run makes them again."""
    kept = [line for line in read(path) if line.step <= step]
    if path.exists():
        write_atomically(path, _encoded(kept))


def _encoded(lines: Sequence[Evaluation]) -> bytes:
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
