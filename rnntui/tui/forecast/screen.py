"""The Forecast mode: a series, its fan, the knobs that bend it, and its honest score.

Thin: keys and what they begin are here; what is shown is in `view` and `desk`, a test in
`backtesting`, a fit in `fit_process`.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import on, work
from textual.binding import BindingType

from rnntui.display import one_line
from rnntui.engine.child import Death
from rnntui.engine.client import EngineError
from rnntui.engine.protocol.forecast import ColumnOfNumbers, Source
from rnntui.errors import RnntuiError
from rnntui.knobs import FORECAST_KNOBS
from rnntui.tui.forecast.backtesting import Asked
from rnntui.tui.forecast.keys import HELP, KEYS
from rnntui.tui.forecast.models import (
    DEFAULT,
    HOW_TO_GET_ONE,
    folder_of,
    forecasters,
    name_of,
)
from rnntui.tui.forecast.reading import taken
from rnntui.tui.forecast.sheet import has, levels
from rnntui.tui.forecast.view import ForecastView
from rnntui.tui.screens.desk import RESTART, about_model
from rnntui.tui.widgets.knobs import KnobPanel

if TYPE_CHECKING:
    from rnntui.tui.forecast.fit_process import Fit
    from rnntui.tui.forecast.series_picker import SeriesPicker


class ForecastScreen(ForecastView):
    """A series and how it may go on."""

    BINDING_GROUP_TITLE = "Forecast"
    HELP = HELP
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def on_mount(self) -> None:
        """Open what was open last."""
        self.rnntui.engine_died.subscribe(self, self._engine_died)
        self.rnntui.engine_restarted.subscribe(self, self._engine_restarted)
        self.rnntui.mode_change_signal.subscribe(self, self._mode_changed)
        self.set_focus(self.desk.plot)
        with suppress(msgspec.ValidationError):  # nothing, or of another version: nothing is open
            source = msgspec.convert(self.rnntui.forecast.reading, Source, strict=False)
            self.open(source, chosen=bool(self.model))

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
            self.show_error(error)
            return
        self.notice.hide()
        if opened.model and not chosen:
            self.model = opened.model
        self.source, self.columns = source, found.columns
        self.desk.open(opened)
        self.remember()
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
            self.show_error(error)

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
            self.show_error(error, HOW_TO_GET_ONE)
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
            self.refused = True
            self.show_error(error)
            return
        if fan:
            if self.refused:
                self.notice.hide()
            self.refused = False
            desk.take(fan)

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_choose_model(self) -> None:
        """Choose another model from the library."""
        from rnntui.tui.screens.model_picker import ModelPicker

        try:
            await self.rnntui.engine_ready()
            listed = await self.rnntui.engine.models()
        except RnntuiError as error:
            self.show_error(error)
            return
        models = forecasters(listed)
        picker = ModelPicker(
            models, folder_of(self.model, models), what="forecast", none=HOW_TO_GET_ONE
        )
        if chosen := await self.app.push_screen_wait(picker):
            self.change_model(name_of(chosen, models))

    def change_model(self, model: str) -> None:
        """Forecast with another model, a name or a folder."""
        self.model = model
        self.desk.forget_test()
        self.notice.hide()
        self.remember()
        self._use_model()

    @on(KnobPanel.Changed)
    def _knob_changed(self, event: KnobPanel.Changed) -> None:
        self.remember()
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
            self.show_error(error)

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
            self.show_error(error)
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
            self.desk.read()
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
                self.show_error(error)
        else:
            return False
        return True

    def _engine_died(self, death: Death) -> None:
        self.notice.problem(death.what, RESTART)

    def _engine_restarted(self, _: None) -> None:
        self.notice.hide()
        if self.source:
            self.open(self.source, chosen=True)

    def _mode_changed(self, mode: str) -> None:
        """Try again where no model could be loaded; one may have come from another mode."""
        if mode == "forecast" and self.desk.sheet and self.desk.sheet.fan is None:
            self._use_model()
