"""Drawing whole rows at a fraction of what Textual's own way costs.

For each row Textual works out borders, padding, outline, tint and opacity anew: 0.05 ms, which for
fifty rows forty times a second is a tenth of a processor. What follows a stream of text has none of
these, and a `render_line` that returns rows of the full width.
"""

from __future__ import annotations

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


def paint(widget: Widget, crop: Region) -> list[Strip]:
    """Return some rows of a widget without border, outline, padding and opacity.

    Args:
        widget: what draws; its `render_lines` calls this.
        crop: the part asked for, relative to the widget.
    """
    strips = [widget.render_line(y) for y in crop.line_range]
    if filters := widget.get_line_filters():  # they fit colours to the terminal
        background = widget.background_colors[1]
        for each in filters:
            strips = [strip.apply_filter(each, background) for strip in strips]
    if crop.column_span == (0, widget.size.width):
        return strips
    return [strip.crop(*crop.column_span) for strip in strips]
