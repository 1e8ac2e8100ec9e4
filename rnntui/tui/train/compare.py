"""Several runs in one plot, with a small table; they may be going on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from string import ascii_lowercase
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from rnntui.display import human_seconds, one_line
from rnntui.runs.folder import RunFolder
from rnntui.tui.train import plots
from rnntui.tui.train.canvas import Line, Series
from rnntui.tui.train.curves import Curve, Curves, Plot
from rnntui.tui.train.follow import Follower, Watched
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.mode_bar import ModeBar

LOOK = 2.0
"""Seconds between two looks at the runs."""
_LINES: tuple[Line, ...] = ("solid", "dashed", "dotted")


class CompareScreen(Screen[None]):
    """The validation curves of some runs, one over the other.

    Args:
        folders: the runs', or models'.
        against: the x axis.
    """

    HELP = """
# Compare

A letter stands on each curve and in the table. Where a run has no validation part, its training
loss is drawn instead, and says so. `x` changes between epochs and seconds. For what each one
writes, and a report to keep: `rnntui compare`.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "axis", "epochs or seconds", id="compare.axis"),
        Binding("escape", "dismiss", "back", id="compare.back"),
    ]

    DEFAULT_CSS = """
    CompareScreen {
        #overlay { height: 2fr; }
        #scroll { height: auto; max-height: 40%; border-top: hkey $panel; }
        #table { width: auto; padding: 0 1; }
    }
    """

    def __init__(self, folders: Sequence[RunFolder], against: plots.Against) -> None:
        super().__init__()
        self.followers = [Follower(folder) for folder in folders]
        self.against = against
        self.runs: list[Watched] = []
        self.overlay = Curves(id="overlay")
        self.table = Static("", id="table", markup=False)

    def compose(self) -> ComposeResult:
        """The plot over the table."""
        yield ModeBar("train")
        yield self.overlay
        with VerticalScroll(id="scroll"):
            yield self.table
        yield KeyLine()

    def on_screen_resume(self, _: events.ScreenResume) -> None:
        """In sight: look."""
        self._look()

    def on_screen_suspend(self, _: events.ScreenSuspend) -> None:
        """Out of sight: read no files."""
        self.workers.cancel_group(self, "look")

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        while True:
            self.runs = await asyncio.to_thread(lambda: [each.look() for each in self.followers])
            self._draw()
            await asyncio.sleep(LOOK)

    def action_axis(self) -> None:
        """Draw against epochs or against seconds."""
        self.against = "seconds" if self.against == "epochs" else "epochs"
        self._draw()

    def _draw(self) -> None:
        self.overlay.show(overlay(self.runs, self.against))
        self.table.update(table(self.runs))


def overlay(runs: Sequence[Watched], against: plots.Against) -> Plot:
    """Return the validation curves of some runs in one plot."""
    curves = []
    for number, run in enumerate(runs):
        points, label = plots.evaluations(run, against), run.summary.name
        if not points:
            points, label = plots.losses(run, against), f"{label} (train)"
        series = Series(points, _LINES[number % 3], _letter(number), number)
        curves.append(Curve(series, one_line(label, 40)))
    return Plot(
        "Validation loss",
        tuple(curves),
        unit=against,
        time=against == "seconds",
        early=True,
        empty="nothing was evaluated yet",
    )


def table(runs: Sequence[Watched]) -> str:
    """Return the figures of some runs, a line each."""
    wide = max((len(one_line(run.summary.name, 28)) for run in runs), default=4)
    lines = [
        f"  {'run':{wide}} {'network':12} {'best':>7} {'at':>5} {'time':>8} {'speed':>8}  state"
    ]
    for number, run in enumerate(runs):
        validated = [line for line in run.history if line.val_loss is not None]
        best = min(validated, key=lambda line: line.val_loss or 0.0, default=None)
        last = run.history[-1] if run.history else None
        loss = f"{best.val_loss:.4f}" if best else "–"
        at = f"{best.epoch:.3g}" if best else "–"
        time = human_seconds(last.seconds) if last else "–"
        speed = f"{last.symbols_per_second:,.0f}/s" if last and last.symbols_per_second else "–"
        name = one_line(run.summary.name, 28)
        state = "gone" if run.gone else run.summary.state
        lines.append(
            f"{_letter(number)} {name:{wide}} {run.summary.network:12} {loss:>7} {at:>5} {time:>8} "
            f"{speed:>8}  {state}"
        )
    return "\n".join(lines)


def _letter(number: int) -> str:
    return ascii_lowercase[number % len(ascii_lowercase)]
