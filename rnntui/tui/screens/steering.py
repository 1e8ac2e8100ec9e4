"""The screen of the Write mode as it is looked at and steered: its parts, the knobs, the panel.

What is done with the text is in `write`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.worker import Worker

from rnntui.engine.client import EngineError
from rnntui.engine.parts import Place, Settings
from rnntui.knobs import KNOBS
from rnntui.tui.screens.desk import Desk
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.knobs import KnobPanel
from rnntui.tui.widgets.mode_bar import ModeBar
from rnntui.tui.widgets.prompt import PromptEditor
from rnntui.tui.widgets.thumb import Thumb
from rnntui.tui.widgets.transcript import Transcript
from rnntui.tui.wire import to_settings
from rnntui.tui.writer import Writer

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp


class SteeringScreen(Screen[None]):
    """A text that is being written, and all that steers it; the next character obeys."""

    def __init__(self) -> None:
        super().__init__()
        self.rnntui = cast("RnntuiApp", self.app)
        self.add_class(self.rnntui.width_class, update=False)
        wanted = self.rnntui.configured.settings.sentiment
        self.desk = Desk(self.rnntui.spool, self.rnntui.engine, sentiment=wanted)
        self.writer = Writer(self.rnntui.engine, self.desk)
        self.bar = ModeBar("write")
        self.knobs = KnobPanel(self.rnntui.knobs)
        self.side = VerticalScroll(id="side", can_focus=False)
        self.prompt = PromptEditor(
            self.rnntui.prompt_history, placeholder="› i: type a prompt   Ctrl+J: write from it"
        )
        self._rests = False

    @property
    def transcript(self) -> Transcript:
        """The text."""
        return self.desk.transcript

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        desk = self.desk
        yield self.bar
        with Horizontal(id="body"):
            yield desk.transcript
            yield Thumb(desk.transcript)
            with self.side:
                yield self.knobs
                yield desk.distribution
                yield desk.surprise
                yield desk.entropy
                yield desk.sentiment
        yield desk.notice
        yield self.prompt
        yield desk.status
        yield KeyLine()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a bug in the background."""
        self.rnntui.on_worker_state_changed(event)

    # ---- knobs ----

    def _settings(self) -> Settings:
        shown = self.side.display
        return to_settings(
            self.rnntui.knobs,
            figures=shown or self.transcript.show_surprise,
            alternatives=12 if shown else 0,
            sentiment=self.desk.sentiment.judge if shown else "",
        )

    def _steer(self) -> None:
        seed = self.rnntui.knobs.value("seed")
        self.writer.seed = None if seed is None else int(seed)
        self.writer.steer(self._settings())
        self._look()

    def _look(self) -> None:
        """Show what may come next where nothing is being written: the knobs act on that too."""
        rests = self._rests or not self.writer.writing
        if rests and self.side.display and (place := self.writer.place):
            self._look_at(place)

    @work(exclusive=True, group="look", exit_on_error=False)
    async def _look_at(self, place: Place) -> None:
        try:
            seen = await self.writer.engine.look(place, self.writer.settings.sampling)
        except EngineError:
            return  # it has forgotten the place, or is gone, which is told elsewhere
        self.desk.show_alternatives(seen.alternatives)

    @on(KnobPanel.Changed)
    def _knob_changed(self, event: KnobPanel.Changed) -> None:
        self.rnntui.knobs = event.knobs
        self._steer()
        turned = f"{KNOBS[event.name].label} {event.knobs.written(event.name)}"
        self.desk.show_turned("" if self.side.display else turned)

    def action_nudge(self, name: str, steps: int) -> None:
        """Turn a knob by a stop."""
        self.knobs.nudge(name, steps)

    def action_full_speed(self) -> None:
        """As fast as the machine writes; once more for the pace before."""
        self.knobs.toggle("pace")

    # ---- the panel ----

    def on_resize(self) -> None:
        """The panel comes into sight or goes with the width, and with it what the engine tells."""
        self.call_after_refresh(self._follow_panel)

    def _follow_panel(self) -> None:
        if self._settings() != self.writer.settings:
            self._steer()

    def action_panel(self) -> None:
        """Show or hide the side panel."""
        shown = self.side.display
        self.side.set_class(not shown, "-open")
        self.side.set_class(shown, "-closed")
        self.desk.show_turned("")
        self.call_after_refresh(self._steer)

    def action_surprise(self) -> None:
        """Tint characters by how little they were expected."""
        shown = self.transcript.show_surprise = not self.transcript.show_surprise
        self._steer()
        self.desk.notice.note(
            "tinted by surprise; underlined: a probability of 5 % or less"
            if shown
            else "no longer tinted"
        )

    @work(exclusive=True, group="judge", exit_on_error=False)
    async def _find_judge(self, *, tell: bool = False) -> None:
        """Let a model that judges follow the text, if one is here."""
        try:
            await self.desk.find_judge(self.rnntui.judge, tell=tell)
        except EngineError as error:
            if tell:
                self.desk.show_problem(error.what, error.fix)
        else:
            self._steer()

    def action_sentiment(self) -> None:
        """Follow the text's sentiment in the panel, or no longer."""
        meter = self.desk.sentiment
        if meter.model:
            meter.toggle()
            self._steer()
        else:
            meter.on = True
            self._find_judge(tell=True)
