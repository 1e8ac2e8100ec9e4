"""What stands on the Forecast screen: picture, knobs, scores, words; what happens is elsewhere."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from rnntui.display import visible
from rnntui.engine.protocol.forecast import Fan, Opened, Report
from rnntui.knobs import FORECAST_KNOBS, Knobs
from rnntui.tui.forecast import tested
from rnntui.tui.forecast.fan_plot import FanPlot
from rnntui.tui.forecast.picture import Picture
from rnntui.tui.forecast.sheet import Sheet
from rnntui.tui.train.curves import Curves
from rnntui.tui.widgets.knobs import KnobPanel
from rnntui.tui.widgets.notice import Notice
from rnntui.tui.widgets.one_line import OneLine

EMPTY = "no series is open\n\no opens a CSV or a named series"
_MOST_PAST = 500
"""Values of the past that are shown where nobody says how many."""
_ORIGINS = 5
"""Origins of a backtest for each value of the past: a picture of the errors wants more of them."""


class ForecastKnobs(KnobPanel):
    """The knobs of forecasts."""

    HELP = """
# Knobs

The picture follows at once. The dim word tells who set the value: you, the environment, the
settings file, the model, or the default.

- `↑` `↓` choose a knob, `←` `→` turn it, with `Shift` in larger steps
- a digit or `Enter` types a value, `Enter` takes it, `Esc` leaves it
- `r` or `Backspace` gives it back to what lies below you: the model, say
- click or drag on the bar; the wheel turns it
"""


class ForecastDesk(Vertical):
    """A series, its fan, and its backtest; one of the two pictures is in sight.

    Args:
        knobs: as they stand at the beginning.
    """

    DEFAULT_CSS = """
    ForecastDesk {
        height: 1fr;
        #sheet { width: 1fr; }
        #heading { color: $text; text-style: bold; }
        #loss { height: 9; display: none; }
        #scores { height: auto; max-height: 6; padding: 0 1; display: none; }
        #verdict-line { height: auto; max-height: 4; padding: 0 1; display: none; }
        #remarks { height: auto; margin-top: 1; color: $text-muted; }
        &.-test #scores { display: block; }
        &.-fit #loss { display: block; }
    }
    """

    def __init__(self, knobs: Knobs) -> None:
        super().__init__(id="desk")
        self.heading = OneLine("Forecast", id="heading")
        self.plot = FanPlot(id="plot")
        self.plot.show(Picture(empty=EMPTY))
        self.key = OneLine(id="key")
        self.loss = Curves(id="loss")
        self.scores = Static("", id="scores", markup=False)
        self.side = Vertical(id="side")
        self.knobs = ForecastKnobs(knobs, names=tuple(FORECAST_KNOBS))
        self.remarks = Static("", id="remarks", markup=False)
        self.verdict = Static("", id="verdict-line", markup=False)
        self.notice = Notice()
        self.status = OneLine(id="status")
        self.sheet: Sheet | None = None
        """The series and its forecast."""
        self.report: Report | None = None
        """The backtest of what is shown, if there was one."""
        self.step = 0
        """Which of the backtest's steps ahead is shown."""
        self.cursor: int | None = None
        """The place in sight that is read."""

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        yield self.heading
        with Horizontal(id="body"):
            with Vertical(id="sheet"):
                yield self.plot
                yield self.key
                yield self.loss
                yield self.scores
            with self.side:
                yield self.knobs
                yield self.remarks
        yield self.verdict
        yield self.notice
        yield self.status

    # ---- what the knobs stand at ----

    def turned(self, name: str) -> int:
        """Return a knob that somebody turned; 0 where the model has the say."""
        value, source = self.knobs.knobs[name]
        return 0 if source in ("model", "default") or value is None else int(value)

    @property
    def band(self) -> int:
        """Per cent of the widest band; 0 for none."""
        return int(self.knobs.knobs.value("band") or 0)

    @property
    def history(self) -> int:
        """Values of the past in sight; 0 for all."""
        return int(self.knobs.knobs.value("history") or 0)

    @property
    def origins(self) -> int:
        """Origins of a backtest in sight, more than of the past; 0 for all."""
        return _ORIGINS * self.history

    # ---- what there is to show ----

    def open(self, opened: Opened) -> None:
        """Show another series."""
        self.sheet = Sheet(opened.chart, None, self.band, self.history)
        self.cursor = None
        self.forget_test()

    def take(self, fan: Fan) -> None:
        """Show a forecast, and what its model suggests."""
        if self.sheet is None:
            return
        season = self.sheet.chart.season
        past = max(24, 4 * len(fan.times), 3 * season if season < _MOST_PAST // 3 else 0)
        self.knobs.knobs = self.knobs.knobs.suggest(
            {
                "horizon": fan.own_horizon,
                "window": fan.own_window,
                "history": min(past, _MOST_PAST),
            }
        )
        self.sheet = Sheet(self.sheet.chart, fan, self.band, self.history)
        self.show()

    def turn(self) -> None:
        """Show the same with the knobs as they are now."""
        if self.sheet:
            self.sheet = Sheet(self.sheet.chart, self.sheet.fan, self.band, self.history)
            self.show()

    def take_report(self, report: Report) -> None:
        """Show a backtest."""
        self.report, self.step, self.cursor = report, len(report.lanes) - 1, None
        self.add_class("-test")
        self.show()

    def forget_test(self) -> None:
        """What was tested is no longer what is shown."""
        self.report = None
        self.remove_class("-test")
        self.show()

    def toggle_view(self) -> None:
        """Change between the forecast and the backtest."""
        self.toggle_class("-test")
        self.cursor = None
        self.show()

    def next_step(self) -> None:
        """Show other steps ahead of the backtest."""
        if self.report and self.tests:
            self.step = (self.step + 1) % len(self.report.lanes)
            self.show()

    @property
    def tests(self) -> bool:
        """Whether the backtest is in sight."""
        return self.report is not None and self.has_class("-test")

    @property
    def shown(self) -> int:
        """How many places the picture has."""
        if self.tests and self.report:
            return tested.places(self.report.lanes[self.step], self.origins)
        return self.sheet.length if self.sheet else 0

    # ---- drawing ----

    def show(self) -> None:
        """Draw what there is."""
        if self.sheet is None:
            return
        if self.cursor is not None:
            self.cursor = min(self.cursor, self.shown - 1)
        self.heading.say(self.sheet.heading())
        if self.tests and self.report:
            lane = self.report.lanes[self.step]
            self.plot.show(tested.picture(lane, self.origins, self.cursor))
            self.key.say(tested.KEY)
            self.scores.update("\n".join(tested.scores(self.report)))
        else:
            self.plot.show(self.sheet.picture(self.cursor))
            self.key.say(self.sheet.key())
        self._show_words(self.sheet)
        self.read()

    def _show_words(self, sheet: Sheet) -> None:
        notes = [*sheet.chart.notes]
        if sheet.fan:
            notes += sheet.fan.notes
            if sheet.fan.train_until:
                notes.append(f"{sheet.fan.model} learned until {sheet.fan.train_until}")
        if self.report:
            notes += self.report.notes
        self.remarks.update("\n".join(f"· {visible(note)}" for note in notes))
        self.verdict.display = self.report is not None
        if self.report:
            self.verdict.update("\n".join(tested.verdicts(self.report)))

    def read(self) -> None:
        """Tell the place at the cursor; without one, what is shown."""
        if self.sheet is None:
            self.say("")
        elif self.tests and self.report:
            lane = self.report.lanes[self.step]
            if self.cursor is None:
                self.say(tested.about(self.report, lane.step))
            else:
                self.say(tested.reading(lane, self.origins, self.cursor))
        elif self.cursor is not None:
            said = (self.sheet.reading(self.cursor, most) for most in (2, 1, 0))
            self.say(next((text for text in said if len(text) < self.size.width - 1), ""))
        else:
            self.say(self.sheet.summary())

    def say(self, text: str) -> None:
        """Tell something in the line above the keys."""
        self.status.say(text)

    @on(FanPlot.Pointed)
    def _pointed(self, event: FanPlot.Pointed) -> None:
        event.stop()
        if not self.shown or not self.sheet:
            return
        place = event.place
        if place is None:
            first = self.shown if self.tests else self.sheet.known
            begin = first - (event.by > 0) if self.cursor is None else self.cursor
            place = begin + event.by
        self.cursor = min(max(place, 0), self.shown - 1)
        self.show()

    @on(FanPlot.Zoomed)
    def _zoomed(self, event: FanPlot.Zoomed) -> None:
        event.stop()
        self.knobs.nudge("history", event.steps)

    def toggle_side(self) -> None:
        """Show or hide the knobs."""
        shown = self.side.display
        self.side.set_class(not shown, "-open")
        self.side.set_class(shown, "-closed")

    @property
    def text(self) -> str:
        """The picture as text, with its heading and key."""
        return f"{self.heading.text}\n{self.plot.text}\n{self.key.text}\n"
