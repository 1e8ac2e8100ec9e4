"""The keys at the bottom: as many as there is room for, the important ones first.

Textual's footer is a widget for each key, made anew whenever the focus moves, and where it is too
wide its end is out of sight, whatever stands there. Here the order of the bindings is their
importance, and the keys that lead to all others keep their place at the right.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from rnntui.tui.widgets.painted import paint

ALWAYS = ("app.help", "app.quit")
"""Ids of the bindings at the right: F1 tells all the others."""

_TYPED = {"minus": "-", "slash": "/"}
"""Keys that write something although Textual does not think so; a text field takes them."""

_GAP = 2
"""Cells between two keys."""


class Shown(NamedTuple):
    """One key of the line."""

    display: str
    """The key, as people write it."""
    about: str
    """What it does, in a word or two."""
    key: str
    """What to press when it is clicked."""

    @property
    def cells(self) -> int:
        """Its width."""
        return cell_len(self.display) + 1 + cell_len(self.about)


def arrange(left: list[Shown], right: list[Shown], width: int) -> list[tuple[int, Shown]]:
    """Return where each key begins: those at the right always, the others while there is room."""
    end = width - 1 - sum(shown.cells + _GAP for shown in right)
    placed, x = [], 1
    for shown in left:
        if x + shown.cells > end:
            break
        placed.append((x, shown))
        x += shown.cells + _GAP
    x = max(end + _GAP, 1)
    for shown in right:
        placed.append((x, shown))
        x += shown.cells + _GAP
    return [(x, shown) for x, shown in placed if x + shown.cells <= width]


class KeyLine(Widget):
    """What the keys do where the focus is; a click presses one."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-line--key", "key-line--about"}
    """
    | Class | What it styles |
    | :- | :- |
    | `key-line--key` | A key. |
    | `key-line--about` | What it does. |
    """

    DEFAULT_CSS = """
    KeyLine {
        height: 1;
        background: $footer-background;
        & > .key-line--key { color: $footer-key-foreground; text-style: bold; }
        & > .key-line--about { color: $footer-description-foreground; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._left: list[Shown] = []
        self._right: list[Shown] = []

    def on_mount(self) -> None:
        """Listen for a change of keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        left: list[Shown] = []
        right: dict[str, Shown] = {}
        seen = set()
        focused = screen.focused
        for _, binding, _, _ in screen.active_bindings.values():
            if not binding.show or binding.action in seen:
                continue
            typed = _TYPED.get(binding.key)
            if typed and focused and focused.check_consume_key(binding.key, typed):
                continue
            seen.add(binding.action)
            shown = Shown(self.app.get_key_display(binding), binding.description, binding.key)
            if binding.id in ALWAYS:
                right[binding.id] = shown
            else:
                left.append(shown)
        ordered = [right[name] for name in ALWAYS if name in right]
        if (left, ordered) != (self._left, self._right):
            self._left, self._right = left, ordered
            self.refresh()

    @property
    def placed(self) -> list[tuple[int, Shown]]:
        """The keys in sight, and where each begins."""
        return arrange(self._left, self._right, self.size.width)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw rows."""
        return paint(self, crop)

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width, plain = self.size.width, self.visual_style.rich_style
        key = self.get_component_rich_style("key-line--key")
        about = self.get_component_rich_style("key-line--about")
        segments, end = [], 0
        for x, shown in [] if y else self.placed:
            segments += [
                Segment(" " * (x - end), plain),
                Segment(shown.display, key),
                Segment(f" {shown.about}", about),
            ]
            end = x + shown.cells
        return Strip([*segments, Segment(" " * max(width - end, 0), plain)], width)

    def on_click(self, event: events.Click) -> None:
        """Press the key under the mouse."""
        event.stop()
        for x, shown in self.placed:
            if x <= event.x < x + shown.cells:
                self.app.simulate_key(shown.key)
