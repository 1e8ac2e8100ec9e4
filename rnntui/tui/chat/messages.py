"""The messages of a branch as lines on a screen: only those in sight are drawn.

A line at the left tells who speaks, one at the right which branch it is, its sentiment, and whether
it was stopped. Nothing is told by colour alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rnntui.display import visible
from rnntui.store.records import Turn
from rnntui.tui.widgets.cursor_keys import cursor_keys
from rnntui.tui.widgets.transcript_lines import wrap

_NAME = 8
"""Cells before the text: the mark of the cursor, who speaks, a blank."""
_FACTS = 15
"""Cells after it: `‹2/3›  + 0.91 ■`."""
_WIDE = 60
"""Cells from which there is room for all facts; below, only which branch it is."""
LONGEST = 4_000
"""Characters of a message that are shown; the rest is there all the same."""

NOTHING = "(nothing to say)"


@dataclass(frozen=True)
class Shown:
    """A message, and what is told of it."""

    turn: Turn
    place: tuple[int, int] = (1, 1)
    """Which branch it is, from 1, and of how many."""
    writing: bool = False
    """Whether it grows."""

    @property
    def branch(self) -> str:
        """Which branch it is; "" where there is one."""
        number, count = self.place
        return f"‹{number}/{count}›" if count > 1 else ""

    @property
    def mood(self) -> str:
        """Its sentiment, with a sign: `+ 0.91`, `− 0.12`; "" where nobody judged it."""
        score = self.turn.sentiment
        return "" if score is None else f"{'+' if score >= 0.5 else '−'} {score:.2f}"

    @property
    def end(self) -> str:
        """How it ended, where that was before its end."""
        if self.writing:
            return ""
        return "■" if self.turn.stopped else "✂" if self.turn.finished is None else ""


@dataclass
class _Laid:
    """A message as lines."""

    shown: Shown
    first: int
    """The row it begins at, its blank line included."""
    lines: list[str] = field(default_factory=list)
    gap: int = 0
    """Blank lines before it."""


class Messages(ScrollView, can_focus=True):
    """The branch that is followed."""

    ALLOW_SELECT = False
    BINDING_GROUP_TITLE = "Messages"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", key_display="⏎", id="messages.open"),
        *cursor_keys("messages", "Message"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "messages--you", "messages--model", "messages--quiet", "messages--cursor",
    }  # fmt: skip
    """
    | Class | What it styles |
    | :- | :- |
    | `messages--you` | Who speaks, where that is you. |
    | `messages--model` | The same of the model. |
    | `messages--quiet` | What is told of a message. |
    | `messages--cursor` | The message of the cursor. |
    """

    DEFAULT_CSS = """
    Messages {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .messages--you { color: $accent; text-style: bold; }
        & > .messages--model { color: $success; }
        & > .messages--quiet { color: $foreground 60%; }
        & > .messages--cursor { background: $boost; }
    }
    """

    cursor: reactive[int] = reactive(0)
    """Which message the cursor is at."""

    class Opened(Message):
        """A message is to be edited, or its other candidates seen."""

    class Branched(Message):
        """Another branch at a message was clicked.

        Args:
            by: how many branches further.
        """

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def __init__(self, nothing: str = "") -> None:
        super().__init__(id="messages")
        self.nothing = nothing
        """What to say while there is no message."""
        self.thinking = False
        self._laid: list[_Laid] = []
        self._shown: Sequence[Shown] = ()
        self._width = 0
        self._rows = 0

    # ---- what is shown ----

    @property
    def selected(self) -> Turn | None:
        """The message of the cursor."""
        return self._shown[self.cursor].turn if self.cursor < len(self._shown) else None

    def show(self, shown: Sequence[Shown]) -> None:
        """Show a branch; what is laid out already and is the same stays."""
        was_last = self.cursor >= len(self._shown) - 1
        at_end = self._at_end
        self._shown = shown
        keep = 0
        while (
            keep < min(len(shown), len(self._laid))
            and self._laid[keep].shown.turn.text == shown[keep].turn.text
            and self._laid[keep].shown.writing == shown[keep].writing
            and self._laid[keep].shown.turn.role == shown[keep].turn.role
        ):
            self._laid[keep].shown = shown[keep]
            keep += 1
        del self._laid[keep:]
        self._lay()
        last = max(0, len(shown) - 1)
        self.cursor = last if was_last or self.cursor > last else self.cursor
        if at_end:
            self._to_end()
        self.refresh()

    def grow(self, shown: Shown) -> None:
        """The last message grew."""
        at_end = self._at_end
        self._shown = [*self._shown[:-1], shown]
        del self._laid[-1:]
        self._lay()
        if at_end:
            self._to_end()
        self.refresh()

    def think(self, thinking: bool) -> None:
        """Show that a reply is being drawn, or no longer."""
        self.thinking = thinking
        at_end = self._at_end
        self._measure()
        if at_end:
            self._to_end()
        self.refresh()

    @property
    def _at_end(self) -> bool:
        return self.scroll_offset.y >= self.max_scroll_y - 1

    def _to_end(self) -> None:
        self.scroll_to(y=self.max_scroll_y, animate=False, force=True, immediate=True)

    def on_resize(self, _: events.Resize) -> None:
        """Lay all lines anew."""
        if self._width != self._room:
            at_end = self._at_end
            self._laid.clear()
            self._lay()
            if at_end:
                self._to_end()

    @property
    def _facts(self) -> int:
        return _FACTS if self.size.width >= _WIDE else 7

    @property
    def _room(self) -> int:
        return max(8, self.size.width - _NAME - self._facts - 1)

    def _lay(self) -> None:
        self._width = self._room
        for shown in self._shown[len(self._laid) :]:
            before = self._laid[-1] if self._laid else None
            gap = int(before is not None and shown.turn.role != "model")
            first = before.first + before.gap + len(before.lines) if before else 0
            lines = _wrapped(_text(shown), self._width)
            self._laid.append(_Laid(shown, first, lines, gap))
        self._measure()

    def _measure(self) -> None:
        last = self._laid[-1] if self._laid else None
        self._rows = last.first + last.gap + len(last.lines) if last else 0
        self.virtual_size = Size(self.size.width, self._rows + self.thinking)

    # ---- the cursor ----

    def watch_cursor(self) -> None:
        """Keep it in sight."""
        if self.has_focus and self.cursor < len(self._laid):
            laid = self._laid[self.cursor]
            region = Region(0, laid.first, 1, laid.gap + len(laid.lines))
            self.scroll_to_region(region, animate=False, force=True, immediate=True)
        self.refresh()

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Show it no longer."""
        self.refresh()

    async def action_go(self, by: int) -> None:
        """Move the cursor; below the last message is where the next one is typed."""
        last = len(self._shown) - 1
        if by == 1 and self.cursor >= last:
            await self.run_action("screen.type")
        self.cursor = min(max(self.cursor + by, 0), max(0, last))

    def action_page(self, by: int) -> None:
        """Scroll by what is in sight, and take the cursor along."""
        row = self.scroll_offset.y + by * max(1, self.size.height - 1)
        self.cursor = self._at(min(max(row, 0), max(0, self._rows - 1)))

    def action_open(self) -> None:
        """Edit your message; of a reply, see the other candidates."""
        self.post_message(self.Opened())

    def _at(self, row: int) -> int:
        """Return which message a row belongs to."""
        return max(0, bisect_right(self._laid, row, key=lambda laid: laid.first) - 1)

    def on_click(self, event: events.Click) -> None:
        """Go to the message under the mouse; twice opens it; ‹ and › go to other branches."""
        event.stop()
        row = event.y + round(self.scroll_offset.y)
        if row >= self._rows:
            return
        self.cursor = self._at(row)
        laid = self._laid[self.cursor]
        x = event.x - (_NAME + self._width + 1)
        if laid.shown.branch and row == laid.first + laid.gap and x >= 0:
            self.post_message(self.Branched(-1 if x < len(laid.shown.branch) // 2 else 1))
        elif event.chain > 1:
            self.action_open()

    # ---- drawing ----

    def render_line(self, y: int) -> Strip:
        """Draw a row."""
        width, plain = self.size.width, self.visual_style.rich_style
        row = y + round(self.scroll_offset.y)
        if not self._laid and not self.thinking:
            return self._draw_nothing(y, width, plain)
        if row >= self._rows:
            thinks = self.thinking and row == self._rows
            text = f"{'':2}{'model':6}… drawing candidates; Esc stops" if thinks else ""
            return Strip([Segment(set_cell_size(text, width), plain + self._style("quiet"))], width)
        number = self._at(row)
        laid = self._laid[number]
        line = row - laid.first - laid.gap
        if line < 0:
            return Strip.blank(width, plain)
        here = self.has_focus and number == self.cursor
        strip = Strip(self._line(laid, line, here)).adjust_cell_length(width, plain)
        return strip.apply_style(plain + self._style("cursor") if here else plain)

    def _draw_nothing(self, y: int, width: int, plain: Style) -> Strip:
        lines = _wrapped(self.nothing, max(8, width - 4))
        text = f"  {lines[y - 1]}" if 0 < y <= len(lines) else ""
        return Strip([Segment(set_cell_size(text, width), plain + self._style("quiet"))], width)

    def _line(self, laid: _Laid, line: int, here: bool) -> list[Segment]:
        shown = laid.shown
        yours = shown.turn.role != "model"
        name = ("you" if yours else "model") if line == 0 else ""
        mark = "›" if here else " "
        quiet = self._style("quiet")
        text = laid.lines[line]
        return [
            Segment(f"{mark} {name:6}", self._style("you" if yours else "model")),
            Segment(set_cell_size(text, self._width + 1),
                    quiet if text == NOTHING and not yours else None),
            Segment(self._about(shown) if line == 0 else "", quiet),
        ]  # fmt: skip

    def _about(self, shown: Shown) -> str:
        if self._facts < _FACTS:
            return shown.branch or shown.end
        return f"{shown.branch:6}{shown.mood:>7} {shown.end}"

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"messages--{part}", partial=True)


def _text(shown: Shown) -> str:
    text = shown.turn.text.strip("\n")
    if len(text) > LONGEST:
        return f"{text[:LONGEST]}… ({len(text) - LONGEST:,} characters more)"
    if shown.writing:
        return f"{text}▌"
    return text if text.strip() else NOTHING


def _wrapped(text: str, width: int) -> list[str]:
    """Return a text as lines, whatever it holds."""
    lines: list[str] = []
    for paragraph in visible(text).expandtabs(4).split("\n"):
        edges = [0, *wrap(paragraph, width), len(paragraph)]
        lines += [paragraph[begin:end].rstrip() for begin, end in pairwise(edges)]
    return lines
