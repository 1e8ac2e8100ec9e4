"""What stands on the Chat screen, as the talker sees it: it says what happened, this shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen

from rnntui.errors import RnntuiError
from rnntui.knobs import EVERY_KNOB
from rnntui.store.records import Turn
from rnntui.tui.chat.editor import MessageEditor
from rnntui.tui.chat.keys import KNOB_NAMES
from rnntui.tui.chat.messages import Messages, Shown
from rnntui.tui.chat.talker import Talker
from rnntui.tui.screens.desk import RESTART
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.knobs import KnobPanel
from rnntui.tui.widgets.meters import KEEP, Meter
from rnntui.tui.widgets.mode_bar import ModeBar
from rnntui.tui.widgets.notice import Notice
from rnntui.tui.widgets.one_line import OneLine

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp

NOTHING = (
    "Say something: type, and press Enter. The network answers as people in the conversations it "
    "learned did; it knows nothing of what it says. Earlier conversations are among the sessions."
)


class ChatView(Screen[None]):
    """The widgets of a conversation; a `rnntui.tui.chat.talker.View`."""

    def __init__(self) -> None:
        super().__init__()
        self.rnntui = cast("RnntuiApp", self.app)
        self.add_class(self.rnntui.width_class, update=False)
        self.bar = ModeBar("chat")
        self.messages = Messages(NOTHING)
        self.editor = MessageEditor()
        self.notice = Notice()
        self.status = OneLine(id="status")
        self.talker = Talker(self.rnntui.engine, self.rnntui.archive, self)
        self.talker.knobs = self.rnntui.chat_knobs
        self.knobs = KnobPanel(self.talker.knobs, names=KNOB_NAMES)
        self.mood = Meter("Sentiment", maximum=1.0, smooth=1, id="mood")
        """Each message's sentiment, from the first to the last of the branch."""
        self.mood.tooltip = "Probability of positive, message by message; the number is the last's"
        self.mood.display = False
        self.side = VerticalScroll(id="side", can_focus=False)
        self.editing: int | None = None
        """The turn in whose place the text in the editor is to be said."""
        self.draft = ""
        """What stood in the editor before."""
        self.on_its_way = True
        """Whether a model is on its way."""
        self.due = False
        """Whether the text in the editor is to be sent once the model is loaded."""
        self.missing = ""
        """The model of the session, where it is not here."""

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        yield self.bar
        with Horizontal(id="body"):
            yield self.messages
            with self.side:
                yield self.knobs
                yield self.mood
        yield self.notice
        yield self.editor
        yield self.status
        yield KeyLine()

    def show_talk(self) -> None:
        """The branch, or something in it, is another."""
        if not self.is_attached:
            return
        talk = self.talker.talk
        self.messages.show([self._shown(turn) for turn in talk.path])
        self._show_mood()
        self.tell()
        self.refresh_bindings()

    def show_growth(self, turn: Turn) -> None:
        """The last turn grew."""
        self.messages.grow(self._shown(turn))

    def show_thinking(self, thinking: bool) -> None:
        """A reply is being drawn, or no longer."""
        if self.is_attached:
            self.messages.think(thinking)
            self.tell()

    def show_note(self, text: str) -> None:
        """There is something to say that is no problem."""
        self.notice.note(text)

    def show_problem(self, what: str, fix: str) -> None:
        """Something failed; the conversation stays."""
        if self.rnntui.engine.death:
            fix = RESTART
        self.notice.problem(what, fix)

    def show_without(self, error: RnntuiError, fix: str = "") -> None:
        """There is no model to talk with, for the reason given."""
        self.on_its_way = self.due = False
        self.bar.facts = ()
        self.talker.facts = None
        self.show_problem(error.what, fix or error.fix)
        self.status.say("no model is loaded; Ctrl+O chooses one")

    def show_error(self, error: RnntuiError) -> None:
        """Something failed; the conversation stays."""
        self.show_problem(error.what, error.fix)

    def _show_mood(self) -> None:
        scores = [t.sentiment for t in self.talker.talk.path if t.sentiment is not None]
        self.mood.display = bool(scores)
        self.mood.clear()
        for score in scores[-KEEP:]:
            self.mood.push([score])

    def _shown(self, turn: Turn) -> Shown:
        places = self.talker.talk.siblings(turn.id)
        growing = self.talker.replying and turn.finished is None
        return Shown(turn, (places.index(turn.id) + 1, len(places)), growing)

    def tell(self) -> None:
        """Say how replies are made, and what is being done."""
        talker = self.talker
        if self.editing is not None:
            self.status.say("saying something else there: Enter says it, Esc leaves it")
            return
        written = talker.knobs.written
        parts = [f"{EVERY_KNOB[name].short.lower().rstrip('.')} {written(name)}"
                 for name in ("temperature", "candidates", "relevance")]  # fmt: skip
        parts.append(f"seed {talker.seed}")
        if talker.facts and not talker.facts.chat:
            parts.insert(0, "continues your text (no dialogue template)")
        if talker.session and talker.session.title:
            parts.append(talker.session.title)
        self.status.say(" · ".join(parts))

    @property
    def at_cursor(self) -> Turn | None:
        """The message that a key is about: that of the cursor, while typing the last one."""
        path = self.talker.talk.path
        return self.messages.selected if self.messages.has_focus else path[-1] if path else None
