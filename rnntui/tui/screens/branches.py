"""Several ways to go on from one text, side by side: one is picked, and the text goes on from it.

Each is a run of the same engine from the same place, under the same knobs, with a seed of its own:
`rnntui generate` with that seed writes it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker

from rnntui.engine.child import Death
from rnntui.engine.client import Run, draw_seed
from rnntui.engine.parts import Settings
from rnntui.engine.protocol import Frame
from rnntui.knobs import KNOBS
from rnntui.tui.manuscript import Passage
from rnntui.tui.screens.desk import RESTART
from rnntui.tui.screens.write_keys import knob_keys
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.mode_bar import ModeBar
from rnntui.tui.widgets.notice import Notice
from rnntui.tui.widgets.one_line import OneLine
from rnntui.tui.widgets.transcript import Transcript
from rnntui.tui.wire import to_settings
from rnntui.tui.writer import Origin, Writer

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp

WAYS = 4
"""As many as the keys 1 to 4, and as two rows and two columns of an 80x24 terminal can show."""

CAP = 20_000
"""Characters of each in view; what left it is in its passage still."""

LEAD = 120
"""Characters of the text before it that each is shown with, at most."""

_SHOWN = ("temperature", "top_n", "pace")
"""The knobs that have keys here."""

_WHY = {"length": "as long as asked", "stop": "the stop text came", "error": "ended by an error"}


def _lead(text: str) -> str:
    """Return the end of a text, for its continuation to be understood: a line or two."""
    begin = text.rfind("\n", 0, len(text) - LEAD // 2) + 1
    return text[max(begin, len(text) - LEAD) :]


class Branch(Vertical):
    """One way: a line about it, and its text. A `rnntui.tui.writer.View`.

    Args:
        number: from 1.
        parent: the writer of the text it goes on from.
    """

    class Picked(Message):
        """The person picked this one."""

        def __init__(self, branch: Branch) -> None:
            super().__init__()
            self.branch = branch

    class Failed(Message):
        """Its run had a problem."""

        def __init__(self, what: str, fix: str) -> None:
            super().__init__()
            self.what, self.fix = what, fix

    def __init__(self, number: int, parent: Writer) -> None:
        super().__init__(id=f"branch-{number}")
        self.number = number
        self.about = OneLine(f"{number}")
        self.transcript = Transcript(cap=CAP)
        self.writer = Writer(parent.engine, self)
        self.writer.facts = parent.facts

    def compose(self) -> ComposeResult:
        """The line and the text."""
        yield self.about
        yield self.transcript

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a bug in the background."""
        cast("RnntuiApp", self.app).on_worker_state_changed(event)

    @property
    def passage(self) -> Passage | None:
        """What it wrote; None before its first character."""
        return self.writer.manuscript.written

    @work(exclusive=True, exit_on_error=False)
    async def follow(self, run: Run) -> None:
        """Show a run until it ends."""
        await self.writer.follow(run)

    def begin(self, origin: Origin, settings: Settings, seed: int) -> None:
        """Write, from the beginning."""
        self.writer.clear()
        self.transcript.append(_lead(origin.prompt), "prompt")
        self.writer.steer(settings)
        self._say("begins", seed)
        self.follow(self.writer.begin(origin, seed))

    def _say(self, what: str, seed: int | None) -> None:
        self.about.say(f"{self.number} · {what} · seed {seed}")

    def on_click(self, event: events.Click) -> None:
        """A click on the line picks it."""
        if event.widget is self.about:
            event.stop()
            self.post_message(self.Picked(self))

    # ---- a view ----

    def show_prompt(self, text: str) -> None:
        """None is sent here."""

    def show_adopted(self, text: str) -> None:
        """Nothing is adopted here."""

    def show_begin(self, model: str, seed: int, notes: tuple[str, ...]) -> None:
        """A run begins to write."""
        self.transcript.writing = True

    def show_reading(self, done: int, total: int) -> None:
        """A run reads its prompt."""
        self.about.say(f"{self.number} · reading {done:,} of {total:,} characters")

    def show_frame(self, frame: Frame) -> None:
        """The network wrote something."""
        self.transcript.append(frame.text, "written", frame.figures.nats if frame.figures else None)
        nats = f"{frame.nats_per_char:.2f} nats/char" if frame.nats_per_char else "…"
        self._say(nats, self.writer.run.seed if self.writer.run else None)

    def show_end(self, why: str) -> None:
        """A run ended; a stop is told in the status line."""
        self.transcript.writing = False
        if why in _WHY:
            self._say(_WHY[why], self.writer.run.seed if self.writer.run else None)

    def take_back(self, characters: int) -> None:
        """Nothing is taken back here."""

    def show_clear(self) -> None:
        """The page is empty."""
        self.transcript.clear()

    def show_problem(self, what: str, fix: str) -> None:
        """Something failed."""
        self.post_message(self.Failed(what, fix))


