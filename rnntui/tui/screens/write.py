"""The Write mode: a network writes, and the person turns the knobs while it does.

Thin: keys here, layout and knobs in `steering`, decisions in `tui.writer`, what is shown in `desk`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

import msgspec
from textual import events, on, work
from textual.binding import BindingType

from rnntui.engine.child import Death
from rnntui.engine.client import EngineError, Run
from rnntui.engine.parts import Facts
from rnntui.errors import RnntuiError
from rnntui.store.records import Author
from rnntui.tui.clipboard import copy_text
from rnntui.tui.copying import about_copies
from rnntui.tui.manuscript import Passage
from rnntui.tui.saving import Saved
from rnntui.tui.screens.desk import about_model
from rnntui.tui.screens.steering import SteeringScreen
from rnntui.tui.screens.write_keys import HELP, KEYS
from rnntui.tui.text_keeping import TextKeeping
from rnntui.tui.widgets.prompt import PromptEditor
from rnntui.tui.widgets.transcript import Transcript

REWIND = 20
"""Characters that one press of Backspace takes back: three or four words."""


class WriteScreen(SteeringScreen):
    """The text, the knobs, and what the network thinks."""

    BINDING_GROUP_TITLE = "Write"
    HELP = HELP
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self) -> None:
        super().__init__()
        self.writer.kept = TextKeeping(
            self.rnntui.archive, self._author,
            lambda error: self.desk.show_problem(error.what, error.fix),
        )  # fmt: skip

    def on_mount(self) -> None:
        """Begin to write as soon as the engine can."""
        self.rnntui.text = lambda: self.writer.manuscript.text
        self.rnntui.engine_died.subscribe(self, self._engine_died)
        self.rnntui.engine_restarted.subscribe(self, self._engine_restarted)
        self.set_focus(self.transcript)
        self.writer.steer(self._settings())
        self.desk.say("the engine is starting")
        self.open()

    # ---- the engine ----

    @work(exclusive=True, group="model", exit_on_error=False)
    async def open(self) -> None:
        """Wait for the engine, load the model, and write."""
        try:
            await self.rnntui.engine_ready()
            facts, missing = await self._load()
        except RnntuiError as error:
            self.desk.say("no model is loaded; Ctrl+O chooses one")
            self.desk.show_problem(error.what, error.fix)
            return
        self._take_model(facts)
        if missing:
            told = f"{missing}; {facts.name} writes in its place"
            self.notify(told, severity="warning", markup=False, timeout=10)
        if not self.writer.manuscript.passages:  # else a session was resumed meanwhile
            self._follow(self.writer.send(self.rnntui.first_prompt or facts.prompt))
        if self.desk.sentiment.on:
            self._find_judge()

    async def _load(self) -> tuple[Facts, str]:
        """Load the model, or the one that ships where what was remembered is no longer here.

        Returns:
            What it is, and what was wrong with the other.

        Raises:
            EngineError: neither can be loaded, or the person named a model and it cannot.
        """
        from rnntui.tui.app import DEFAULT_MODEL

        app = self.rnntui
        try:
            return await self.writer.load(app.model), ""
        except EngineError as error:
            if app.model in (app.launch.model, DEFAULT_MODEL) or app.engine.death:
                raise
            app.model, missing = DEFAULT_MODEL, error.what
        return await self.writer.load(app.model), missing

    @work(exclusive=True, group="model", exit_on_error=False)
    async def change_model(self, model: str, *, anew: bool = False) -> None:
        """Load another model; it goes on with the text if one was being written.

        Args:
            model: a name or a folder.
            anew: whether it is to begin a text of its own instead.
        """
        writing = self.writer.writing
        try:
            facts = await self.writer.load(model)
        except EngineError as error:
            self.desk.show_problem(error.what, error.fix)
            return
        self.rnntui.model = model
        self._take_model(facts)
        if not self.writer.manuscript.passages:
            self._follow(self.writer.send(self.rnntui.first_prompt or facts.prompt))
        elif anew:
            self._follow(self.writer.send(facts.prompt))
        elif writing:
            self._follow(self.writer.go_on(seed=self.writer.seed))
        else:
            self.desk.notice.note(f"{facts.name} goes on with the text: press c")

    @work(exit_on_error=False)
    async def action_choose_model(self) -> None:
        """Choose another model from the library."""
        from rnntui.tui.screens.model_picker import ModelPicker

        try:
            listed = await self.writer.engine.models()
        except EngineError as error:
            self.desk.show_problem(error.what, error.fix)
            return
        models = [model for model in listed if model.task == "text"]
        chosen = await self.app.push_screen_wait(ModelPicker(models, self.writer.model))
        if chosen:
            self.change_model(chosen)

    def _take_model(self, facts: Facts) -> None:
        self.desk.notice.hide()
        self.rnntui.writes = self.rnntui.model
        self.bar.facts = about_model(facts)
        self.knobs.knobs = self.rnntui.knobs = self.rnntui.knobs.suggest(facts.suggested)
        self._steer()

    @work(exclusive=True, group="run", exit_on_error=False)
    async def _follow(self, run: Run) -> None:
        self._rests = False
        await self.writer.follow(run)
        self._look()

    def _engine_died(self, death: Death) -> None:
        """The engine is gone; the text is here. Ask for a restart."""
        self.writer.manuscript.forget_runs()
        self.desk.show_problem(death.what, death.fix)

    def _engine_restarted(self, _: None) -> None:
        self.writer.manuscript.forget_runs()
        self.change_model(self.rnntui.model)

    # ---- the text ----

    @on(PromptEditor.Submitted)
    def _send(self, event: PromptEditor.Submitted) -> None:
        self.rnntui.first_prompt = event.text
        self._go(lambda: self.writer.send(event.text))
        self.set_focus(self.transcript)

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
            self.desk.show_problem(error.what, error.fix)
            return
        if run is not None:
            self._follow(run)

    @on(events.Paste)
    def _paste(self, event: events.Paste) -> None:
        """Take what is pasted while the text has the focus as the prompt's."""
        event.stop()
        self.set_focus(self.prompt)
        self.prompt.post_message(events.Paste(event.text))

    def action_prompt(self) -> None:
        """Go to the prompt."""
        self.set_focus(self.prompt)  # at once: the keys that follow are meant for it

    @work(exit_on_error=False)
    async def action_open_prompt(self) -> None:
        """Take a file as the prompt; it can be changed before it is sent."""
        from rnntui.tui.screens.file_picker import FilePicker

        path = await self.app.push_screen_wait(FilePicker("Prompt from a file"))
        if path is None:
            return
        try:
            await self.prompt.load_file(path)
        except RnntuiError as error:
            self.desk.show_problem(error.what, error.fix)
            return
        self.set_focus(self.prompt)

    def action_pause(self) -> None:
        """Rest, go on, or continue a text that ended."""
        if not self.writer.writing:
            self.action_go_on()
            return
        self._rests = not self._rests
        if self._rests:
            self.writer.pause()
        else:
            self.writer.resume()
        self.desk.show_rest(self._rests)

    @on(PromptEditor.Left)
    def _leave_prompt(self) -> None:
        self.set_focus(self.transcript)

    def action_stop(self) -> None:
        """Stop writing; what was written stays."""
        self.desk.notice.hide()
        self.writer.stop()

    def interrupt(self) -> bool:
        """Stop writing, wherever the focus is; return whether there was something to stop."""
        writing = self.writer.writing
        self.writer.stop()
        return writing

    def action_go_on(self) -> None:
        """Continue where the text ends."""
        if not self.writer.writing:
            self._go(self.writer.go_on)

    def action_again(self) -> None:
        """Write the last passage anew, with a new seed."""
        self._go(self.writer.again)

    @work(exit_on_error=False)
    async def action_branch(self) -> None:
        """Go on in several ways side by side, and from the one that is picked."""
        from rnntui.tui.screens.branches import BranchScreen

        if self.writer.facts is None:
            self.desk.show_problem("no model is loaded", "choose one with Ctrl+O")
            return
        self.writer.stop()
        passage: Passage | None = await self.app.push_screen_wait(BranchScreen(self.writer))
        self.knobs.knobs = self.rnntui.knobs  # they may have been turned there
        self._steer()
        if passage:
            self.writer.adopt(passage)
            self._go(self.writer.go_on)

    def action_undo(self) -> None:
        """Take the last passage back."""
        self.writer.undo()
        self._look()

    def action_redo(self) -> None:
        """Bring back what was taken back last, or cleared."""
        if self.writer.redo():
            self.desk.notice.hide()
        else:
            self.desk.notice.note("nothing was taken back")

    def action_rewind(self) -> None:
        """Take a few words back."""
        self.writer.rewind(REWIND)
        self._look()

    def action_clear(self) -> None:
        """Begin with an empty page."""
        self.writer.clear()
        self.rnntui.first_prompt = ""
        self.desk.notice.note("cleared; U brings the text back")

    def action_copy(self) -> None:
        """Copy what is selected, else the newest text."""
        text = self.get_selected_text() or "".join(p.text for p in self.writer.manuscript.current)
        how = copy_text(self.app, text)
        self.desk.notice.note(f"{len(text):,} characters copied {how}")

    @work(exit_on_error=False)
    async def action_save(self) -> None:
        """Save the newest text, with its settings and seed, where the app was started."""
        saved = Saved.of(self.writer.manuscript.current)
        try:
            self.desk.notice.note(await asyncio.to_thread(saved.write_here))
        except RnntuiError as error:
            self.desk.show_problem(error.what, error.fix)

    @work(exclusive=True, group="copied", exit_on_error=False)
    async def action_copied(self) -> None:
        """Say how much of the newest passage stands in what its model learned."""
        written = self.writer.manuscript.written
        self.desk.notice.note("reading what the model learned ...")
        try:
            self.desk.notice.note(await about_copies(self.rnntui.engine, written))
        except EngineError as error:
            self.desk.show_problem(error.what, error.fix)

    @on(Transcript.SpoolFailed)
    def _spool_failed(self, event: Transcript.SpoolFailed) -> None:
        self.desk.show_problem(event.problem.what, event.problem.fix)

    # ---- sessions ----

    def _author(self) -> Author:
        facts, sampling = self.writer.facts, msgspec.to_builtins(self.writer.settings.sampling)
        name, revision = (facts.name, facts.revision) if facts else ("", "")
        return Author(name, revision, self.writer.seed, sampling)

    def keep(self) -> None:
        """End the text and have it kept: another takes its place, or the app ends."""
        self.writer.leave()

    def _keep_so_far(self) -> None:
        if self.writer.kept:
            self.writer.kept.sync(self.writer.manuscript, writing=self.writer.writing)

    def action_sessions(self) -> None:
        """Find and resume what was written, or said, before."""
        from rnntui.tui.chat.sessions import open_sessions

        open_sessions(self.rnntui)

    def take_resumed(self) -> bool:
        """Take the session that was chosen, if it is a text; return whether there was one."""
        resumed = self.rnntui.resumed
        if resumed is None or resumed.session.kind != "write" or self.writer.kept is None:
            return False
        self.rnntui.resumed = None
        self.keep()
        self.writer.take(self.writer.kept.resume(resumed))
        self.desk.say("c goes on with the text")
        return True

    def on_screen_suspend(self, _: events.ScreenSuspend) -> None:
        """Out of sight: rest."""
        self.writer.pause()
        self._keep_so_far()

    def on_screen_resume(self, _: events.ScreenResume) -> None:
        """In sight again: go on, unless the person paused it."""
        if self.take_resumed():
            return
        if not self._rests:
            self.writer.resume()
        self._keep_so_far()  # its session may have been deleted meanwhile
