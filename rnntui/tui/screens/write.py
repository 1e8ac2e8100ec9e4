"""The Write mode: a network writes, and the person turns the knobs while it does.

Thin: keys and widgets here, decisions in `tui.writer`, text in `tui.manuscript`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen

from rnntui.display import human_count, one_line
from rnntui.engine.client import EngineError, Run
from rnntui.engine.protocol import Facts, Frame, Settings
from rnntui.errors import RnntuiError
from rnntui.tui.clipboard import copy_text
from rnntui.tui.saving import save_text
from rnntui.tui.widgets.distribution import Alternative, Distribution
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.knobs import KnobPanel
from rnntui.tui.widgets.meters import Meter
from rnntui.tui.widgets.mode_bar import ModeBar
from rnntui.tui.widgets.notice import Notice
from rnntui.tui.widgets.one_line import OneLine
from rnntui.tui.widgets.prompt import PromptEditor
from rnntui.tui.widgets.thumb import Thumb
from rnntui.tui.widgets.transcript import Transcript
from rnntui.tui.wire import to_settings
from rnntui.tui.writer import Writer

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp

REWIND = 20
"""Characters that one press of Backspace takes back: three or four words."""

_RESTART = "press Ctrl+E to start it again; the text is kept"

_WHY = {
    "length": "as long as asked; c goes on",
    "stop": "the stop text came; c goes on",
    "stopped": "stopped; c goes on, r writes it anew",
    "error": "ended by an error; the text is kept",
}


class WriteScreen(Screen[None]):
    """The text, the knobs, and what the network thinks."""

    HELP = """
# Write

The network writes by itself. Turn a knob and the next character obeys.

