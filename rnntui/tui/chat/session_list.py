"""Sessions, and places in them that were sought, as rows of a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets.option_list import Option

from rnntui.display import one_line
from rnntui.store.records import Hit, Session
from rnntui.tui.widgets.line_list import LineList

_WIDE = 96
"""Columns from which there is room for the model's name."""
_KIND = {"chat": "chat ", "write": "text "}


class Row(NamedTuple):
    """A row, and what it leads to."""

    session: int
    turn: int | None
    """Where in it; None for its end."""
    title: str
    content: Content


class SessionList(LineList):
    """Rows; Enter resumes one."""

    BINDING_GROUP_TITLE = "The list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "resume", key_display="⏎", id="sessions.resume"),
        Binding("up", "up", "Line up, search", show=False, id="sessions.up"),
    ]

    DEFAULT_CSS = """
    SessionList {
        height: 1fr;
        padding: 0 1;
        text-wrap: wrap;
        text-overflow: fold;
        background: $background;
    }
    """

    def __init__(self) -> None:
        super().__init__(id="sessions", markup=False)
        self.rows: Sequence[Row] = ()

    @property
    def selected(self) -> Row | None:
        """The row of the cursor."""
        at = self.highlighted
        return self.rows[at] if at is not None and at < len(self.rows) else None

    def show(self, rows: Sequence[Row]) -> None:
        """Show rows; the cursor stays on its place."""
        at = self.highlighted or 0
        self.rows = rows
        self.set_options(Option(row.content) for row in rows)
        if rows:
            self.highlighted = min(at, len(rows) - 1)

    async def action_up(self) -> None:
        """Go up; from the first row to the search."""
        if not self.highlighted:
            await self.run_action("screen.search")
        else:
            self.action_cursor_up()


def session_row(session: Session, width: int) -> Row:
    """Return the row of a session: kind, when, how many turns, the model, its title."""
    title = session.title or "(empty)"
    front = f"{_KIND[session.kind]} {moment(session.updated):>12}  {session.turns:>5,}  "
    if width >= _WIDE:
        front = f"{front.rstrip()} turns  {one_line(session.author.model, 20):<20}  "
    room = max(10, width - len(front) - 4)
    content = Content.assemble((front, "$foreground 60%"), one_line(title, room))
    return Row(session.id, None, title, content)


def hit_row(hit: Hit) -> Row:
    """Return the row of a place that was found: what stands there, the words underlined."""
    title = hit.title or "(empty)"
    snippet = hit.snippet.replace("\n", "⏎")
    text = Content.assemble(
        (f"{_KIND[hit.kind]} {moment(hit.created):>12}  {one_line(title, 40)}\n      ",
         "$foreground 60%"),
        _marked(snippet, hit.matches),
    )  # fmt: skip
    return Row(hit.session, hit.turn, title, text)


def _marked(snippet: str, matches: Sequence[tuple[int, int]]) -> Content:
    parts: list[str | tuple[str, str]] = []
    end = 0
    for begin, until in matches:
        parts += [_plain(snippet[end:begin]), (_plain(snippet[begin:until]), "bold underline")]
        end = until
    return Content.assemble(*parts, _plain(snippet[end:]))


def _plain(text: str) -> str:
    return one_line(text, len(text) * 8 + 1)


def moment(time: datetime, now: datetime | None = None) -> str:
    """Return a time for people: `14:05` today, else `Nov 3 14:05`, else `2025-11-03`."""
    local = time.astimezone()
    today = (now or datetime.now().astimezone()).astimezone()
    if local.date() == today.date():
        return f"{local:%H:%M}"
    if local.year == today.year:
        return f"{local:%b} {local.day:>2} {local:%H:%M}"
    return f"{local:%Y-%m-%d}"
