"""The line at the top: the modes as tabs, and the model on the right."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from rnntui.display import visible
from rnntui.tui.widgets.painted import paint

MODES = ("write", "chat", "sentiment", "forecast", "train", "models")
"""In the order of their function keys, which begin at F2."""

_NAME = " rnntui "


class ModeBar(Widget):
    """Name, tabs, model; a click on a tab switches to it.

    Args:
        active: the mode it stands on.
    """

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {"mode-bar--name", "mode-bar--active"}
    """
    | Class | What it styles |
    | :- | :- |
    | `mode-bar--name` | The program's name. |
    | `mode-bar--active` | The mode that is open. |
    """

    DEFAULT_CSS = """
    ModeBar {
        height: 1;
        background: $panel;
        color: $text-muted;
        & > .mode-bar--name { color: $accent; text-style: bold; }
        & > .mode-bar--active { color: $text; text-style: bold; }
    }
    """

    facts: reactive[tuple[str, ...]] = reactive(())
    """What the right end says, the longest first: the first that there is room for is shown."""

    def __init__(self, active: str) -> None:
        super().__init__()
        self.active = active
        self.tooltip = f"F2 to F{len(MODES) + 1} switch"

    def _tabs(self) -> list[tuple[str, str]]:
        """Return the modes, each with how it is written: in brackets, for those without colours."""
        return [
            (mode, f"[{mode.capitalize()}]" if mode == self.active else f" {mode.capitalize()} ")
            for mode in MODES
        ]

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw rows."""
        return paint(self, crop)

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width, plain = self.size.width, self.visual_style.rich_style
        if y:
            return Strip.blank(width, plain)
        styles = {
            name: self.get_component_rich_style(f"mode-bar--{name}") for name in ("name", "active")
        }
        segments = [Segment(_NAME, styles["name"])]
        for mode, text in self._tabs():
            segments.append(Segment(text, styles["active"] if mode == self.active else plain))
        room = width - sum(cell_len(segment.text) for segment in segments) - 3
        facts = (visible(text) for text in self.facts)
        shown = next((text for text in facts if cell_len(text) <= room), "")
        if shown:
            segments.append(Segment(" " * (room + 2 - cell_len(shown)) + shown + " ", plain))
        return Strip(segments).adjust_cell_length(width, plain)

    async def on_click(self, event: events.Click) -> None:
        """Switch to the mode under the mouse."""
        event.stop()
        x = len(_NAME)
        for mode, text in self._tabs():
            if x <= event.x < x + len(text):
                await self.app.run_action(f"mode({mode!r})")
            x += len(text)