class BranchScreen(Screen[Passage | None]):
    """Returns the passage that was picked, or None.

    Args:
        writer: of the text to go on from; it rests meanwhile.
    """

    BINDING_GROUP_TITLE = "Four ways to go on"
    HELP = """
# Four ways to go on

The same text goes on in four ways, each with a seed of its own. `1` to `4` picks one, or a click on
its line: the text goes on from there, and the others are dropped. `r` writes all four anew, `Space`
lets them rest, `Esc` stops them, `x` leaves without any. The knobs' keys turn them for all four.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "pick(1)", "pick one", key_display="1–4", id="branches.first",
                tooltip="and go on from it"),
        *(
            Binding(str(number), f"pick({number})", f"pick the {name}", show=False,
                    id=f"branches.{name}")
            for number, name in ((2, "second"), (3, "third"), (4, "fourth"))
        ),
        Binding("escape", "stop", "stop", id="branches.stop"),
        Binding("space", "pause", "pause", id="branches.pause"),
        Binding("r,ctrl+r", "again", "again", id="branches.again"),
        Binding("x", "leave", "drop all", id="branches.leave"),
        *knob_keys("branches"),
        Binding("t", "surprise", "tint", id="branches.surprise"),
    ]  # fmt: skip

    def __init__(self, writer: Writer) -> None:
        super().__init__()
        self.rnntui = cast("RnntuiApp", self.app)
        self.writer = writer
        self.branches = [Branch(number, writer) for number in range(1, WAYS + 1)]
        self.bar = ModeBar("write")
        self.notice = Notice()
        self.status = OneLine(id="status")
        self._rests = False
        self._begun = 0  # runs

    def compose(self) -> ComposeResult:
        """The texts, two by two."""
        yield self.bar
        with Grid(id="branches"):
            yield from self.branches
        yield self.notice
        yield self.status
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to write."""
        self.rnntui.engine_died.subscribe(self, self._engine_died)
        self.rnntui.engine_restarted.subscribe(self, self._engine_restarted)
        self.set_focus(self.branches[0].transcript)
        facts = self.writer.facts
        self.bar.facts = (facts.name,) if facts else ()
        self.action_again()

    @property
    def writing(self) -> bool:
        """Whether any of them goes on, paused or not."""
        return any(branch.writer.writing for branch in self.branches)

    def _settings(self) -> Settings:
        return to_settings(self.rnntui.knobs, figures=True, alternatives=0)

    def _tell(self, what: str = "") -> None:
        knobs = self.rnntui.knobs
        turned = [f"{KNOBS[name].label} {knobs.written(name)}" for name in _SHOWN]
        self.status.say(" · ".join([what, *turned] if what else turned))

    def _engine_died(self, death: Death) -> None:
        self.notice.problem(death.what, "1 to 4 keeps what one wrote; then " + RESTART)

    def _engine_restarted(self, _: None) -> None:
        self.notice.note("the engine runs again; r writes all four anew")

    @on(Branch.Failed)
    def _failed(self, event: Branch.Failed) -> None:
        if self.writer.engine.death is None:
            self.notice.problem(event.what, event.fix)

    # ---- keys ----

    def action_again(self) -> None:
        """Write all anew, with other seeds."""
        if self.writer.engine.death:
            return  # the notice says so, and what they wrote stays
        self._rests = False
        self.notice.hide()
        for branch in self.branches:
            branch.begin(self.writer.end, self._settings(), self._seed())
        self._tell()

    def _seed(self) -> int:
        """Return the next seed: drawn, or counted up from the one the person asked for."""
        self._begun += 1
        asked = self.writer.seed
        return draw_seed() if asked is None else asked + self._begun - 1

    def action_pick(self, number: int) -> None:
        """Take one and drop the others."""
        passage = self.branches[number - 1].passage
        if passage is None:
            self.notice.note(f"{number} has not written anything yet")
            return
        self._end()
        self.dismiss(passage)

    @on(Branch.Picked)
    def _picked(self, event: Branch.Picked) -> None:
        self.action_pick(event.branch.number)

    def action_stop(self) -> None:
        """Stop them; what they wrote stays, to be picked from."""
        self.interrupt()

    def interrupt(self) -> bool:
        """Stop them; return whether there was something to stop."""
        writing = self.writing
        self._end()
        self._tell("stopped; 1 to 4 picks one, r writes them anew, x drops them all")
        return writing

    def action_pause(self) -> None:
        """Let them rest, or go on."""
        self._rests = not self._rests
        for branch in self.branches:
            if self._rests:
                branch.writer.pause()
            else:
                branch.writer.resume()
            branch.transcript.writing = branch.writer.writing and not self._rests
        self._tell("paused; space goes on" if self._rests and self.writing else "")

    def action_leave(self) -> None:
        """Go back to the text as it was."""
        self._end()
        self.dismiss(None)

    def action_nudge(self, name: str, steps: int) -> None:
        """Turn a knob by a stop, for all of them."""
        self.rnntui.knobs = self.rnntui.knobs.nudge(name, steps)
        for branch in self.branches:
            branch.writer.steer(self._settings())
        self._tell()

    def action_surprise(self) -> None:
        """Tint characters by how little they were expected."""
        for branch in self.branches:
            branch.transcript.show_surprise = not branch.transcript.show_surprise

    def _end(self) -> None:
        for branch in self.branches:
            branch.writer.stop()

    def on_screen_suspend(self, _: events.ScreenSuspend) -> None:
        """Out of sight: rest."""
        for branch in self.branches:
            branch.writer.pause()

    def on_screen_resume(self, _: events.ScreenResume) -> None:
        """In sight again: go on, unless the person paused them."""
        for branch in self.branches if not self._rests else ():
            branch.writer.resume()
