"""Where the view stands in a long text: a mark at its edge, to be clicked and dragged.

Textual's own scrollbar draws all its rows whenever the text has grown by one, which while text
streams is in every frame; this one draws when the mark moves by a cell.
"""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from rnntui.tui.widgets.painted import paint


class Thumb(Widget):
    """A scrollbar one cell wide.

    Args:
        view: what it scrolls.
    """

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {"thumb--mark"}
    """
    | Class | What it styles |
    | :- | :- |
    | `thumb--mark` | The part of the text that is in sight. |
    """

    DEFAULT_CSS = """
    Thumb {
        width: 1;
        height: 1fr;
        & > .thumb--mark { color: $foreground 35%; }
        &:hover > .thumb--mark { color: $foreground 60%; }
    }
    """

    def __init__(self, view: Widget, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = view
        self._mark = (0, 0)

    @property
    def mark(self) -> tuple[int, int]:
        """The first row of the mark and the one after its last; the same where all is in sight."""
        height, total = self.size.height, self.view.virtual_size.height
        if total <= height or not self.view.max_scroll_y:
            return 0, 0
        length = max(1, round(height * height / total))
        start = round((height - length) * self.view.scroll_y / self.view.max_scroll_y)
        return start, start + length

    def on_mount(self) -> None:
        """Look at the view whenever it moves or grows."""
        self.watch(self.view, "scroll_y", self._look, init=False)
        self.watch(self.view, "virtual_size", self._look, init=False)

    def _look(self) -> None:
        if (mark := self.mark) != self._mark:
            self._mark = mark
            self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw rows."""
        return paint(self, crop)

    def render_line(self, y: int) -> Strip:
        """Draw a cell."""
        start, end = self._mark
        if start <= y < end:
            return Strip([Segment("┃", self.get_component_rich_style("thumb--mark"))], 1)
        return Strip.blank(1, self.visual_style.rich_style)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go there, and follow the mouse while its button is down."""
        event.stop()
        self.capture_mouse()
        self._go(event.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse while its button is down."""
        if self.app.mouse_captured is self:
            event.stop()
            self._go(event.y)

    def on_mouse_up(self) -> None:
        """Let the mouse go."""
        self.release_mouse()

    def _go(self, y: int) -> None:
        """Show the part of the text at a height of the bar."""
        start, end = self.mark
        room = self.size.height - (end - start)
        if end > start and room:
            share = min(max((y - (end - start) // 2) / room, 0.0), 1.0)
            self.view.scroll_to(y=round(share * self.view.max_scroll_y), animate=False)
