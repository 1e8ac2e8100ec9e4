"""The sessions that are kept: found, resumed, renamed, deleted, exported, imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input, OptionList
from textual.worker import Worker

from rnntui.errors import RnntuiError
from rnntui.store.records import Conversation, Kind
from rnntui.store.store import KEPT_DAYS, Store
from rnntui.tui.chat.exporting import Form, export, export_all, import_
from rnntui.tui.chat.keys import SESSIONS_HELP, SESSIONS_KEYS
from rnntui.tui.chat.session_list import Row, SessionList, hit_row, session_row
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.mode_bar import ModeBar
from rnntui.tui.widgets.notice import Notice
from rnntui.tui.widgets.one_line import OneLine

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp

MOST = 200
"""Rows listed; the search finds the others."""
_KINDS: tuple[Kind | None, ...] = (None, "chat", "write")
_NAMES = {None: "chats and texts", "chat": "chats", "write": "texts"}


class Search(Input):
    """What is sought, or a new name."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # At once: keys that were typed ahead are meant for the list.
        Binding("down", "screen.list", "list", key_display="↓", id="sessions.down")
    ]

    DEFAULT_CSS = """
    Search, Search:focus {
        border: none;
        height: 1;
        padding: 0 1;
        margin: 1 0;
        background: $surface;
    }
    Search:focus { background: $boost; }
    """

    def __init__(self) -> None:
        super().__init__(placeholder="› search all that was said and written", id="search")


def open_sessions(app: RnntuiApp) -> None:
    """Open the screen; a session that is chosen opens in the mode it is of."""

    def take(conversation: Conversation | None) -> None:
        if conversation is not None:
            app.resumed = conversation
            mode = "chat" if conversation.session.kind == "chat" else "write"
            if app.current_mode != mode:
                app.switch_mode(mode)
            take_it = getattr(app.screen, "take_resumed", None)
            if take_it and app.screen.is_mounted:
                take_it()

    app.push_screen(SessionsScreen(), take)


