"""The line at the top: the modes as tabs, and the model on the right."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Click
from textual.reactive import reactive
from textual.widgets import Static

MODES = ("write", "chat", "sentiment", "forecast", "train", "models")
"""In the order of their function keys, which begin at F2."""


class ModeTab(Static):
    """One mode's name; a click switches to it."""

    def __init__(self, mode: str, active: bool) -> None:
        # Brackets mark the active tab where there are no colours.
        name = mode.capitalize()
        super().__init__(f"[{name}]" if active else f" {name} ", markup=False)
        self.mode = mode
        self.set_class(active, "-active")
        self.tooltip = f"F{MODES.index(mode) + 2}"

    async def on_click(self, event: Click) -> None:
        """Switch to the mode."""
        event.stop()
        await self.app.run_action(f"mode({self.mode!r})")


class ModeBar(Horizontal):
    """Name, tabs, model."""

    facts: reactive[str] = reactive("")
    """What the right end says: the model and its size."""

    DEFAULT_CSS = """
    ModeBar {
        height: 1;
        background: $panel;
        .name { width: auto; padding: 0 1; text-style: bold; color: $accent; }
        ModeTab { width: auto; color: $text-muted; }
        ModeTab:hover { background: $boost; color: $text; }
        ModeTab.-active { color: $text; text-style: bold; }
        .facts { width: 1fr; padding: 0 1; text-align: right; color: $text-muted; }
    }
    """

    def __init__(self, active: str) -> None:
        super().__init__()
        self.active = active

    def compose(self) -> ComposeResult:
        """The parts, from left to right."""
        yield Static("rnntui", classes="name", markup=False)
        for mode in MODES:
            yield ModeTab(mode, mode == self.active)
        yield Static("", classes="facts", markup=False)

    def watch_facts(self, facts: str) -> None:
        """Show the facts, one line of them."""
        for part in self.query(".facts").results(Static):
            part.update(facts)
