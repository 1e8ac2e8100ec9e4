"""The Sentiment mode: a text, its verdict, and the words that made it.

Thin: keys and layout here; the verdict in words is in `judged`, many reviews in `batch_screen`.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.worker import Worker

from rnntui.display import one_line
from rnntui.engine.child import Death
from rnntui.engine.client import EngineError
from rnntui.engine.parts import Facts
from rnntui.engine.protocol import Judged
from rnntui.errors import RnntuiError
from rnntui.tui.clipboard import copy_text
from rnntui.tui.judges import HOW_TO_GET_ONE, NONE_HERE, find_judge, is_called, judges
from rnntui.tui.screens.desk import RESTART, about_model
from rnntui.tui.sentiment.batch import Batch, reading
from rnntui.tui.sentiment.editor import JudgedEditor
from rnntui.tui.sentiment.judged import Word, verdict_line, words_of
from rnntui.tui.sentiment.keys import HELP, KEYS
from rnntui.tui.sentiment.reviews import about_encoding, read_one
from rnntui.tui.sentiment.score_line import ScoreLine
from rnntui.tui.sentiment.word_list import WordList
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.mode_bar import ModeBar
from rnntui.tui.widgets.notice import Notice
from rnntui.tui.widgets.one_line import OneLine

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp

_TRACED_AFTER = 0.6
"""Seconds of rest after which a model of both directions reads all anew for each word."""

EMPTY = "nothing to judge yet"
UNJUDGED = "no verdict yet"


class SentimentScreen(Screen[None]):
    """A text and what a network thinks of it."""

    BINDING_GROUP_TITLE = "Sentiment"
    HELP = HELP
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self) -> None:
        super().__init__()
        self.rnntui = cast("RnntuiApp", self.app)
        self.add_class(self.rnntui.width_class, update=False)
        self.bar = ModeBar("sentiment")
        self.verdict = OneLine(EMPTY, id="verdict")
        self.scores = ScoreLine()
        self.editor = JudgedEditor()
        self.words = WordList()
        self.notice = Notice()
        self.status = OneLine(id="status")
        self.facts: Facts | None = None
        """The model that judges."""
        self.many: Batch | None = None
        """The file of reviews opened last."""
        self._said = ""

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        yield self.bar
        yield self.verdict
        yield self.scores
        with Horizontal(id="body"):
            yield self.editor
            with Vertical(id="side"):
                yield Static(" words that moved it", classes="title", markup=False)
                yield self.words
        yield self.notice
        yield self.status
        yield KeyLine()

    def on_mount(self) -> None:
        """Find a model; typing need not wait for it."""
        self.rnntui.engine_died.subscribe(self, self._engine_died)
        self.rnntui.engine_restarted.subscribe(self, self._engine_restarted)
        self._say("the engine is starting")
        self.editor.load(self.rnntui.review)
        self.set_focus(self.editor)

    def on_screen_resume(self, _: events.ScreenResume) -> None:
        """In sight: look for a model if there was none; one may have been trained meanwhile."""
        if self.facts is None:
            self.open()

    # ---- the model ----

    @work(exclusive=True, group="model", exit_on_error=False)
    async def open(self, wanted: str = "") -> None:
        """Load the model asked for, else the one used last, else the default, else any."""
        asked = wanted or self.rnntui.judge
        try:
            await self.rnntui.engine_ready()
            facts = await find_judge(self.rnntui.engine, asked)
        except RnntuiError as error:
            self._problem(error)
            self._say(f"no model is loaded; {self._key('sentiment.model')} chooses one")
            return
        if facts is None:
            self.notice.problem(NONE_HERE, HOW_TO_GET_ONE)
            self._say("no model")
            return
        self.facts = facts
        self.notice.hide()
        if asked and not is_called(facts, asked):
            self.notice.note(f"{one_line(asked)} is no model that judges here; {facts.name} does")
            asked = ""
        self.rnntui.judge = asked or facts.name
        self.bar.facts = about_model(facts)
        self._say("")
        self.judge(self.editor.value)

    def _key(self, name: str) -> str:
        """Return the first key of an action."""
        bound = next(b for _, b in self._bindings if b.id == name)
        return self.app.get_key_display(bound)

    def _problem(self, error: RnntuiError) -> None:
        fix = RESTART if self.rnntui.engine.death else error.fix
        self.notice.problem(error.what, fix)

    def _engine_died(self, death: Death) -> None:
        self.notice.problem(death.what, RESTART)

    def _engine_restarted(self, _: None) -> None:
        self.notice.hide()
        self.open(self.facts.folder if self.facts else "")

    @work(exit_on_error=False)
    async def action_choose_model(self) -> None:
        """Choose another model from the library."""
        from rnntui.tui.screens.model_picker import ModelPicker

        try:
            await self.rnntui.engine_ready()
            listed = judges(await self.rnntui.engine.models(), self.rnntui.judge)
        except RnntuiError as error:
            self._problem(error)
            return
        current = self.facts.folder if self.facts else ""
        picker = ModelPicker(listed, current, what="judge", none=HOW_TO_GET_ONE)
        if chosen := await self.app.push_screen_wait(picker):
            self.open(chosen)

    # ---- the verdict ----

    @on(JudgedEditor.Edited)
    def _edited(self, event: JudgedEditor.Edited) -> None:
        self.rnntui.review = event.text
        self.judge(event.text)

    @work(exclusive=True, group="judge", exit_on_error=False)
    async def judge(self, text: str) -> None:
        """Judge a text; a newer one replaces it."""
        if not text.strip():
            self._show_nothing()
            return
        if self.facts is None:
            self.verdict.say(UNJUDGED)
            return
        model, both = self.facts.folder, self.facts.bidirectional
        try:
            judged = await self.rnntui.engine.sentiment.judge(model, text, trace=not both)
            if judged:
                self._show(text, judged)
            if judged and both:
                await asyncio.sleep(_TRACED_AFTER)
                judged = await self.rnntui.engine.sentiment.judge(model, text)
                if judged:
                    self._show(text, judged)
        except EngineError as error:
            self._problem(error)

    def _show_nothing(self) -> None:
        self.verdict.say(EMPTY)
        self._show_words([])
        if self.facts:
            self._say("")

    def _show(self, text: str, judged: Judged) -> None:
        if judged.verdict is None or text != self.editor.value:
            return
        self.notice.settle()
        self.verdict.say(verdict_line(judged))
        if judged.trace:
            self._show_words(words_of(text, judged.trace) if judged.verdict.known else [])

    def _show_words(self, words: list[Word]) -> None:
        self.editor.show_words(words)
        self.words.show(words)
        self.scores.show([word.score for word in words])

    def _say(self, said: str) -> None:
        self._said = said
        self.status.say(said)

    @on(JudgedEditor.AtWord)
    def _at_word(self, event: JudgedEditor.AtWord) -> None:
        self.scores.mark(event.number)
        self.status.say(_about(event.word) if event.word else self._said)

    # ---- the text ----

    @on(OptionList.OptionSelected)
    def _find(self, event: OptionList.OptionSelected) -> None:
        _, word = self.words.listed[event.option_index]
        self.editor.go_to(word)
        self.set_focus(self.editor)

    @on(ScoreLine.Chosen)
    def _chosen(self, event: ScoreLine.Chosen) -> None:
        if event.number < len(self.editor.words):
            self.editor.go_to(self.editor.words[event.number])
            self.set_focus(self.editor)

    @on(JudgedEditor.Left)
    def _left(self) -> None:
        side = self.query_one("#side")
        if not side.display:
            self.action_panel()
        self.set_focus(self.words)

    def action_type(self) -> None:
        """Go to the text."""
        self.set_focus(self.editor)

    def action_panel(self) -> None:
        """Show or hide the words that moved the verdict."""
        side = self.query_one("#side")
        shown = side.display
        side.set_class(not shown, "-open")
        side.set_class(shown, "-closed")
        if shown:
            self.set_focus(self.editor)

    def action_copy(self) -> None:
        """Copy what is selected, else the text."""
        text = self.editor.selected_text or self.editor.value
        how = copy_text(self.app, text)
        self.notice.note(f"{len(text):,} characters copied {how}")

    @work(exit_on_error=False)
    async def action_open(self) -> None:
        """Take a file as the text; it can be changed."""
        from rnntui.tui.screens.file_picker import FilePicker

        path = await self.app.push_screen_wait(FilePicker("A text from a file"))
        if path is None:
            return
        try:
            text = await asyncio.to_thread(read_one, path)
        except RnntuiError as error:
            self.notice.problem(error.what, error.fix)
            return
        self._load(text)
        if said := about_encoding(path, [text]):
            self.notice.note(said)

    def _load(self, text: str) -> None:
        self.notice.hide()
        self.editor.put(text)
        self.editor.move_cursor((0, 0))
        self.set_focus(self.editor)
        self.judge(self.editor.value)

    # ---- many reviews ----

    @work(exclusive=True, group="many", exit_on_error=False)
    async def action_batch(self) -> None:
        """Judge a file of reviews, or go back to the one opened last."""
        from rnntui.tui.screens.file_picker import FilePicker
        from rnntui.tui.sentiment.batch_screen import BatchScreen

        if self.facts is None:
            self.notice.problem(NONE_HERE, HOW_TO_GET_ONE)
            return
        if self.many is None:
            title = "A file of reviews: CSV, or one text a line"
            path = await self.app.push_screen_wait(FilePicker(title, "path of a file of reviews"))
            self.many = await self._read(path) if path else None
            if self.many is None:
                return
        listed = BatchScreen(self.many, self.facts)
        text = await self.app.push_screen_wait(listed)
        self.many = listed.many
        if text is not None:
            self._load(text)

    async def _read(self, path: Path) -> Batch | None:
        """Return a file of reviews; say what is wrong with it."""
        self._say(reading(path))
        try:
            return await asyncio.to_thread(Batch.of_file, path)
        except RnntuiError as error:
            self.notice.problem(error.what, error.fix)
            return None
        finally:
            self._say("")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a bug in the background."""
        self.rnntui.on_worker_state_changed(event)


def _about(word: Word) -> str:
    """Return the number of a word: `“forget” +0.44 · up to here 0.71`."""
    known = "" if word.known else " (unknown)"
    share = f"{word.share:+.2f}".replace("-", "−")
    return f"“{one_line(word.text, 30)}”{known} {share} · positive up to here: {word.score:.2f}"