Type a prompt at the bottom (`i`) and send it with `Ctrl+J`; `Esc` stops, or leaves the prompt.
`Space` pauses, `c` goes on where the text ends, `r` writes the last passage anew, `u` takes it
back, `Backspace` takes back a few words. `t` tints characters by surprise, `y` copies, `p` shows
or hides the panel, `f` is full speed, `x` clears.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "prompt", "prompt", id="write.prompt"),
        Binding("space", "pause", "pause", id="write.pause"),
        Binding("escape", "stop", "stop", id="write.stop"),
        Binding("c", "go_on", "go on", id="write.continue"),
        Binding("r,ctrl+r", "again", "again", id="write.again"),
        Binding("u,ctrl+z", "undo", "undo", id="write.undo"),
        Binding("backspace", "rewind", "back", id="write.rewind", show=False),
        Binding("left_square_bracket", "nudge('temperature', -1)", "temperature",
                key_display="[ ]", id="write.cooler"),
        Binding("right_square_bracket", "nudge('temperature', 1)", "hotter", show=False,
                id="write.hotter"),
        Binding("left_curly_bracket", "nudge('top_n', -1)", "top-n", key_display="{ }",
                id="write.fewer"),
        Binding("right_curly_bracket", "nudge('top_n', 1)", "more", show=False, id="write.more"),
        Binding("minus", "nudge('pace', -1)", "pace", key_display="- =", id="write.slower"),
        Binding("equals_sign,plus", "nudge('pace', 1)", "faster", show=False, id="write.faster"),
        Binding("f", "full_speed", "full speed", id="write.full_speed", show=False),
        Binding("p", "panel", "panel", id="write.panel"),
        Binding("t", "surprise", "tint", id="write.surprise", show=False),
        Binding("y", "copy", "copy", id="write.copy", show=False),
        Binding("ctrl+s", "save", "save", id="write.save"),
        Binding("x", "clear", "clear", id="write.clear", show=False),
        Binding("ctrl+o", "choose_model", "model", id="write.model"),
    ]  # fmt: skip

    transcript = getters.query_one(Transcript)
    prompt = getters.query_one(PromptEditor)
    knobs = getters.query_one(KnobPanel)
    distribution = getters.query_one(Distribution)
    surprise = getters.query_one("#surprise", Meter)
    entropy = getters.query_one("#entropy", Meter)
    status = getters.query_one("#status", OneLine)
    notice = getters.query_one(Notice)
    bar = getters.query_one(ModeBar)

    def __init__(self) -> None:
        super().__init__()
        self.rnntui = cast("RnntuiApp", self.app)
        self.writer = Writer(self.rnntui.engine, self)
        self._rests = False
        self._figures = ""
        self._pace_before: float | int | None = None

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        yield ModeBar("write")
        with Horizontal(id="body"):
            yield (transcript := Transcript(self.rnntui.spool))
            yield Thumb(transcript)
            with VerticalScroll(id="side", can_focus=False):
                yield KnobPanel(self.rnntui.knobs)
                yield Distribution()
                yield Meter("Surprise", maximum=6.0, unit="nats", id="surprise")
                yield Meter("Entropy", maximum=4.0, unit="nats", id="entropy")
        yield Notice()
        yield PromptEditor(
            self.rnntui.prompt_history, placeholder="› i: type a prompt   Ctrl+J: write from it"
        )
        yield OneLine(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to write as soon as the engine can."""
        self.transcript.focus()
        self.writer.steer(self._settings())
        self._say("the engine is starting")
        self.open()

    # ---- the engine ----

    @work(exclusive=True, group="model", exit_on_error=False)
    async def open(self) -> None:
        """Wait for the engine, load the model, and write."""
        try:
            await self.rnntui.engine_ready()
            facts = await self.writer.load(self.rnntui.model)
        except RnntuiError as error:
            self._say("no model is loaded; Ctrl+O chooses one")
            self.show_problem(error.what, error.fix)
            return
        self._take_model(facts)
        self._follow(self.writer.send(self.rnntui.first_prompt or facts.prompt))

    @work(exclusive=True, group="model", exit_on_error=False)
    async def change_model(self, model: str) -> None:
        """Load another model; it goes on with the text if one was being written."""
        writing = self.writer.writing
        try:
            facts = await self.writer.load(model)
        except EngineError as error:
            self.show_problem(error.what, error.fix)
            return
        self.rnntui.model = model
        self._take_model(facts)
        if writing or not self.writer.manuscript.passages:
            self._follow(self.writer.go_on(seed=self.writer.seed))
        else:
            self.notice.note(f"{facts.name} goes on with the text: press c")

    def _take_model(self, facts: Facts) -> None:
        self.notice.hide()
        size = f"{facts.cell} {facts.layers}×{facts.hidden} · {human_count(facts.parameters)}"
        self.bar.facts = f"{facts.name} · {size}"
        self.knobs.knobs = self.rnntui.knobs = self.rnntui.knobs.suggest(facts.suggested)
        self._steer()

    @work(exclusive=True, group="run", exit_on_error=False)
    async def _follow(self, run: Run) -> None:
        self._rests = False
        await self.writer.follow(run)

    def engine_died(self, what: str, fix: str) -> None:
        """The engine is gone; the text is here. Ask for a restart."""
        self.writer.manuscript.forget_runs()
        self.show_problem(what, fix)

    # ---- what the writer shows ----

    def show_prompt(self, text: str) -> None:
        """A prompt was added to the text."""
        if self.transcript.length and not self.transcript.tail(1).endswith("\n"):
            self.transcript.append("\n", "prompt")
        self.transcript.append(text, "prompt")
        self.transcript.follow()

    def show_begin(self, model: str, seed: int, notes: tuple[str, ...]) -> None:
        """A run begins to write; the notes say what it could not read of the prompt."""
        self.notice.hide()
        if notes:
            self.notice.note("; ".join(notes))
        self.transcript.writing = True
        self._figures = f"seed {seed}"
        self._say(self._figures)

    def show_reading(self, done: int, total: int) -> None:
        """A run reads its prompt."""
        self._say(f"reading {done:,} of {total:,} characters")

    def show_frame(self, frame: Frame) -> None:
        """The network wrote something."""
        figures = frame.figures
        self.transcript.append(frame.text, "written", figures.nats if figures else None)
        if figures:
            self.surprise.push(figures.nats)
            self.entropy.push(figures.entropy)
        if frame.alternatives and self.distribution.is_on_screen:
            self.distribution.show(
                [Alternative(_symbol(a.symbol), a.raw, a.kept) for a in frame.alternatives]
            )
        nats = f" · {frame.nats_per_char:.2f} nats/char" if frame.nats_per_char else ""
        speed = f"{frame.characters_per_second:,.0f}/s"
        self._say(f"{frame.characters:,} chars · {speed}{nats} · {self._figures}")

    def show_end(self, why: str) -> None:
        """A run ended."""
        self.transcript.writing = False
        if why == "stopped":
            self.transcript.mark_interrupted()
        characters = self.writer.manuscript.characters
        self._say(f"{characters:,} chars · {_WHY.get(why, why)} · {self._figures}")

    def take_back(self, characters: int) -> None:
        """The last characters are gone from the text."""
        self.transcript.rewind(characters)

    def show_problem(self, what: str, fix: str) -> None:
        """Something failed; the text stays."""
        dead = self.writer.engine.death is not None
        self.notice.problem(what, _RESTART if dead else fix)

    def _say(self, text: str) -> None:
        self.status.say(text)

    # ---- knobs ----

    def _settings(self) -> Settings:
        side = self.query_one("#side")
        shown = side.display
        return to_settings(
            self.rnntui.knobs,
            figures=shown or self.transcript.show_surprise,
            alternatives=12 if shown else 0,
        )

    def _steer(self) -> None:
        seed = self.rnntui.knobs.value("seed")
        self.writer.seed = None if seed is None else int(seed)
        self.writer.steer(self._settings())

    @on(KnobPanel.Changed)
    def _knob_changed(self, event: KnobPanel.Changed) -> None:
        self.rnntui.knobs = event.knobs
        self._steer()

    def action_nudge(self, name: str, steps: int) -> None:
        """Turn a knob by a stop."""
        self.knobs.nudge(name, steps)

    def action_full_speed(self) -> None:
        """As fast as the machine writes; once more for the pace before."""
        knobs = self.rnntui.knobs
        if knobs.value("pace"):
            self._pace_before = knobs.value("pace")
            changed = knobs.put("pace", 0.0)
        else:
            changed = knobs.put("pace", self._pace_before or 100.0)
        self.knobs.knobs = self.rnntui.knobs = changed
        self._steer()

    # ---- the text ----

    @on(PromptEditor.Submitted)
    def _send(self, event: PromptEditor.Submitted) -> None:
        self.rnntui.first_prompt = event.text
        self._go(lambda: self.writer.send(event.text))
        self.transcript.focus()

    @on(PromptEditor.Edited)
    @work(exclusive=True, group="ghost", exit_on_error=False)
    async def _complete(self, event: PromptEditor.Edited) -> None:
        if not event.text.strip() or self.writer.facts is None:
            return
        try:
            ghost = await self.writer.engine.complete(self.writer.model, event.text)
        except EngineError:
            return  # the notice tells of a dead engine; no ghost is no problem
        if self.prompt.value == event.text:
            self.prompt.set_ghost(ghost)

    def _go(self, begin: Callable[[], Run | None]) -> None:
        """Begin a run, or say why not."""
        try:
            run = begin()
        except RnntuiError as error:
            self.show_problem(error.what, error.fix)
            return
        if run is not None:
            self._follow(run)

    def action_prompt(self) -> None:
        """Go to the prompt."""
        self.prompt.focus()

    def action_pause(self) -> None:
        """Rest, go on, or continue a text that ended."""
        if not self.writer.writing:
            self.action_go_on()
            return
        self._rests = not self._rests
        if self._rests:
            self.writer.pause()
            self._say(f"paused; space goes on · {self._figures}")
        else:
            self.writer.resume()
        self.transcript.writing = not self._rests

    def action_stop(self) -> None:
        """Leave the prompt, or stop writing; never lose anything."""
        if self.prompt.has_focus_within:
            self.transcript.focus()
        else:
            self.notice.hide()
            self.writer.stop()

    def action_go_on(self) -> None:
        """Continue where the text ends."""
        if not self.writer.writing:
            self._go(self.writer.go_on)

    def action_again(self) -> None:
        """Write the last passage anew, with a new seed."""
        self._go(self.writer.again)

    def action_undo(self) -> None:
        """Take the last passage back."""
        self.writer.undo()

    def action_rewind(self) -> None:
        """Take a few words back."""
        self.writer.rewind(REWIND)

    def action_clear(self) -> None:
        """Forget the text."""
        self.writer.clear()
        self.transcript.clear()

    def action_copy(self) -> None:
        """Copy what is selected, else the newest text."""
        text = self.get_selected_text() or "".join(p.text for p in self.writer.manuscript.current)
        how = copy_text(self.app, text)
        self.notice.note(f"{len(text):,} characters copied {how}")

    def action_save(self) -> None:
        """Save the newest text, with its settings and seed, where the app was started."""
        path = Path.cwd() / f"rnntui-{time.strftime('%Y-%m-%d-%H%M%S')}.txt"
        try:
            beside = save_text(path, self.writer.manuscript.current)
        except RnntuiError as error:
            self.show_problem(error.what, error.fix)
            return
        self.notice.note(f"saved {one_line(str(path), 200)}, and how to have it again beside it "
                         f"({beside.name})")  # fmt: skip

    # ---- the screen ----

    def action_panel(self) -> None:
        """Show or hide the side panel."""
        side = self.query_one("#side")
        side.set_class(not side.display, "-open")
        side.set_class(side.display, "-closed")
        self.call_after_refresh(self._steer)

    def action_surprise(self) -> None:
        """Tint characters by how little they were expected."""
        self.transcript.show_surprise = not self.transcript.show_surprise
        self._steer()

    @work(exit_on_error=False)
    async def action_choose_model(self) -> None:
        """Choose another model from the library."""
        from rnntui.tui.screens.model_picker import ModelPicker

        try:
            listed = await self.writer.engine.models()
        except EngineError as error:
            self.show_problem(error.what, error.fix)
            return
        models = [model for model in listed if model.task == "text"]
        chosen = await self.app.push_screen_wait(ModelPicker(models))
        if chosen:
            self.change_model(chosen)

    @on(Transcript.SpoolFailed)
    def _spool_failed(self, event: Transcript.SpoolFailed) -> None:
        self.show_problem(event.problem.what, event.problem.fix)

    def on_screen_suspend(self, _: events.ScreenSuspend) -> None:
        """Out of sight: rest."""
        self.writer.pause()

    def on_screen_resume(self, _: events.ScreenResume) -> None:
        """In sight again: go on, unless the person paused it."""
        if not self._rests:
            self.writer.resume()


def _symbol(symbol: str | int) -> str:
    """A candidate as text: a byte of a byte model as the character it is, if it is one."""
    return (
        symbol if isinstance(symbol, str) else chr(symbol) if symbol < 128 else f"\\x{symbol:02x}"
    )
