"""What is left of the looks of things where the person wants no colours (NO_COLOR).

Textual's own answer is shades of grey, which are colours to a terminal that has none, and to eyes
that asked for none. Here only attributes are sent. What stood out by its background alone, such as
the cursor and the chosen row of a list, is shown in reverse.
"""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

STANDS_OUT = 0.15
"""Difference of brightness (0 to 1) from which a background means something: themes set panels off
by less than 0.1."""


@lru_cache(1024)
def attributes(style: Style, background: Color) -> Style:
    """Return a style without colours.

    Args:
        style: as the widget draws.
        background: of the widget.
    """
    own = background.brightness if style.bgcolor is None else _brightness(style)
    return Style(
        bold=style.bold,
        italic=style.italic,
        underline=style.underline,
        strike=style.strike,
        reverse=bool(style.reverse) != (abs(own - background.brightness) > STANDS_OUT),
    )


def _brightness(style: Style) -> float:
    assert style.bgcolor is not None
    return Color.from_rich_color(style.bgcolor).brightness


class Colourless(LineFilter):
    """Takes the colours out of rows."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without colours."""
        return [
            Segment(text, attributes(style, background) if style else style, control)
            for text, style, control in segments
        ]
