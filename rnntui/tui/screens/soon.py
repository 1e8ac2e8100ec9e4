"""A mode that is not built yet: says so in a line, and what does the job meanwhile."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.mode_bar import ModeBar

_MEANWHILE = {
    "chat": "Meanwhile, Write goes on from anything you type.",
    "sentiment": "",
    "forecast": "",
    "train": "Meanwhile: rnntui train text FILE, in another terminal.",
    "models": "Meanwhile: rnntui list and rnntui show NAME; Ctrl+O chooses the one that writes.",
}


class SoonScreen(Screen[None]):
    """One line."""

    def __init__(self, mode: str) -> None:
        super().__init__()
        self.mode = mode

    def compose(self) -> ComposeResult:
        """The tabs, the line, the footer."""
        yield ModeBar(self.mode)
        line = f"{self.mode.capitalize()} is not built yet. {_MEANWHILE[self.mode]}".strip()
        yield Static(line, markup=False, classes="soon")
        yield KeyLine()