class SessionsScreen(Screen[Conversation | None]):
    """Returns the session to resume, or None."""

    BINDING_GROUP_TITLE = "Sessions"
    HELP = SESSIONS_HELP
    BINDINGS: ClassVar[list[BindingType]] = SESSIONS_KEYS
    AUTO_FOCUS = "#search"

    def __init__(self) -> None:
        super().__init__()
        self.rnntui = cast("RnntuiApp", self.app)
        self.bar = ModeBar(self.rnntui.current_mode)
        self.search = Search()
        self.listed = SessionList()
        self.notice = Notice()
        self.status = OneLine(id="status")
        self._kind = 0
        self._renaming: int | None = None

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        yield self.bar
        yield self.search
        yield self.listed
        yield self.notice
        yield self.status
        yield KeyLine()

    def on_mount(self) -> None:
        """List them."""
        self.look()

    # ---- the list ----

    @work(exclusive=True, group="look", exit_on_error=False)
    async def look(self) -> None:
        """List the sessions, or the places where what is sought stands."""
        words = "" if self._renaming is not None else self.search.value
        kind, width = _KINDS[self._kind], self.app.size.width

        def found(store: Store) -> tuple[list[Row], str]:
            if not words.strip():
                listed = store.sessions(kind=kind, limit=MOST)
                return [session_row(each, width) for each in listed], _NAMES[kind]
            # By its title too: a session is often known by the name it was given.
            named = store.sessions(kind=kind, titled=words, limit=20)
            hits = store.search(words, kind=kind, limit=MOST)
            rows = [session_row(each, width) for each in named if each.name]
            return rows + [hit_row(hit) for hit in hits], f"places in {_NAMES[kind]}"

        try:
            rows, what = await self.rnntui.archive.ask(found)
        except RnntuiError as error:
            self.notice.problem(error.what, error.fix)
            return
        self.listed.show(rows)
        count = f"{what}: {len(rows):,}{' newest' * (len(rows) >= MOST)}"
        self.status.say(count if rows else f"no {what}")

    @on(Input.Changed)
    def _changed(self) -> None:
        if self._renaming is None:
            self.look()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if self._renaming is not None:
            self._rename(self._renaming, event.value)
        else:
            self.listed.action_select()  # as the keys at the bottom say of Enter

    def action_list(self) -> None:
        """Go from the search to the list."""
        if self.listed.rows and self._renaming is None:
            self.set_focus(self.listed)

    def action_search(self) -> None:
        """Go to the search."""
        self.set_focus(self.search)

    def action_leave(self) -> None:
        """Go back; or leave a name as it was."""
        if self._renaming is not None:
            self._end_renaming()
        else:
            self.dismiss(None)

    def action_kind(self) -> None:
        """Show chats and texts, chats only, texts only."""
        self._kind = (self._kind + 1) % len(_KINDS)
        self.look()

    # ---- what is done with one ----

    @on(OptionList.OptionSelected)
    @work(exclusive=True, group="resume", exit_on_error=False)
    async def _chosen(self, event: OptionList.OptionSelected) -> None:
        row = self.listed.rows[event.option_index]

        def load(store: Store) -> Conversation:
            conversation = store.load(row.session)
            known = {turn.id for turn in conversation.path}
            if row.turn is not None and row.turn not in known:  # it is in another branch
                store.select(row.session, conversation.newest_leaf(row.turn))
                conversation = store.load(row.session)
            return conversation

        try:
            conversation = await self.rnntui.archive.ask(load)
        except RnntuiError as error:
            self.notice.problem(error.what, error.fix)
        else:
            if self.is_current:  # nobody went to another mode meanwhile
                self.dismiss(conversation)

    def action_rename(self) -> None:
        """Rename the session of the cursor."""
        row = self.listed.selected
        if row is not None:
            self._renaming = row.session
            self.search.value = row.title
            self.search.cursor_position = len(row.title)
            self.set_focus(self.search)
            self.status.say("its new name: Enter takes it, Esc leaves it, nothing: how it begins")

    def _end_renaming(self) -> None:
        self._renaming = None
        self.search.value = ""
        self.set_focus(self.listed)
        self.look()

    def _rename(self, session: int, name: str) -> None:
        self._do(lambda store: store.rename(session, name.strip()), "")
        self._end_renaming()

    def action_delete(self) -> None:
        """Delete the session of the cursor; it can be brought back."""
        row = self.listed.selected
        if row is not None:
            note = f"deleted “{row.title}”; u brings it back, for {KEPT_DAYS} days"
            self._do(lambda store: store.delete(row.session), note)

    @work(exclusive=True, group="restore", exit_on_error=False)
    async def action_restore(self) -> None:
        """Bring back what was deleted last."""

        def restore(store: Store) -> str:
            deleted = store.sessions(deleted=True, limit=1)
            if not deleted:
                return "nothing was deleted"
            store.restore(deleted[0].id)
            return f"“{deleted[0].title}” is back"

        try:
            self.notice.note(await self.rnntui.archive.ask(restore))
        except RnntuiError as error:
            self.notice.problem(error.what, error.fix)
        self.look()

    @work(group="do", exit_on_error=False)
    async def _do(self, work_: object, note: str) -> None:
        try:
            await self.rnntui.archive.ask(work_)  # type: ignore[arg-type]
        except RnntuiError as error:
            self.notice.problem(error.what, error.fix)
            return
        if note:
            self.notice.note(note)
        self.look()

    # ---- files ----

    @work(exclusive=True, group="export", exit_on_error=False)
    async def action_export(self, form: Form) -> None:
        """Write the session of the cursor to a file where the app was started."""
        row = self.listed.selected
        if row is None:
            return
        try:
            path = await self.rnntui.archive.ask(lambda store: export(store, row.session, form))
        except RnntuiError as error:
            self.notice.problem(error.what, error.fix)
        else:
            self.notice.note(f"written to {path}")

    @work(exclusive=True, group="export", exit_on_error=False)
    async def action_export_all(self) -> None:
        """Write all sessions to one JSON file where the app was started."""

        def every(store: Store) -> str:
            return export_all(store, [each.id for each in store.sessions(limit=-1)])

        try:
            path = await self.rnntui.archive.ask(every)
        except RnntuiError as error:
            self.notice.problem(error.what, error.fix)
        else:
            self.notice.note(f"written to {path}")

    @work(exclusive=True, group="import", exit_on_error=False)
    async def action_import(self) -> None:
        """Bring sessions in from a JSON file."""
        from rnntui.tui.screens.file_picker import FilePicker

        picker = FilePicker("Sessions from a JSON file", "path of an exported file")
        path = await self.app.push_screen_wait(picker)
        if path is None:
            return
        try:
            kept = await self.rnntui.archive.ask(lambda store: import_(store, path))
        except RnntuiError as error:
            self.notice.problem(error.what, error.fix)
            return
        self.notice.note(f"{len(kept)} session{'s' * (len(kept) != 1)} imported")
        self.look()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a bug in the background."""
        self.rnntui.on_worker_state_changed(event)
