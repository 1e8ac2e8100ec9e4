"""A line of text that may change in every frame, and never takes more than its line."""

from __future__ import annotations

from rich.cells import set_cell_size
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from rnntui.display import visible
from rnntui.tui.widgets.painted import paint


class OneLine(Widget):
    """Text, whatever it holds: no markup, no escapes, no second line."""

    DEFAULT_CSS = """
    OneLine {
        height: 1;
        color: $text-muted;
    }
    """

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = text

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def say(self, text: str) -> None:
        """Show another text."""
        if text != self._text:
            self._text = text
            self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw rows."""
        return paint(self, crop)

    def render_line(self, y: int) -> Strip:
        """Draw the line, a cell from the edge."""
        width = self.size.width
        text = "" if y else " " + visible(self._text).replace("\n", "⏎").replace("\t", " ")
        return Strip([Segment(set_cell_size(text, width), self.visual_style.rich_style)], width)
