"""What a run tells while it goes on, to whoever watches from outside: passed on from its events."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from rnntui.errors import MissingExtra
from rnntui.files import file_problem
from rnntui.runs import predictions
from rnntui.runs.folder import RunFolder
from rnntui.runs.progress import PROGRESS, Progress, ProgressWriter
from rnntui.training.events import Evaluated, Event, Forecasted, Sampled, Started, Stepped

_EVERY = 2.0
"""Seconds between lines of `progress.jsonl`."""
_KEPT = 0.98
"""Share of the smoothed loss and speed that a step leaves."""


def with_progress(events: Iterator[Event], folder: RunFolder) -> Iterator[Event]:
    """Pass a run's events on, and write where it stands every two seconds, and its forecasts."""
    writer = ProgressWriter(folder.path / PROGRESS)
    watch = _Watch()
    told = 0.0
    for event in events:
        if isinstance(event, Started):
            writer.cut(event.resumed_at)
            watch = _Watch()  # a language model came before, with a loss and a pace of its own
        elif isinstance(event, Stepped):
            line = watch.line(event)
            if time.monotonic() - told >= _EVERY:
                writer.write(line)
                told = time.monotonic()
        elif isinstance(event, Forecasted):
            predictions.write(folder.path / predictions.PREDICTIONS, event.shown)
        yield event


class _Watch:
    """Smooths a run's figures."""

    def __init__(self) -> None:
        self._loss = self._speed = 0.0
        self._weight = 0.0
        self._last: Stepped | None = None
        self._first: Stepped | None = None

    def line(self, event: Stepped) -> Progress:
        """Return where the run stands after a step."""
        self._loss = _KEPT * self._loss + (1 - _KEPT) * event.loss
        self._weight = _KEPT * self._weight + (1 - _KEPT)
        if self._last:
            seconds = max(1e-9, event.seconds - self._last.seconds)
            speed = event.symbols / seconds
            self._speed = _KEPT * self._speed + (1 - _KEPT) * speed if self._speed else speed
        self._first, self._last = self._first or event, event
        return Progress(
            step=event.step,
            epoch=round(event.epoch, 5),
            progress=event.progress,
            loss=self._loss / self._weight,
            lr=event.lr,
            grad_norm=event.grad_norm,
            grad_norm_clipped=event.grad_norm_clipped,
            symbols_per_second=round(self._speed, 1),
            seconds=round(event.seconds, 3),
            seconds_left=self._left(event),
        )

    def _left(self, event: Stepped) -> float | None:
        """Seconds until the end, at the pace since the run began or went on."""
        assert self._first
        done = event.progress - self._first.progress
        if done <= 0:
            return None
        pace = (event.seconds - self._first.seconds) / done
        return round(pace * (1 - event.progress), 1)


def with_tensorboard(events: Iterator[Event], folder: Path, run: Path) -> Iterator[Event]:
    """Pass a run's events on, and write them as TensorBoard's event files.

    Scalars against the step: `loss/training` (of each step and, as `loss/training_epoch`, the mean
    between evaluations), `loss/validation`, `learning_rate`, `gradient/norm`, `gradient/clipped`,
    `symbols_per_second`; samples as text. A resumed run's files go beside the earlier ones, and
    what they tell of later steps is void. A language model that comes first has a folder of its own
    inside, as it has in the run.

    Args:
        events: the run's.
        folder: where to write.
        run: the run's own folder.

    Raises:
        MissingExtra: the tensorboard package is not installed.
        FileProblem: the folder cannot be written.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise MissingExtra(
            "--tensorboard needs the tensorboard package, which is not installed",
            "run: pip install 'rnntui[tensorboard]', or leave --tensorboard out",
        ) from None
    writer, step = None, 0
    try:
        for event in events:
            match event:
                case Started():
                    if writer:
                        writer.close()
                    place = folder / event.folder.relative_to(run)
                    writer = SummaryWriter(str(place), purge_step=event.resumed_at + 1)
                    step = event.resumed_at
                case Stepped():
                    assert writer
                    step = event.step
                    writer.add_scalar("loss/training", event.loss, step)
                    writer.add_scalar("learning_rate", event.lr, step)
                    writer.add_scalar("gradient/norm", event.grad_norm, step)
                    writer.add_scalar("gradient/clipped", event.grad_norm_clipped, step)
                case Evaluated():
                    assert writer
                    line = event.line
                    writer.add_scalar("loss/training_epoch", line.train_loss, step)
                    if line.val_loss is not None:
                        writer.add_scalar("loss/validation", line.val_loss, step)
                    writer.add_scalar("symbols_per_second", line.symbols_per_second, step)
                    writer.flush()
                case Sampled():
                    assert writer
                    for temperature, text in event.texts.items():
                        writer.add_text(f"temperature {temperature:g}", _as_code(text), step)
            yield event
    except OSError as error:
        raise file_problem(error, folder, "write") from error
    finally:
        if writer:
            writer.close()


def _as_code(text: str) -> str:
    """Text as Markdown that shows it as it is: TensorBoard renders what it is given."""
    return "\n".join("    " + line for line in text.splitlines())
