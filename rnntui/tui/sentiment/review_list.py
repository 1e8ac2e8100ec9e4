"""Judged texts, a line each, however many: only those in sight are drawn."""

from __future__ import annotations

from collections.abc import Sequence
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

from rnntui.display import one_line
from rnntui.tui.sentiment.batch import Batch
from rnntui.tui.sentiment.reviews import BREAK
from rnntui.tui.widgets.cursor_keys import cursor_keys

_BAR = 10
_FRONT = 7 + 1 + 6 + 1 + _BAR + 2
"""Cells before the text: number, probability, bar, the sign of a label that differs."""


class ReviewList(ScrollView, can_focus=True):
    """A list of texts; Enter opens one."""

    ALLOW_SELECT = False
    BINDING_GROUP_TITLE = "Reviews"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", key_display="⏎", id="reviews.open"),
        *cursor_keys("reviews", "Line"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "reviews--good", "reviews--bad", "reviews--quiet", "reviews--cursor",
    }  # fmt: skip
    """
    | Class | What it styles |
    | :- | :- |
    | `reviews--good` | The bar of a positive text. |
    | `reviews--bad` | The bar of a negative one. |
    | `reviews--quiet` | Numbers. |
    | `reviews--cursor` | The line of the cursor. |
    """

    DEFAULT_CSS = """
    ReviewList {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .reviews--good { color: $success; }
        & > .reviews--bad { color: $error; }
        & > .reviews--quiet { color: $foreground 55%; }
        & > .reviews--cursor { background: $block-cursor-blurred-background; }
        &:focus > .reviews--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
    }
    """

    cursor: reactive[int] = reactive(0)
    """The line of the cursor."""

    class Opened(Message):
        """A text is to be opened.

        Args:
            index: which of the batch.
        """

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, batch: Batch) -> None:
        super().__init__(id="reviews")
        self.many = batch
        self.shown: Sequence[int] = ()

    def take(self, batch: Batch) -> None:
        """Become the list of another batch, of which nothing is shown yet."""
        self.many, self.shown = batch, ()

    def show(self, shown: Sequence[int], *, keep: bool = True) -> None:
        """Show some texts of the batch.

        Args:
            shown: which, in order.
            keep: whether the cursor stays on its text, if that is still there.
        """
        at = self.shown[self.cursor] if self.cursor < len(self.shown) else None
        self.shown = shown
        if keep and at is not None and at in shown:
            self.cursor = shown.index(at)
        else:
            self.cursor = 0
        self.virtual_size = Size(self.size.width, len(shown))
        self.refresh()

    def watch_cursor(self) -> None:
        """Keep it in sight."""
        self.scroll_to_region(
            Region(0, self.cursor, 1, 1), animate=False, force=True, immediate=True
        )
        self.refresh()

    def action_go(self, by: int) -> None:
        """Move the cursor."""
        self.cursor = min(max(self.cursor + by, 0), max(0, len(self.shown) - 1))

    def action_page(self, by: int) -> None:
        """Move the cursor by what is in sight."""
        self.action_go(by * max(1, self.size.height - 1))

    def action_open(self) -> None:
        """Open the text at the cursor."""
        if self.cursor < len(self.shown):
            self.post_message(self.Opened(self.shown[self.cursor]))

    def on_click(self, event: events.Click) -> None:
        """Go to the line under the mouse; twice opens it."""
        event.stop()
        line = event.y + round(self.scroll_offset.y)
        if line < len(self.shown):
            self.cursor = line
            if event.chain > 1:
                self.action_open()

    def render_line(self, y: int) -> Strip:
        """Draw the line in a row."""
        width, plain = self.size.width, self.visual_style.rich_style
        line = y + round(self.scroll_offset.y)
        if line >= len(self.shown):
            return Strip.blank(width, plain)
        segments = self._line(self.shown[line], width, quiet=line != self.cursor)
        strip = Strip(segments).adjust_cell_length(width, plain)
        return strip.apply_style(plain + self._style("cursor") if line == self.cursor else plain)

    def _line(self, index: int, width: int, *, quiet: bool) -> list[Segment]:
        review, verdict = self.many.reviews[index], self.many.verdicts[index]
        good = verdict.score >= 0.5
        filled = round(verdict.score * _BAR)
        wrong = review.label is not None and review.label != good
        bar = "━" * filled + "─" * (_BAR - filled)
        room = max(0, width - _FRONT)
        text = one_line(BREAK.sub(" ", review.text[: 2 * width]), 2 * width)
        return [
            Segment(f"{review.number:>6,} ", self._style("quiet") if quiet else None),
            Segment(f"{'+' if good else '−'}{verdict.score:5.2f} "),
            Segment(bar, self._style("good" if good else "bad")),
            Segment(" ≠" if wrong else "  "),
            Segment(set_cell_size(f" {text}", room)),
        ]

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"reviews--{part}", partial=True)
