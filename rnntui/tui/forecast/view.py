"""The Forecast mode's parts, and what needs nothing but them: the panel, copies, notices."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec
from textual import work
from textual.app import ComposeResult
from textual.screen import Screen
from textual.worker import Worker

from rnntui.engine.protocol.forecast import ColumnOfNumbers, Source
from rnntui.errors import RnntuiError
from rnntui.settings import Forecasting
from rnntui.tui.clipboard import copy_text
from rnntui.tui.forecast.backtesting import Backtesting
from rnntui.tui.forecast.desk import ForecastDesk
from rnntui.tui.forecast.exporting import export
from rnntui.tui.screens.desk import RESTART
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.mode_bar import ModeBar

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp
    from rnntui.tui.forecast.fit_process import Fit


class ForecastView(Screen[None]):
    """What the Forecast mode shows; `ForecastScreen` adds what it does."""

    def __init__(self) -> None:
        super().__init__()
        self.rnntui = cast("RnntuiApp", self.app)
        self.add_class(self.rnntui.width_class, update=False)
        kept = self.rnntui.forecast
        self.bar = ModeBar("forecast")
        self.desk = ForecastDesk(self.rnntui.configured.knobs(remembered=kept.knobs))
        self.notice = self.desk.notice
        self.test = Backtesting(self.desk, self.rnntui.engine)
        self.source: Source | None = None
        """What is open."""
        self.columns: tuple[ColumnOfNumbers, ...] = ()
        """Of its file."""
        self.model = kept.model
        """As it was asked for: a name or a folder; "" for none yet."""
        self.fit: Fit | None = None
        """What is being fitted."""
        self.refused = False
        """Whether the last forecast was, which the notice tells."""

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        yield self.bar
        yield self.desk
        yield KeyLine()

    def action_nudge(self, name: str, steps: int) -> None:
        """Turn a knob by a stop."""
        self.desk.knobs.nudge(name, steps)

    def action_panel(self) -> None:
        """Show or hide the knobs."""
        self.desk.toggle_side()
        if not self.desk.side.display:
            self.set_focus(self.desk.plot)

    @work(exit_on_error=False)
    async def action_export(self) -> None:
        """Write the forecast to a CSV where the app was started, and the picture beside it."""
        sheet = self.desk.sheet
        if sheet is None or sheet.fan is None:
            self.notice.problem("there is no forecast to write", "o opens a series")
            return
        try:
            self.notice.note(await asyncio.to_thread(export, sheet, self.desk.text, Path.cwd()))
        except RnntuiError as error:
            self.show_error(error)

    def action_copy(self) -> None:
        """Copy the picture as text."""
        self.notice.note(f"the picture is copied {copy_text(self.app, self.desk.text)}")

    def show_error(self, error: RnntuiError, fix: str = "") -> None:
        """Tell of a problem, and what to do: as it says itself, else `fix`."""
        fix = RESTART if self.rnntui.engine.death else error.fix or fix
        self.notice.problem(error.what, fix)
        self.desk.read()

    def remember(self) -> None:
        """Keep what is open for the next start."""
        reading = msgspec.to_builtins(self.source) if self.source else {}
        knobs = dict(self.desk.knobs.knobs.you)
        self.rnntui.forecast = Forecasting(reading=reading, model=self.model, knobs=knobs)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a bug in the background."""
        self.rnntui.on_worker_state_changed(event)
