"""The Chat mode: a conversation with a network, its branches, and what it might have said instead.

Thin: keys and layout here, decisions in `talker`, what is shown of a message in `messages`.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.worker import Worker

from rnntui.engine.child import Death
from rnntui.engine.parts import Facts
from rnntui.errors import RnntuiError
from rnntui.store.records import Conversation
from rnntui.tui.chat.keys import HELP, KEYS
from rnntui.tui.chat.messages import Messages
from rnntui.tui.chat.models import (
    HOW_TO_GET_ONE,
    NO_TEMPLATE,
    NONE_HERE,
    find_remembered,
    find_talker,
    place_of,
    talkers,
)
from rnntui.tui.chat.talk import Talk
from rnntui.tui.chat.view import ChatView
from rnntui.tui.clipboard import copy_text
from rnntui.tui.judges import find_judge
from rnntui.tui.screens.desk import RESTART, about_model
from rnntui.tui.widgets.knobs import KnobPanel


class ChatScreen(ChatView):
    """A conversation."""

    BINDING_GROUP_TITLE = "Chat"
    HELP = HELP
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def on_mount(self) -> None:
        """Find a model; typing need not wait for it."""
        self.rnntui.engine_died.subscribe(self, self._engine_died)
        self.rnntui.engine_restarted.subscribe(self, self._engine_restarted)
        self.set_focus(self.editor)
        self.status.say("the engine is starting")

    def on_screen_resume(self, _: events.ScreenResume) -> None:
        """In sight: take a session that was chosen, and look for a model if there was none."""
        if self.take_resumed():
            return
        if self.talker.facts is None and not self.missing:
            self.open()
        self._leave_deleted()

    def take_resumed(self) -> bool:
        """Take the session that was chosen, if it is a chat; return whether there was one."""
        resumed = self.rnntui.resumed
        if resumed is None or resumed.session.kind != "chat":
            return False
        self.rnntui.resumed = None
        self._resume(resumed)
        return True

    @work(exclusive=True, group="deleted", exit_on_error=False)
    async def _leave_deleted(self) -> None:
        """Go on in another session where this one was deleted meanwhile."""
        session = self.talker.keeping.session
        if session is None:
            return
        try:
            kept = await self.rnntui.archive.ask(lambda store: store.session(session))
        except RnntuiError:
            return  # what is said next tells
        if kept.deleted and self.talker.keeping.session == session:
            self._begin()
            self.notice.note("that session was deleted; what is said now begins another")

    # ---- the model ----

    @work(exclusive=True, group="model", exit_on_error=False)
    async def open(self, wanted: str = "") -> None:
        """Load the model asked for, else the one used last, else the default, else any."""
        engine, self.on_its_way = self.rnntui.engine, True
        try:
            await self.rnntui.engine_ready()
            facts = await find_remembered(self.rnntui, wanted or self.rnntui.talker)
        except RnntuiError as error:
            if self.talker.facts and not engine.death:  # the old one stays
                self.on_its_way = False
                self.show_error(error)
            else:
                self.show_without(error)
            return
        self.notice.hide()
        self.take_model(facts)
        if not facts.chat:
            default = not (wanted or self.rnntui.talker)
            told = NO_TEMPLATE.format(name=facts.name)
            self.notice.note(f"{NONE_HERE} ({HOW_TO_GET_ONE}); {told}" if default else told)
        if not self.talker.judge and self.rnntui.configured.settings.sentiment:
            try:
                judge = await find_judge(engine, self.rnntui.judge)
            except RnntuiError:
                return  # messages go without a score; the Sentiment mode tells why
            self.talker.judge = judge.folder if judge else ""

    def take_model(self, facts: Facts) -> None:
        """Go on with a model."""
        self.missing, self.on_its_way = "", False
        self.bar.facts = about_model(facts)
        knobs = self.talker.knobs.suggest(facts.suggested)
        self.knobs.knobs = self.talker.knobs = self.rnntui.chat_knobs = knobs
        self.talker.take_model(facts)
        self.tell()
        if self.due:
            self.due = False
            self.action_send()

    def _engine_died(self, death: Death) -> None:
        self.talker.stop()
        self.notice.problem(death.what, RESTART)

    def _engine_restarted(self, _: None) -> None:
        self.notice.hide()
        self.open(self.talker.facts.folder if self.talker.facts else "")

    @work(exit_on_error=False)
    async def action_choose_model(self) -> None:
        """Choose who replies."""
        from rnntui.tui.screens.model_picker import ModelPicker

        try:
            await self.rnntui.engine_ready()
            listed = talkers(await self.rnntui.engine.models())
        except RnntuiError as error:
            self.show_error(error)
            return
        current = self.talker.facts.folder if self.talker.facts else ""
        if chosen := await self.app.push_screen_wait(ModelPicker(listed, current, what="reply")):
            self.rnntui.talker = chosen
            self.open(chosen)

    # ---- speaking ----

    def action_send(self) -> None:
        """Send what is typed; it stays where it cannot be sent."""
        text = self.editor.value
        if not text.strip():
            return
        if self.talker.facts is None and self.on_its_way:
            self.due = True
            self.status.say("sent as soon as the model is loaded; Esc takes it back")
            return
        try:
            if self.editing is not None:
                turn = self.talker.edit(self.editing, text)
            else:
                turn = self.talker.say(text)
        except RnntuiError as error:
            self.show_error(error)
            return
        self.notice.hide()
        if self.editing is None:
            self.editor.load("")
        else:
            self._leave_editing()
        self._reply()
        self._judge(self.talker.talk, turn.id)

    @work(group="reply", exit_on_error=False)
    async def _reply(self) -> None:
        self.messages.cursor = max(0, len(self.talker.talk.path) - 1)
        await self.talker.reply()

    @work(group="mood", exit_on_error=False)
    async def _judge(self, talk: Talk, number: int) -> None:
        await self.talker.judge_turn(talk, number)

    def action_again(self) -> None:
        """Reply again, otherwise: to the message of the cursor, else to the last one."""
        turn = self.at_cursor
        if turn is None:
            self.notice.note("nothing was said yet")
            return
        self.notice.hide()
        self.talker.stop()
        self.talker.talk.rewind(turn.id)
        self._reply()

    def action_stop(self) -> None:
        """Stop the reply; else leave what is being edited; else go to the messages, and back."""
        if self.talker.stop():
            return
        self.due = False
        self.notice.hide()
        if self.editing is not None:
            self._leave_editing()
        elif self.editor.has_focus and self.talker.talk.path:
            self.action_messages()
        else:
            self.set_focus(self.editor)

    def keep(self) -> None:
        """The app ends: so does the reply."""
        self.talker.stop()

    def interrupt(self) -> bool:
        """Stop the reply, wherever the focus is; return whether there was something to stop."""
        return self.talker.stop()

    def action_messages(self) -> None:
        """Go to the messages."""
        if self.talker.talk.path:
            self.messages.cursor = len(self.talker.talk.path) - 1
            self.set_focus(self.messages)

    def action_type(self) -> None:
        """Go to the editor."""
        self.set_focus(self.editor)

    def action_edit(self) -> None:
        """Say something else where you spoke, at the message of the cursor or before it."""
        path = self.talker.talk.path
        at = self.at_cursor
        own = [turn for turn in path if turn.role != "model" and at and turn.id <= at.id]
        if not own:
            self.notice.note("there is no message of yours to edit")
            return
        if self.editing is None:
            self.draft = self.editor.value
        self.editing = own[-1].id
        self.editor.load(own[-1].text)
        self.set_focus(self.editor)
        self.tell()

    def _leave_editing(self) -> None:
        """Put back what was being typed before a message was edited."""
        if self.editing is not None:
            self.editing = None
            self.editor.load(self.draft)
        self.tell()

    # ---- branches and candidates ----

    def action_branch(self, by: int) -> None:
        """Follow another branch at the message of the cursor."""
        turn = self.at_cursor
        places = self.talker.talk.siblings(turn.id) if turn else []
        if turn is None or len(places) < 2:
            self.notice.note("there is one branch here; r replies again, e says something else")
            return
        cursor = self.messages.cursor
        self.talker.go_to(places[(places.index(turn.id) + by) % len(places)])
        self.messages.cursor = min(cursor, len(self.talker.talk.path) - 1)

    @on(Messages.Branched)
    def _branched(self, event: Messages.Branched) -> None:
        self.set_focus(self.messages)
        self.action_branch(event.by)

    @on(Messages.Opened)
    def _opened(self) -> None:
        turn = self.messages.selected
        if turn is not None and turn.role != "model":
            self.action_edit()
        else:
            self.action_others()

    @work(exclusive=True, group="others", exit_on_error=False)
    async def action_others(self) -> None:
        """See what else might have been said, with the scores, and choose."""
        from rnntui.tui.chat.others import Others

        turn = self.at_cursor
        if turn is None or not turn.candidates:
            self.notice.note("there are no candidates here: r draws some")
            return
        chosen = await self.app.push_screen_wait(Others(turn.candidates, turn.text))
        if chosen is not None:
            self._judge(self.talker.talk, self.talker.choose(turn.id, chosen).id)

    # ---- sessions ----

    def action_sessions(self) -> None:
        """Find, rename, export, resume what was said before."""
        from rnntui.tui.chat.sessions import open_sessions

        open_sessions(self.rnntui)

    def _begin(self, conversation: Conversation | None = None) -> None:
        """Begin a conversation, or go on with another; what was typed stays, unsent."""
        self.due = False
        self._leave_editing()
        self.talker.begin(conversation)

    def _resume(self, conversation: Conversation) -> None:
        """Go on with a session, and with its model where that is here."""
        self.notice.hide()
        self._begin(conversation)
        self.set_focus(self.editor)
        self._open_model_of(conversation)

    @work(exclusive=True, group="model", exit_on_error=False)
    async def _open_model_of(self, conversation: Conversation) -> None:
        author, self.on_its_way = conversation.session.author, True
        name, wanted = author.model, place_of(author.model, self.rnntui.talker)
        try:
            await self.rnntui.engine_ready()
            facts = await find_talker(self.rnntui.engine, wanted, self.rnntui.model)
        except RnntuiError:
            self.missing = "" if self.rnntui.engine.death else name
            can = "Ctrl+G fetches it from the Hub, " if "/" in name else ""
            gone = RnntuiError(f"{name}, which spoke here, is not here")
            self.show_without(gone, f"{can}Ctrl+O goes on with another model")
            return
        other = author.revision and author.revision != facts.revision
        self.take_model(facts)
        if other:
            self.notice.note(f"{facts.name} has changed since: replies will differ")

    def action_fetch(self) -> None:
        """Fetch the session's model from the Hub."""
        if self.missing:
            self._fetch(self.missing)
        else:
            self.notice.note("the model is being loaded" if self.on_its_way else "it is here")

    @work(exclusive=True, group="model", exit_on_error=False)
    async def _fetch(self, name: str) -> None:
        self.notice.note(f"fetching {name} ...")
        try:
            folder = await self.rnntui.engine.sharing.fetch(name)
            if folder is None:  # cancelled, from the Models mode
                return
            facts = await self.rnntui.engine.load(folder)
        except RnntuiError as error:
            self.show_error(error)
            return
        self.notice.hide()
        self.take_model(facts)

    def action_fresh(self) -> None:
        """Begin a new conversation; this one is kept."""
        self._begin()
        self.notice.note("a new conversation; Ctrl+F finds the one before")
        self.set_focus(self.editor)

    @work(exclusive=True, group="export", exit_on_error=False)
    async def action_export(self) -> None:
        """Write this conversation as a Markdown page where the app was started."""
        from rnntui.tui.chat.exporting import export

        session = self.talker.keeping.session
        if session is None:
            self.notice.note("nothing was said yet")
            return
        try:
            path = await self.rnntui.archive.ask(lambda store: export(store, session, "md"))
        except RnntuiError as error:
            self.show_error(error)
        else:
            self.notice.note(f"written to {path}")

    # ---- knobs and the screen ----

    @on(KnobPanel.Changed)
    def _knob_changed(self, event: KnobPanel.Changed) -> None:
        self.talker.knobs = self.rnntui.chat_knobs = event.knobs
        self.tell()

    def action_nudge(self, name: str, steps: int) -> None:
        """Turn a knob by a stop."""
        self.knobs.nudge(name, steps)

    def action_panel(self) -> None:
        """Show or hide the knobs."""
        shown = self.side.display
        self.side.set_class(not shown, "-open")
        self.side.set_class(shown, "-closed")

    def action_copy(self) -> None:
        """Copy the message of the cursor."""
        turn = self.at_cursor
        if turn is not None:
            how = copy_text(self.app, turn.text)
            self.notice.note(f"{len(turn.text):,} characters copied {how}")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a bug in the background."""
        self.rnntui.on_worker_state_changed(event)
