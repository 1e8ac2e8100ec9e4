"""The next character's alternatives as bars: what the network thinks, and what the knobs leave.

Drawn line by line without a widget per row, since it changes with every frame of the text. Any
character may come: none of them may steer the terminal or shift the columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from rnntui.tui.widgets.painted import paint

_NAMES = {" ": "⎵", "\n": "⏎", "\t": "⇥", "\r": "␍", "\xa0": "⍽", "\x7f": "␡"}
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""Fillers, joiners and variation selectors: letters, marks and symbols that draw nothing."""
_NAME = 4
"""Cells of a name: the hexadecimal of most characters, and most words' beginnings."""
_PERCENT = 6
"""Cells of ` 100 %`."""
_EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True, slots=True)
class Alternative:
    """One candidate for the next character."""

    text: str
    """The character."""
    raw: float
    """Its probability by the network alone."""
    kept: float
    """Its probability as it will be drawn: 0 when the filters cut it."""


@lru_cache(1024)
def name_of(text: str) -> str:
    """Return a symbol as a few safe cells: `⎵` for a space, `␛` for an escape, `202E` for a mark.

    What is wide stays wide; a combining mark stands on a dotted circle; what would be invisible,
    or would turn the line around, is written as its number.
    """
    if text in _NAMES:
        return _NAMES[text]
    if len(text) != 1:
        return "".join(name_of(character) for character in text)
    if text < " ":
        return chr(0x2400 + ord(text))  # the Unicode pictures of the C0 controls
    category = unicodedata.category(text)
    shown = f"◌{text}" if category in ("Mn", "Me") else text
    # Categories C and Z: controls, format marks, surrogates, unassigned, separators.
    hidden = category[0] in "CZ" or category == "Mc" or _INVISIBLE.match(text)
    if hidden or cell_len(shown) not in (1, 2):
        return f"{ord(text):04X}"
    if unicodedata.bidirectional(text) in ("R", "AL", "AN"):
        return f"{shown}\u200e"  # or the bar and the numbers would join it on the right
    return shown


def _percent(share: float) -> str:
    if 0 < share < 0.005:
        return "<1 %"
    return f"{share * 100:.0f} %"


def _bar(share: float, width: int) -> str:
    """Return a bar in eighths of a cell; what is not nothing is never drawn as nothing."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8) or int(share > 0)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


class Row(NamedTuple):
    """What stands in a row. Of 14 rows that a frame changes half have been drawn before."""

    name: str
    solid: str
    """The solid part of the bar."""
    shade: str
    """The shaded part, and what is left of the bar's room."""
    numbers: str
    cut: bool
    """Whether the filters cut it."""


def row_of(alternative: Alternative, width: int) -> Row:
    """Return what stands in the row of an alternative; shorter than `width` where that is tiny."""
    room = max(width - 1 - _NAME - 1 - 2 * _PERCENT, 0)
    name = name_of(alternative.text)
    if cell_len(name) > _NAME:
        name = set_cell_size(name, _NAME - 1) + "…"
    cut = alternative.kept <= 0
    solid, whole = _bar(alternative.kept, room), _bar(alternative.raw, room)
    shade = "░" * max(len(whole) - len(solid), 0)
    kept = "cut" if cut else _percent(alternative.kept)
    return Row(
        f" {name}{' ' * (_NAME - cell_len(name))} ",
        solid,
        shade + " " * (room - len(solid) - len(shade)),
        f"{_percent(alternative.raw):>{_PERCENT}}{kept:>{_PERCENT}}",
        cut,
    )


def _title(width: int) -> str:
    numbers = f"{'raw':>{_PERCENT}}{'kept':>{_PERCENT}}"
    room = width - len(numbers)
    title = "Next character" if room > 14 else "Next"
    return f" {title:{max(room - 1, 0)}}{numbers}"


class Distribution(Widget):
    """Bars for what may come next. The solid part is what is kept, the shaded part what was cut."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "distribution--title",
        "distribution--bar",
        "distribution--cut",
    }
    """
    | Class | Description |
    | :- | :- |
    | `distribution--title` | The line above the bars. |
    | `distribution--bar` | The solid part of a bar. |
    | `distribution--cut` | Alternatives that the filters cut, and the shaded part of a bar. |
    """

    DEFAULT_CSS = """
    Distribution {
        height: 1fr;
        min-height: 2;
        .distribution--title { color: $foreground 55%; }
        .distribution--bar { color: $primary; }
        .distribution--cut { color: $foreground 55%; }
    }
    """

    HELP = """
# Next character

What the network thinks may come next. *raw* is its own probability, *kept* what the knobs make of
it. The solid bar is *kept*; the shaded part is what the knobs took away, and `cut` means all of it.
`⎵` is a space, `⏎` a new line, `⇥` a tab.
"""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.alternatives: tuple[Alternative, ...] = ()
        self.tooltip = "What may come next: by the network (raw), and after the knobs (kept)"
        self._rows: LRUCache[Row, Strip] = LRUCache(512)
        self._styles: dict[str, Style] = {}

    def show(self, alternatives: Sequence[Alternative]) -> None:
        """Show what may come next, most probable first; as many as there is height for."""
        shown = tuple(alternatives)
        if shown != self.alternatives:
            self.alternatives = shown
            self.refresh()

    def notify_style_update(self) -> None:
        """Draw every row anew: the theme changed."""
        super().notify_style_update()
        self._rows.clear()
        self._styles.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw rows."""
        return paint(self, crop)

    def render_line(self, y: int) -> Strip:
        """Draw the title, or one alternative."""
        width = self.size.width
        if 0 < y <= len(self.alternatives):
            row = row_of(self.alternatives[y - 1], width)
            if (strip := self._rows.get(row)) is None:
                self._rows[row] = strip = self._strip(self._draw(row))
            return strip
        if y == 0:
            return self._strip([Segment(_title(width), self._style("title"))])
        return self._strip([Segment(" …" if y == 1 else "", self._style("cut"))])

    def _strip(self, segments: list[Segment]) -> Strip:
        return Strip(segments).adjust_cell_length(self.size.width, self._style(""))

    def _style(self, part: str) -> Style:
        """Return the style of a part on the widget's background; of "" that of the widget."""
        if part not in self._styles:
            style = self.visual_style.rich_style  # `rich_style` is computed anew at each access
            if part:
                style += self.get_component_rich_style(f"distribution--{part}")
            self._styles[part] = style
        return self._styles[part]

    def _draw(self, row: Row) -> list[Segment]:
        quiet = self._style("cut")
        plain = quiet if row.cut else self._style("")
        return [
            Segment(row.name, plain),
            Segment(row.solid, self._style("bar")),
            Segment(row.shade, quiet),
            Segment(row.numbers, plain),
        ]
