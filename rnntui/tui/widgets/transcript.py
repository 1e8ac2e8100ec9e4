"""The text as the network writes it: endless, wrapped, cheap to extend, still where it is read.

Thirty to sixty appends a second must leave the keyboard responsive after a million characters. So
this draws rows itself instead of mounting widgets: an append re-wraps the last row and repaints
what changed on the screen. It shows text and knows nothing of who writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.events import Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style

from rnntui.display import visible
from rnntui.files import FileProblem
from rnntui.tui.widgets.painted import paint
from rnntui.tui.widgets.transcript_lines import (
    LEVELS,
    PROMPT,
    Line,
    Lines,
    codes_of,
)
from rnntui.tui.widgets.transcript_row import GUTTER, Chosen, Looks, row
from rnntui.tui.widgets.transcript_spool import Spool

CAP = 60_000
"""Characters in view: some 700 rows of prose, more than anyone scrolls back through."""

ROOM = 1
"""Cells on the right, for the cursor at the end of a full row."""


class Transcript(ScrollView, can_focus=True, inherit_bindings=False):
    """An endless text, at its end unless the reader has scrolled up.

    Args:
        spool: the file for what no longer fits in view; without one it is dropped.
        cap: characters kept in view.
    """

    # Out of the help panel's list, which they would fill before the keys that nobody knows.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, action, show=False, system=True)
        for key, action in (
            ("up", "scroll_up"), ("down", "scroll_down"), ("home", "scroll_home"),
            ("end", "scroll_end"), ("pageup", "page_up"), ("pagedown", "page_down"),
        )
    ]  # fmt: skip

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "transcript--prompt",
        "transcript--mark",
        "transcript--cursor",
        *(f"transcript--surprise-{level}" for level, _ in enumerate(LEVELS, 1)),
    }
    """
    | Class | What it styles |
    | :- | :- |
    | `transcript--prompt` | Text that was given, not written. |
    | `transcript--mark` | The marks in the gutter and the note of an interruption. |
    | `transcript--cursor` | The cursor while writing. |
    | `transcript--surprise-1` to `-4` | Characters below 50, 20, 5 and 1 % probability. |
    """

    DEFAULT_CSS = """
    Transcript {
        overflow-y: scroll;
        overflow-x: hidden;
        scrollbar-size-vertical: 0;
        background: $background;
        color: $foreground;
        pointer: text;
        & > .transcript--prompt { text-style: bold; color: $text-accent; }
        & > .transcript--mark { color: $text-muted; }
        & > .transcript--cursor { color: $accent; }
        & > .transcript--surprise-1 { background: $warning 12%; }
        & > .transcript--surprise-2 { background: $warning 24%; }
        & > .transcript--surprise-3 { background: $warning 36%; text-style: underline; }
        & > .transcript--surprise-4 { background: $error 45%; text-style: underline; }
    }
    """

    writing: reactive[bool] = reactive(False)
    """Whether text is coming: a cursor stands at its end."""

    show_surprise: reactive[bool] = reactive(False)
    """Whether characters are tinted by how little they were expected."""

    following: reactive[bool] = reactive(True, repaint=False)
    """Whether the view stays at the end; false while the reader is further up."""

    class SpoolFailed(Message):
        """Text that left the view could not be written to the disk, or read back.

        Args:
            transcript: the widget.
            problem: what happened and what helps.
        """

        def __init__(self, transcript: Transcript, problem: FileProblem) -> None:
            super().__init__()
            self.transcript = transcript
            self.problem = problem

        @property
        def control(self) -> Transcript:
            """The widget that posted it."""
            return self.transcript

    def __init__(
        self,
        spool: Path | None = None,
        *,
        cap: int = CAP,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.cap = cap
        self._spool = Spool(spool) if spool else None
        self._refused = False
        self._lines = Lines(width=80)
        self._stops: list[int] = []
        self._strips: LRUCache[tuple[int, int, str], Strip] = LRUCache(512)
        self._styles: Looks | None = None
        self._steering = False
        self._painting = False

    # ---- the text ----

    @property
    def text(self) -> str:
        """Everything so far, what left the view read back from disk."""
        try:
            return (self._spool.read() if self._spool else "") + self._lines.text
        except FileProblem as problem:
            self.post_message(self.SpoolFailed(self, problem))
            return self._lines.text

    @property
    def length(self) -> int:
        """Characters so far, those that left the view included."""
        return self._lines.end

    def tail(self, count: int) -> str:
        """Return the last characters, from disk too if that many are asked for."""
        lines = self._lines
        if count > lines.end - lines.start:
            return self.text[-count:]
        return lines.between(lines.end - count, lines.end)

    def append(
        self,
        text: str,
        kind: Literal["written", "prompt"] = "written",
        tints: Sequence[float] | None = None,
    ) -> None:
        """Add text at the end.

        Args:
            text: any characters; controls and markup are drawn, never obeyed.
            kind: whether the network wrote it or a person.
            tints: surprise of each written character in nats, shown with `show_surprise`.
        """
        if not text:
            return
        first = self._lines.append(text, codes_of(len(text), tints, kind == "prompt"))
        held = self._lines.end - self._lines.start
        # A tenth at a time: shifting all rows at every append would cost more than drawing them.
        removed = self._prune(held - self.cap) if held > self.cap * 1.1 else 0
        self._settle(first - removed, removed)

    def clear(self) -> None:
        """Forget all text, on disk too."""
        if self._spool:
            self._spool.clear()
        self._lines = Lines(self._lines.width)
        self._stops.clear()
        self._strips.clear()
        self._refused = False
        self.follow()
        self._settle(0)

    def rewind(self, count: int) -> None:
        """Remove the last `count` characters, whoever wrote them; text on disk comes back."""
        lines, top = self._lines, self._top
        target = max(0, lines.end - count)
        try:
            if self._spool and target < lines.start:
                self._spool.pop(lines.start - target)
                self._lines = lines = Lines(lines.width)
                lines.lines[0].start = target
            else:
                lines.cut_end(max(target, lines.start))
            missing = self.cap // 2 - (lines.end - lines.start)
            if self._spool and lines.start and missing > 0:
                lines.prepend(self._spool.pop(missing))
        except FileProblem as problem:
            self.post_message(self.SpoolFailed(self, problem))
        self._stops = [stop for stop in self._stops if stop <= lines.end]
        self._stay(top)

    def mark_interrupted(self) -> None:
        """Note that writing was stopped here; the note is no part of the text."""
        if self.length not in self._stops:
            self._stops.append(self.length)
        self._strips.clear()
        self.refresh()

    # ---- the view ----

    def follow(self) -> None:
        """Go to the end and stay there."""
        self.following = True
        self._settle(len(self._lines.lines))

    def action_scroll_end(self) -> None:
        """Go to the end at once: an animation would chase a text that grows."""
        self.follow()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Let go of the end when the reader goes up, take hold again when he comes down to it."""
        super().watch_scroll_y(old_value, new_value)
        if not self._steering:
            # Coming down, the end moves on in the meantime: one row short is there.
            near = self.max_scroll_y - (new_value > old_value)
            self.following = new_value >= near

    def watch_show_surprise(self) -> None:
        """Draw every row anew."""
        self._strips.clear()

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw every row anew."""
        self._strips.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        """Draw every row anew: the theme changed."""
        super().notify_style_update()
        self._strips.clear()
        self._styles = None

    @property
    def allow_select(self) -> bool:
        """Always: it is text."""
        return True

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """Return what is selected, as it is seen: an escape that is copied must not act either."""
        begin, end = self._range(selection)
        return visible(self._lines.between(begin, end)), "\n"

    def on_resize(self, event: Resize) -> None:
        """Wrap to the new width, the row at the top of the view staying there."""
        width = max(1, self.scrollable_content_region.width - GUTTER - ROOM)
        if width == self._lines.width:
            self._settle(len(self._lines.lines))
            return
        top = self._top
        self._lines.rewrap(width)
        self._stay(top)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw rows for the screen, which needs no trace of what stands where."""
        self._painting = True
        try:
            return paint(self, crop)
        finally:
            self._painting = False

    def render_line(self, y: int) -> Strip:
        """Draw one row of the view; outside of painting the mouse asks what is under it."""
        index, rows = self.scroll_offset.y + y, self._lines.lines
        width, blank = self.scrollable_content_region.width, self.visual_style.rich_style
        if index >= len(rows):
            return Strip.blank(width, blank)
        line, tail = rows[index], ""
        if index == len(rows) - 1:
            stopped = bool(self._stops) and self._stops[-1] == line.end
            tail = "▌" if self.writing else "■" if stopped else " "
        if not self._painting:
            return self._draw(line, tail, traced=True).adjust_cell_length(width, blank)
        key = (line.start, line.end, tail)
        if (strip := self._strips.get(key)) is None:
            strip = self._draw(line, tail, traced=False).adjust_cell_length(width, blank)
            self._strips[key] = strip = strip.simplify()
        return strip

    def _draw(self, line: Line, tail: str, traced: bool) -> Strip:
        sign = "▎" if PROMPT in line.codes else " "
        if any(line.start <= stop < line.end for stop in self._stops):
            sign = "■"
        chosen = None
        if selection := self.text_selection:
            style = Style.from_styles(self.screen.get_component_styles("screen--selection"))
            chosen = Chosen(*self._range(selection), style)
        pieces = self._lines.pieces(line, self.show_surprise)
        span = (line.start, line.start + len(line.text) - 1)
        return row(pieces, span, sign, tail, self._looks(), chosen, traced=traced)

    def _looks(self) -> Looks:
        if self._styles is None:
            names = ["prompt", *(f"surprise-{level}" for level, _ in enumerate(LEVELS, 1))]
            codes = [self.get_visual_style(f"transcript--{name}") for name in names]
            mark, cursor = map(self.get_visual_style, ("transcript--mark", "transcript--cursor"))
            self._styles = Looks(mark, cursor, [self.visual_style, *codes])
        return self._styles

    def _range(self, selection: Selection) -> tuple[int, int]:
        # Positions in the whole text travel as x, with y always 0: rows come and go.
        begin = selection.start.x if selection.start else self._lines.start
        return begin, selection.end.x if selection.end else self._lines.end

    def _prune(self, count: int) -> int:
        """Move text from the top of the view to the disk; return how many rows went."""
        rows = len(self._lines.lines)
        text = self._lines.cut_start(count)
        self._stops = [stop for stop in self._stops if stop >= self._lines.start]
        problem = self._spool.append(text) if self._spool else None
        if problem and not self._refused:  # once, not with every page
            self.post_message(self.SpoolFailed(self, problem))
        self._refused = problem is not None
        return rows - len(self._lines.lines)

    @property
    def _top(self) -> int:
        """Position of the first character on the screen."""
        rows = self._lines.lines
        return rows[min(self.scroll_offset.y, len(rows) - 1)].start

    def _stay(self, top: int) -> None:
        """Show rows that were all laid anew, with the same character at the top if possible."""
        self._strips.clear()
        self._settle(0)
        if not self.following:
            self._go(self._lines.find(top))

    def _settle(self, first: int, removed: int = 0) -> None:
        """Adopt the new height, scroll as needed, repaint from row `first` on."""
        if not self.is_mounted:
            return
        with self._steer():
            self.virtual_size = Size(self.scrollable_content_region.width, len(self._lines.lines))
        if self.max_scroll_y == 0:
            self.following = True
        if self.following:
            self._go(self.max_scroll_y)
        elif removed:
            self._go(max(0, self.scroll_offset.y - removed))
        if removed:
            self.refresh()
        elif first < (bottom := self.scroll_offset.y + self.size.height):
            self.refresh_lines(max(first, self.scroll_offset.y), bottom - first)

    def _go(self, y: int) -> None:
        with self._steer():
            self.scroll_to(y=y, animate=False, force=True)

    @contextmanager
    def _steer(self) -> Iterator[None]:
        """Scroll on the text's account, not the reader's."""
        self._steering = True
        try:
            yield
        finally:
            self._steering = False
