"""The Forecast mode: a series, its fan, the knobs that bend it, and its honest score.

Thin: keys and what they begin are here; what is shown is in `desk`, a test in `backtesting`,
a fit in `fit_process`.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

import msgspec
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.worker import Worker

from rnntui.display import one_line
from rnntui.engine.child import Death
from rnntui.engine.client import EngineError
from rnntui.engine.protocol.forecast import ColumnOfNumbers, Source
from rnntui.errors import RnntuiError
from rnntui.knobs import FORECAST_KNOBS
from rnntui.settings import Forecasting
from rnntui.tui.clipboard import copy_text
from rnntui.tui.forecast.backtesting import Asked, Backtesting
from rnntui.tui.forecast.desk import ForecastDesk
from rnntui.tui.forecast.exporting import export
from rnntui.tui.forecast.keys import HELP, KEYS
from rnntui.tui.forecast.reading import taken
from rnntui.tui.forecast.sheet import has, levels
from rnntui.tui.screens.desk import RESTART, about_model
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.knobs import KnobPanel
from rnntui.tui.widgets.mode_bar import ModeBar

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp
    from rnntui.tui.forecast.fit_process import Fit
    from rnntui.tui.forecast.series_picker import SeriesPicker

DEFAULT = "djia-gru"
HOW_TO_GET_ONE = "press f: one is fitted to the series here"


class ForecastScreen(Screen[None]):
    """A series and how it may go on."""

    BINDING_GROUP_TITLE = "Forecast"
    HELP = HELP
    BINDINGS: ClassVar[list[BindingType]] = KEYS

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
        self._refused = False  # the last forecast, which the notice tells

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        yield self.bar
        yield self.desk
        yield KeyLine()

    def on_mount(self) -> None:
        """Open what was open last."""
        self.rnntui.engine_died.subscribe(self, self._engine_died)
        self.rnntui.engine_restarted.subscribe(self, self._engine_restarted)
        self.set_focus(self.desk.plot)
        if reading := self.rnntui.forecast.reading:
            self.open(msgspec.convert(reading, Source, strict=False), chosen=bool(self.model))

    # ---- the series ----

    @work(exclusive=True, group="series", exit_on_error=False)
    async def open(self, source: Source, *, chosen: bool = False) -> None:
        """Read a series; where its file has several columns, let one be chosen.

        Args:
            source: what.
            chosen: whether the model in use was chosen for it, and stays.
        """
        self.desk.say(f"reading {one_line(source.file)} ...")
        series = self.rnntui.engine.series
        try:
            await self.rnntui.engine_ready()
            found = await series.survey(source)
            column = source.column or found.column
            if not column and len(found.columns) > 1:
                column = await self._ask_column(source, found.columns)
                if not column:
                    self.desk.read()
                    return
            source = msgspec.structs.replace(source, column=column)
            opened = await series.open(source)
        except RnntuiError as error:
            self._problem(error)
            return
        self.notice.hide()
        if opened.model and not chosen:
            self.model = opened.model
        self.source, self.columns = source, found.columns
        self.desk.open(opened)
        self._remember()
        self._use_model()

    async def _ask_column(self, source: Source, columns: tuple[ColumnOfNumbers, ...]) -> str:
        from rnntui.tui.forecast.column_picker import ColumnPicker

        current = self.source.column if self.source else ""
        picker = ColumnPicker(Path(source.file).name, columns, current)
        return await self.app.push_screen_wait(picker) or ""

    def action_open(self) -> None:
        """Open a CSV or a named series."""
        from rnntui.tui.forecast.series_picker import SeriesPicker

        # At once, for the keys that follow are meant for it; the engine may still be starting.
        picker = SeriesPicker((), self.source.file if self.source else "")
        self.app.push_screen(picker, self._picked)
        self._name_series(picker)

    def _picked(self, chosen: str | None) -> None:
        if chosen:
            self.open(Source(chosen))

    @work(exclusive=True, group="catalogue", exit_on_error=False)
    async def _name_series(self, picker: SeriesPicker) -> None:
        try:
            await self.rnntui.engine_ready()
            picker.offer(await self.rnntui.engine.series.catalogue())
        except RnntuiError as error:
            self._problem(error)

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_choose_column(self) -> None:
        """Choose another column of the file."""
        source = self._opened()
        if source and (column := await self._ask_column(source, self.columns)):
            self.open(msgspec.structs.replace(source, column=column), chosen=True)

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_reading(self) -> None:
        """Say how the file is to be read: season, missing values, dates."""
        from rnntui.tui.forecast.ask_reading import ask_reading

        source = self._opened()
        if source is None:
            return
        line = await self.app.push_screen_wait(ask_reading(source))
        if line is not None:
            self.open(taken(source, line), chosen=True)

    def _opened(self) -> Source | None:
        """Return what is open; say so where nothing is."""
        if self.source is None:
            self.notice.problem("no series is open", "o opens a CSV or a named series")
        return self.source

    # ---- the model and its forecast ----

    @work(exclusive=True, group="model", exit_on_error=False)
    async def _use_model(self) -> None:
        """Load the model, tell what it is, and let it forecast."""
        self.model = self.model or DEFAULT
        try:
            facts = await self.rnntui.engine.load(self.model)
        except EngineError as error:
            self._problem(error, HOW_TO_GET_ONE)
            return
        self.bar.facts = about_model(facts)
        self.forecast()

    @work(exclusive=True, group="forecast", exit_on_error=False)
    async def forecast(self) -> None:
        """Continue the series as the knobs say; a newer call replaces it."""
        if self.source is None:
            return
        desk = self.desk
        try:
            fan = await self.rnntui.engine.series.forecast(
                self.model, self.source, desk.turned("horizon"), desk.turned("window"),
                levels(desk.band),
            )  # fmt: skip
        except EngineError as error:
            self._refused = True
            self._problem(error)
            return
        if fan:
            if self._refused:
                self.notice.hide()
            self._refused = False
            desk.take(fan)

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_choose_model(self) -> None:
        """Choose another model from the library."""
        from rnntui.tui.screens.model_picker import ModelPicker

        try:
            await self.rnntui.engine_ready()
            listed = await self.rnntui.engine.models()
        except RnntuiError as error:
            self._problem(error)
            return
        models = [each for each in listed if each.task == "forecast" and not each.problem]
        here = next((m.folder for m in models if self.model in (m.name, m.folder)), "")
        picker = ModelPicker(models, here, what="forecast", none=HOW_TO_GET_ONE)
        if chosen := await self.app.push_screen_wait(picker):
            # The name is remembered, not where this installation keeps it.
            self.change_model(next((m.name for m in models if m.folder == chosen), chosen))

    def change_model(self, model: str) -> None:
        """Forecast with another model, a name or a folder."""
        self.model = model
        self.desk.forget_test()
        self.notice.hide()
        self._remember()
        self._use_model()

    @on(KnobPanel.Changed)
    def _knob_changed(self, event: KnobPanel.Changed) -> None:
        self._remember()
        desk, fan = self.desk, self.desk.sheet.fan if self.desk.sheet else None
        if event.name in ("horizon", "window"):
            desk.forget_test()
            self.forecast()
        elif event.name == "band" and fan and not has(fan, desk.band):
            self.forecast()
        desk.turn()
        if not desk.side.display:
            label = FORECAST_KNOBS[event.name].label
            desk.say(f"{label} {event.knobs.written(event.name)} · {desk.status.text}")

    def action_nudge(self, name: str, steps: int) -> None:
        """Turn a knob by a stop."""
        self.desk.knobs.nudge(name, steps)

    # ---- the backtest ----

    def action_backtest(self) -> None:
        """Score the model on the last part of the series, beside simple forecasts."""
        if not self.test.goes and self._opened() is not None:
            self._backtest()

    @work(exclusive=True, group="test", exit_on_error=False)
    async def _backtest(self) -> None:
        try:
            await self.test.make(self._what_is_shown)
        except EngineError as error:
            self._problem(error)

    def _what_is_shown(self) -> Asked:
        assert self.source
        return self.model, self.source, self.desk.turned("horizon"), self.desk.turned("window")

    def action_view(self) -> None:
        """Change between the forecast and what was forecast in the test."""
        if self.desk.report is None:
            self.notice.note("nothing is tested yet; b tests it")
        else:
            self.desk.toggle_view()

    def action_step(self) -> None:
        """Show other steps ahead of the test."""
        if self.desk.tests:
            self.desk.next_step()
        else:
            self.notice.note("the test is not in sight; b makes one, v shows it")

    # ---- a fit ----

    def action_fit(self) -> None:
        """Fit a small network to the series, and watch."""
        source = self._opened()
        if source is None:
            return
        if self.fit:
            self.notice.note("one is being fitted; Esc ends it")
        else:
            self._fit(source)

    @work(exclusive=True, group="fit", exit_on_error=False)
    async def _fit(self, source: Source) -> None:
        from rnntui.tui.forecast.fit_process import Fit
        from rnntui.tui.forecast.fit_watch import follow
        from rnntui.tui.forecast.fitting import FitForm, arguments, name_for

        plan = await self.app.push_screen_wait(FitForm(name_for(source)))
        if plan is None:
            return
        try:
            self.fit = Fit(plan, arguments(source, plan, self.desk.turned("horizon")))
        except RnntuiError as error:
            self._problem(error)
            return
        self.notice.hide()
        self.desk.forget_test()
        self.desk.add_class("-fit")
        try:
            await follow(self.fit, source, self.desk, self.rnntui.engine)
            self._fitted(self.fit, source)
        finally:
            self.fit = None
            self.desk.remove_class("-fit")

    def _fitted(self, fit: Fit, source: Source) -> None:
        """A fit ended: take its model, or tell why there is none."""
        if fit.stopped and not fit.checkpoint:
            self.notice.note(f"{fit.plan.name} was ended before there was a network")
            self.desk.read()
        elif fit.launch.failed or not fit.checkpoint:
            self.notice.problem(fit.launch.said or "the fit ended without a network")
            self.forecast()
        elif source == self.source:
            self.change_model(fit.plan.name)
            self.notice.note(f"{fit.plan.name} is fitted and in the library; b tests it")

    # ---- the rest ----

    def action_stop(self) -> None:
        """End a test or a fit; else put the cursor away."""
        if not self.interrupt():
            self.notice.hide()
            self.desk.cursor = None
            self.desk.show()

    def interrupt(self) -> bool:
        """End a test or a fit; return whether there was one."""
        if self.test.goes:
            self.test.give_up()
        elif self.fit:
            try:
                self.fit.stop()
            except RnntuiError as error:
                self._problem(error)
        else:
            return False
        return True

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
            self._problem(error)

    def action_copy(self) -> None:
        """Copy the picture as text."""
        self.notice.note(f"the picture is copied {copy_text(self.app, self.desk.text)}")

    def _problem(self, error: RnntuiError, fix: str = "") -> None:
        fix = RESTART if self.rnntui.engine.death else error.fix or fix
        self.notice.problem(error.what, fix)
        self.desk.read()

    def _remember(self) -> None:
        reading = msgspec.to_builtins(self.source) if self.source else {}
        knobs = dict(self.desk.knobs.knobs.you)
        self.rnntui.forecast = Forecasting(reading=reading, model=self.model, knobs=knobs)

    def _engine_died(self, death: Death) -> None:
        self.notice.problem(death.what, RESTART)

    def _engine_restarted(self, _: None) -> None:
        self.notice.hide()
        if self.source:
            self.open(self.source, chosen=True)

    def on_screen_resume(self, _: events.ScreenResume) -> None:
        """In sight: try again where no model could be loaded; one may be here by now."""
        if self.desk.sheet and self.desk.sheet.fan is None:
            self._use_model()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a bug in the background."""
        self.rnntui.on_worker_state_changed(event)
