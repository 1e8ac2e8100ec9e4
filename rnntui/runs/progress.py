"""`progress.jsonl`: a line every few seconds between evaluations, for whoever watches a run.

Nothing depends on it: a run resumes without it, and a disk that is full stops these lines and never
the training. `history.jsonl` is what is kept with a model; this stays in the run folder.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from rnntui.files import FileProblem, write_atomically
from rnntui.runs.tail import Tail

PROGRESS = "progress.jsonl"
"""The file's name in a run folder."""
_LONGEST = 4096
"""Bytes of a line, with room to spare."""


class Progress(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a run stands between two evaluations."""

    step: int
    epoch: float
    """Readings of the training part so far."""
    progress: float
    """Share of the run that is over, 0 to 1."""
    loss: float
    """Training loss, smoothed over the last steps, with dropout; nats per prediction."""
    lr: float
    grad_norm: float
    """Global norm of the gradient before clipping, of the last step or smoothed like the loss."""
    grad_norm_clipped: float
    """The same after clipping."""
    symbols_per_second: float
    seconds: float
    """Training time so far, over all resumes."""
    seconds_left: float | None = None
    """Training time until the end, as far as one can tell; None while one cannot."""


_PROGRESS = msgspec.json.Decoder(Progress)


class ProgressWriter:
    """Appends to the file as long as the disk takes it.

    Args:
        path: of the file; its folder need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._begun = False
        self._failed = False

    def write(self, line: Progress) -> None:
        """Add a line; how often is the caller's choice, every two seconds at most.

        After a first failure nothing is written any more. Not synced to the disk: what a crash of
        the machine loses here nobody misses.
        """
        if self._failed:
            return
        try:
            with self.path.open("a+b") as file:
                if not self._begun:
                    _drop_half_line(file)
                    self._begun = True
                file.write(msgspec.json.encode(line) + b"\n")
        except OSError:
            self._failed = True

    def cut(self, step: int) -> None:
        """Drop the lines after a step: a resumed run makes them again."""
        try:
            lines = self.path.read_bytes().splitlines(keepends=True)
        except OSError:
            return
        kept = b"".join(line for line in lines if (at := decode(line)) and at.step <= step)
        with suppress(FileProblem):
            write_atomically(self.path, kept)


def _drop_half_line(file: BinaryIO) -> None:
    """Cut off what a kill left of a half-written line."""
    end = file.seek(0, os.SEEK_END)
    begin = file.seek(max(0, end - _LONGEST))
    rest = file.read(_LONGEST)
    file.truncate(begin + rest.rfind(b"\n") + 1)


def read_new(tail: Tail) -> tuple[list[Progress], bool]:
    """Return the lines that are new since the last look, and whether those before are void.

    Args:
        tail: of a run's `progress.jsonl`; damaged lines are passed over.

    Raises:
        FileProblem: the file cannot be read.
    """
    new = tail.read()
    lines = [line for raw in new.text.splitlines() if (line := decode(raw))]
    return lines, new.anew


def decode(line: bytes) -> Progress | None:
    """Return a line's progress; None of a damaged one."""
    try:
        return _PROGRESS.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
