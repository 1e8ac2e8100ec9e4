"""The picture as a widget: drawn anew when it or the size changes, read by cursor or mouse."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from rnntui.tui.forecast.picture import INNER, MIDDLE, ON, OUTER, Drawn, Picture, draw
from rnntui.tui.train.canvas import FRAME

_PARTS = ("history", "median", "naive", "outer", "middle", "inner", "cursor")
"""By the number of their style."""
_BEHIND = {OUTER: 0.12, MIDDLE: 0.22, INNER: 0.35}
"""How much of a band's colour is behind a line: about as much as its glyph covers."""


class FanPlot(Widget, can_focus=True):
    """Draws a `Picture`; left and right move a cursor."""

    ALLOW_SELECT = False
    BINDING_GROUP_TITLE = "Picture"

    HELP = """
# Picture

`←` `→` read a value, with `Shift` ten at a time, `Home` and `End` the first and the last; so does
the mouse. `-` and `=`, or the wheel, show more or less of the past.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "go(-1)", "read", key_display="← →", id="fan.left", tooltip="a value"),
        Binding("right,l", "go(1)", "read", show=False, id="fan.right"),
        Binding("shift+left", "go(-10)", "ten back", show=False, id="fan.far_left"),
        Binding("shift+right", "go(10)", "ten on", show=False, id="fan.far_right"),
        Binding("home", "go(-1000000)", "first", show=False, id="fan.first"),
        Binding("end", "go(1000000)", "last", show=False, id="fan.last"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"fan--frame", *(f"fan--{part}" for part in _PARTS)}

    DEFAULT_CSS = """
    FanPlot {
        height: 1fr;
        & > .fan--frame { color: $foreground 55%; }
        & > .fan--history { color: $foreground; }
        & > .fan--median { color: $text-warning; text-style: bold; }
        & > .fan--naive { color: $foreground 60%; }
        & > .fan--outer { color: $primary 55%; }
        & > .fan--middle { color: $primary 75%; }
        & > .fan--inner { color: $primary; }
        & > .fan--cursor { color: $text-accent; text-style: bold; }
    }
    """

    class Pointed(Message):
        """A place is to be read.

        Args:
            place: which; None leaves it where it is, `by` places further.
            by: places.
        """

        def __init__(self, place: int | None, by: int = 0) -> None:
            super().__init__()
            self.place, self.by = place, by

    class Zoomed(Message):
        """More or less of the past is wanted.

        Args:
            steps: stops of the knob.
        """

        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.picture = Picture()
        self._drawn: tuple[Picture, tuple[int, int], Drawn] | None = None

    def show(self, picture: Picture) -> None:
        """Draw something else."""
        if picture != self.picture:
            self.picture = picture
            self.refresh()

    @property
    def drawn(self) -> Drawn:
        """The picture as it stands."""
        size = (self.size.width, self.size.height)
        if not self._drawn or self._drawn[0] is not self.picture or self._drawn[1] != size:
            self._drawn = self.picture, size, draw(self.picture, *size)
        return self._drawn[2]

    @property
    def text(self) -> str:
        """What is drawn, without styles."""
        return "\n".join("".join(text for text, _ in row).rstrip() for row in self.drawn.rows)

    def render_line(self, y: int) -> Strip:
        """Draw a row."""
        width, plain = self.size.width, self.visual_style.rich_style
        rows = self.drawn.rows
        row = rows[y] if y < len(rows) else []
        segments = [Segment(text, self._style(style)) for text, style in row]
        return Strip(segments).adjust_cell_length(width, plain).apply_style(plain)

    def _style(self, number: int) -> Style:
        band, line = divmod(number, ON) if number != FRAME else (0, FRAME)
        part = "frame" if line == FRAME else _PARTS[line]
        style = self.get_component_rich_style(f"fan--{part}", partial=True)
        if not band:
            return style
        # The band goes on behind the line; its glyph cannot.
        behind = self.get_component_styles(f"fan--{_PARTS[band]}").color
        tint = self.background_colors[1].blend(behind, _BEHIND[band])
        return style + Style(bgcolor=tint.rich_color)

    def action_go(self, by: int) -> None:
        """Read another place."""
        self.post_message(self.Pointed(None, by))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Read the place under the mouse, and follow it."""
        if self.drawn.length:
            event.stop()
            self.capture_mouse()
            self.post_message(self.Pointed(self.drawn.place(event.x)))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse while its button is down."""
        if self.app.mouse_captured is self and self.drawn.length:
            event.stop()
            self.post_message(self.Pointed(self.drawn.place(event.x)))

    def on_mouse_up(self) -> None:
        """Let the mouse go."""
        self.release_mouse()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Show less of the past: what is near grows."""
        event.stop()
        self.post_message(self.Zoomed(-1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Show more of the past."""
        event.stop()
        self.post_message(self.Zoomed(1))
