"""The score along a text, drawn as wide as there is room: where the verdict was made.

The scale is fixed from 0 to 1, and a line at one half tells praise from blame without colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from rnntui.tui.widgets.painted import paint

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_AXIS = 6
"""Cells of the labels at the left."""


def columns_of(scores: Sequence[float], width: int) -> list[tuple[int, float]]:
    """Return the last word and its score of each column; as many columns as words, or as fit.

    Args:
        scores: after each word.
        width: columns there are.
    """
    count = len(scores)
    if not count or width < 1:
        return []
    if count <= width:
        # Every word as wide as the others, and the text as wide as the room.
        return [(min(x * count // width, count - 1), scores[x * count // width])
                for x in range(width)]  # fmt: skip
    ends = [(x + 1) * count // width - 1 for x in range(width)]
    return [(end, scores[end]) for end in ends]


class ScoreLine(Widget):
    """Columns of the score after each word; a click goes to the word."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "score-line--good", "score-line--bad", "score-line--axis", "score-line--here",
    }  # fmt: skip
    """
    | Class | What it styles |
    | :- | :- |
    | `score-line--good` | Columns of one half and more. |
    | `score-line--bad` | Columns below one half. |
    | `score-line--axis` | The labels, and the line at one half. |
    | `score-line--here` | The column of the word at the cursor. |
    """

    DEFAULT_CSS = """
    ScoreLine {
        height: 4;
        & > .score-line--good { color: $success; }
        & > .score-line--bad { color: $error; }
        & > .score-line--axis { color: $foreground 45%; }
        & > .score-line--here { background: $foreground 25%; }
    }
    """

    class Chosen(Message):
        """A word was clicked.

        Args:
            number: which one.
        """

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.scores: Sequence[float] = ()
        self._here: int | None = None
        self._columns: list[tuple[int, float]] = []
        self.tooltip = (
            "Probability of positive after each word of the text, from its first to its last"
        )

    def show(self, scores: Sequence[float]) -> None:
        """Show the scores of a text."""
        self.scores = scores
        self._lay()

    def mark(self, number: int | None) -> None:
        """Mark the column of a word; None for none."""
        if number != self._here:
            self._here = number
            self.refresh()

    def on_resize(self) -> None:
        """Take the width."""
        self._lay()

    def _lay(self) -> None:
        self._columns = columns_of(self.scores, self.size.width - _AXIS - 1)
        self.refresh()

    @property
    def _marked(self) -> int | None:
        """The column to mark."""
        if self._here is None:
            return None
        return next((x for x, (word, _) in enumerate(self._columns) if word >= self._here), None)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw rows."""
        return paint(self, crop)

    def render_line(self, y: int) -> Strip:
        """Draw a row: labels, then columns."""
        width, height = self.size.width, self.size.height
        plain = self.visual_style.rich_style
        axis, here = self._style("axis"), Style(bgcolor=self._style("here").bgcolor)
        labels = {0: "good ", height - 1: "bad "}
        segments = [Segment(f"{labels.get(y, ''):>{_AXIS}}", axis)]
        marked = self._marked
        middle = y == height // 2  # the top of this row is one half
        for x, (_, score) in enumerate(self._columns):
            whole = max(1, round(score * height * 8))  # what is not nothing is seen
            eighths = min(8, max(0, whole - (height - 1 - y) * 8))
            style = self._style("good" if score >= 0.5 else "bad")
            glyph = _EIGHTHS[eighths]
            if not eighths and middle:
                glyph, style = "▔", axis
            segments.append(Segment(glyph, style + here if x == marked else style))
        if not self._columns:
            rule = "▔" * max(0, width - _AXIS - 1) if middle else ""
            segments.append(Segment(rule, axis))
        return Strip(segments).adjust_cell_length(width, plain).apply_style(plain)

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"score-line--{part}")

    def on_click(self, event: events.Click) -> None:
        """Go to the word under the mouse."""
        event.stop()
        x = event.x - _AXIS
        if 0 <= x < len(self._columns):
            self.post_message(self.Chosen(self._columns[x][0]))
