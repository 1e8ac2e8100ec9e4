"""A training on the terminal: a Rich progress line, and a line for each evaluation.

Without a terminal only the evaluation lines are printed, so that a log stays readable.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rnntui.cli.output import Talk, say
from rnntui.display import human_count, human_seconds, one_line

if TYPE_CHECKING:
    from rnntui.training.events import (
        Evaluated,
        Event,
        Finished,
        Forecasted,
        Predicted,
        Sampled,
        Started,
        Stepped,
    )

_SHOWN_TEMPERATURE = 0.7


def show(events: Iterator[Event]) -> Finished:
    """Draw a run's events on stderr until it ends; return how it ended."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    from rnntui.training import events as kinds

    console = Console(file=Talk(sys.stderr), highlight=False, markup=False)  # type: ignore[arg-type]
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[facts]}"))
    rate = _Rate()
    with Progress(
        *columns, console=console, transient=True, disable=not sys.stderr.isatty()
    ) as bar:
        task = bar.add_task("measuring", total=1.0, facts="")
        for event in events:
            match event:
                case kinds.Started():
                    _started(event)
                case kinds.Stepped():
                    bar.update(
                        task,
                        completed=event.progress,
                        description=f"epoch {event.epoch:.2f}",
                        facts=rate.facts(event),
                    )
                case kinds.Evaluated():
                    _evaluated(event)
                case kinds.Sampled():
                    _sampled(event)
                case kinds.Predicted():
                    _predicted(event)
                case kinds.Forecasted():
                    _forecasted(event)
                case kinds.Finished():
                    finished = event
    say(f"{finished.why} after {finished.epoch:g} epochs and {human_seconds(finished.seconds)}")
    return finished


class _Rate:
    """Loss, speed and time left, smoothed over the last steps so that they can be read."""

    def __init__(self) -> None:
        self.loss = self.speed = 0.0
        self.last: Stepped | None = None
        self.first: Stepped | None = None

    def facts(self, event: Stepped) -> str:
        """Return the line's right part."""
        if self.last is None:
            self.loss = event.loss
            self.first = self.last = event
            return f"loss {event.loss:.3f}"
        assert self.first
        elapsed = max(1e-9, event.seconds - self.last.seconds)
        now = event.symbols / elapsed
        self.loss += 0.05 * (event.loss - self.loss)
        self.speed = now if not self.speed else self.speed + 0.05 * (now - self.speed)
        self.last = event
        done = event.progress - self.first.progress
        left = (1 - event.progress) * (event.seconds - self.first.seconds) / max(done, 1e-9)
        return f"loss {self.loss:.3f} · {self.speed:,.0f}/s · {human_seconds(left)} left"


def _started(event: Started) -> None:
    data = event.data
    parts = " + ".join(f"{part:,}" for part in data.parts)
    kinds = f" of {data.vocabulary:,} kinds" if data.vocabulary else ""
    verb = f"resuming at step {event.resumed_at:,}" if event.resumed_at else "training"
    say(
        f"{verb}: {data.name}, {parts} {data.unit}{kinds}; "
        f"{human_count(event.parameters)} parameters; {event.device}, "
        f"{event.threads} thread{'s' if event.threads > 1 else ''}, {event.precision}"
    )
    say(f"into {event.folder}")
    for warning in event.warnings:
        say(f"note: {warning}")


def _evaluated(event: Evaluated) -> None:
    line = event.line
    val = "" if line.val_loss is None else f" · validation {_loss(line.val_loss)}"
    val += "" if line.accuracy is None else f" · right {line.accuracy:.1%}"
    mark = " ← best" if event.best else ""
    say(
        f"epoch {line.epoch:g} · train {_loss(line.train_loss)}{val} · "
        f"{line.symbols_per_second:,.0f}/s · {human_seconds(line.seconds)}{mark}"
    )
    for warning in event.warnings:
        say(f"note: {warning}")


def _loss(loss: float) -> str:
    """Four decimals, as nats have; squared errors may need other ones."""
    return f"{loss:.4f}" if loss >= 0.01 or not loss else f"{loss:.4g}"


def _sampled(event: Sampled) -> None:
    # One of them, since five every epoch bury the figures; all are in samples.md.
    temperature = min(event.texts, key=lambda t: abs(t - _SHOWN_TEMPERATURE), default=None)
    if temperature is not None:
        say(f"  {one_line(event.texts[temperature], 74)}")


def _predicted(event: Predicted) -> None:
    steps = "   ".join(f"{a}→{b} {p:3.0%}" for a, b, p in event.rows)
    say(f"  {steps}")


def _forecasted(event: Forecasted) -> None:
    """The validation part's error beside that of repeating the last value; then one step ahead."""
    from rnntui.runs.predictions import drawn

    found = event.figures
    if "val_mse_scaled" in found:
        say(
            f"  validation MSE of windows divided by their last value: "
            f"{found['val_mse_scaled']:.4e}; of repeating the last value: "
            f"{found['val_naive_mse_scaled']:.4e}"
        )
    if "val_mae" in found:
        say(
            f"  mean absolute error, all steps: {found['val_mae']:.4g}; of repeating the last "
            f"value: {found['val_naive_mae']:.4g}"
        )
    for line in drawn(event.shown, height=10).splitlines():
        say(f"  {line}")
