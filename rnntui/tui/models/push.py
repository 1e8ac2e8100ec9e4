"""The form of a push: where to, and all that becomes public, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Static
from textual.worker import Worker

from rnntui.display import one_line, visible
from rnntui.engine.parts import Listed
from rnntui.engine.protocol.sharing import Packed
from rnntui.errors import RnntuiError
from rnntui.tui.models.tick import Tick
from rnntui.tui.train.ask import Confirm
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.mode_bar import ModeBar
from rnntui.tui.widgets.notice import Notice

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp

_FIRST = """\
Ctrl+J looks what is there and shows here all that will be public. Nothing is sent before you have
seen it and said yes.

The recipe, the vocabulary and the samples go along: do not share what was trained on a secret."""


class PushForm(Screen[Packed | None]):
    """Returns what the person has agreed to send, or None.

    Args:
        model: what is to be shared.
    """

    BINDING_GROUP_TITLE = "Share a model"
    HELP = """
# Share a model

Write where it goes, `owner/name` on the Hub, and under which licence. `Ctrl+J` looks what lies
there and shows all that becomes public; `Ctrl+J` again asks, and `y` sends it in one commit. The
address stands in the list's last line then. Log in first, by `hf auth login` where the engine is.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j", "go", "look, then share", id="push.go", priority=True),
        Binding("escape", "leave", "back", id="push.leave"),
    ]

    DEFAULT_CSS = """
    PushForm {
        .field { height: 1; padding: 0 1; }
        .field .label { width: 12; color: $text-muted; }
        .field Input { width: 1fr; }
        #public { height: 1fr; margin-top: 1; padding: 0 1; scrollbar-size-vertical: 1;
                  border-top: hkey $panel; }
        #public Static { width: 1fr; }
    }
    """

    def __init__(self, model: Listed) -> None:
        super().__init__()
        self.rnntui = cast("RnntuiApp", self.app)
        self.model = model
        self.packed: Packed | None = None
        """What was looked at last, while the form still says the same."""
        hint = f"owner/{one_line(model.name, 40)}, your name on the Hub before the slash"
        self.repository = Input(placeholder=hint, id="repository", compact=True)
        self.licence = Input(
            placeholder="of the weights: mit, apache-2.0, cc-by-4.0 ...; may stay empty",
            id="licence",
            compact=True,
        )
        self.private = Tick("private: a new repository is seen by you alone", id="private")
        self.replace = Tick("replace a card there that differs", id="replace")
        self.public = Static(_FIRST, markup=False)
        self.notice = Notice()

    def compose(self) -> ComposeResult:
        """The fields, and what becomes public."""
        yield ModeBar("models")
        with Horizontal(classes="field"):
            yield Static("Model", classes="label")
            yield Static(one_line(self.model.name, 60), markup=False)
        with Horizontal(classes="field"):
            yield Static("Repository", classes="label")
            yield self.repository
        with Horizontal(classes="field"):
            yield Static("Licence", classes="label")
            yield self.licence
        with Horizontal(classes="field"):
            yield Static("", classes="label")
            yield self.private
        with Horizontal(classes="field"):
            yield Static("", classes="label")
            yield self.replace
        with VerticalScroll(id="public"):
            yield self.public
        yield self.notice
        yield KeyLine()

    def on_mount(self) -> None:
        """Keys go to the first field."""
        self.repository.focus()

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.focus_next()

    @on(Input.Changed)
    @on(Tick.Changed)
    def _changed(self) -> None:
        """What was looked at is no longer what the form says."""
        self.workers.cancel_group(self, "look")
        if self.packed:
            self.packed = None
            self.public.update(_FIRST)

    def action_go(self) -> None:
        """Look what would be public; after that, ask and share."""
        if self.packed:
            self._ask(self.packed)
        else:
            self._look()

    @work(exclusive=True, group="look", exit_on_error=False)
    async def _look(self) -> None:
        self.notice.hide()
        self.public.update("looking ...")
        try:
            self.packed = await self.rnntui.engine.sharing.pack(
                self.model.name,
                self.model.folder,
                self.repository.value,
                private=self.private.value,
                licence=self.licence.value.strip(),
                replace_card=self.replace.value,
            )
        except RnntuiError as error:
            self.public.update(_FIRST)
            self.notice.problem(one_line(error.what, 300), one_line(error.fix, 300))
            return
        self.public.update(visible("\n".join(self.packed.lines)))
        self.query_one("#public").scroll_home(animate=False)
        self.query_one("#public").focus()
        self.notice.note("all that will be public is above; Ctrl+J shares it")

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def _ask(self, packed: Packed) -> None:
        seen = "only you will see it" if packed.private else "anyone will see it"
        question = f"Share {one_line(self.model.name)} as {one_line(packed.address, 200)}; {seen}?"
        if await self.app.push_screen_wait(Confirm(question)):
            self.dismiss(packed)

    def action_leave(self) -> None:
        """Go back; nothing is sent."""
        self.dismiss(None)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a bug in the background."""
        self.rnntui.on_worker_state_changed(event)
