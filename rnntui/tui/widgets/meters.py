"""One-line meters of what the network thinks, and the line of figures about a run."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from rnntui.tui.widgets.painted import paint

_BARS = "▁▂▃▄▅▆▇█"

KEEP = 512
"""Columns that are remembered: wider than any terminal's side panel."""

COLUMNS_A_PUSH = 4
"""Columns that one push may add. At reading pace a frame brings some three characters, each its own
column; at full speed it brings 200, which would replace the whole picture 30 times a second."""

SMOOTH = 8
"""Columns whose mean is the number: a digit that changes 30 times a second cannot be read."""

_LABEL, _FIGURE = 9, 10


class Meter(Widget):
    """A labelled sparkline with its current value: `Surprise ▁▂▁▅▁ 1.21 nats`.

    The scale is fixed, so that old columns never change when new ones come.
    """

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {"meter--line", "meter--unit"}
    """
    | Class | Description |
    | :- | :- |
    | `meter--line` | The sparkline. |
    | `meter--unit` | The unit after the value. |
    """

    DEFAULT_CSS = """
    Meter {
        height: 1;
        .meter--line { color: $primary; }
        .meter--unit { color: $foreground 55%; }
    }
    """

    def __init__(
        self,
        label: str,
        *,
        maximum: float,
        minimum: float = 0.0,
        unit: str = "",
        smooth: int = SMOOTH,
        id: str | None = None,
    ) -> None:
        """Make an empty meter.

        Args:
            label: nine characters at most.
            maximum: what fills a column; more is drawn as full.
            minimum: what is drawn as the lowest column.
            unit: written after the value.
            smooth: columns whose mean is the value; 1 shows the last one.
            id: as of any widget.
        """
        super().__init__(id=id)
        self.label = label
        self.minimum, self.maximum = minimum, maximum
        self.unit = unit
        self.smooth = smooth
        self.columns: deque[float] = deque(maxlen=KEEP)
        self._drawn = ""  # the columns as blocks

    @property
    def value(self) -> float | None:
        """The current value; None before there is one."""
        recent = [self.columns[-i] for i in range(1, min(self.smooth, len(self.columns)) + 1)]
        return sum(recent) / len(recent) if recent else None

    def push(self, values: Sequence[float]) -> None:
        """Add values, oldest first; many become a few columns of their means."""
        finite = [value for value in values if math.isfinite(value)]
        if not finite:
            return
        count = min(len(finite), COLUMNS_A_PUSH)
        edges = [len(finite) * i // count for i in range(count + 1)]
        for start, end in pairwise(edges):
            self.columns.append(sum(finite[start:end]) / (end - start))
            self._drawn = self._drawn[1 - KEEP :] + self._block(self.columns[-1])
        self.refresh()

    def clear(self) -> None:
        """Forget all values."""
        self.columns.clear()
        self._drawn = ""
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw rows."""
        return paint(self, crop)

    def render_line(self, y: int) -> Strip:
        """Draw the meter in its first line."""
        width = self.size.width
        plain = self.visual_style.rich_style  # `rich_style` is computed anew at each access
        if y:
            return Strip.blank(width, plain)
        value = self.value
        number = f"{value:.2f}" if value is not None else "–"
        unit = f" {self.unit}" if self.unit and value is not None else ""
        room = max(width - 1 - _LABEL - 1 - 1 - _FIGURE, 0)
        segments = [
            Segment(f" {self.label:{_LABEL}} "),
            Segment(self._line(room), self._part("line")),
            Segment(f" {number}"),
            Segment(unit, self._part("unit")),
        ]
        return Strip(segments).adjust_cell_length(width, plain).apply_style(plain)

    def _part(self, part: str) -> Style:
        return self.get_component_rich_style(f"meter--{part}")

    def _line(self, width: int) -> str:
        """Return the last columns as blocks; new ones come in at the right."""
        return self._drawn[-width:].rjust(width) if width else ""

    def _block(self, value: float) -> str:
        share = (value - self.minimum) / (self.maximum - self.minimum)
        return _BARS[min(max(int(share * len(_BARS)), 0), len(_BARS) - 1)]
