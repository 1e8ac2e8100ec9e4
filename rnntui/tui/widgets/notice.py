"""A line that says what went wrong and what to do, above the prompt; the text stays where it is."""

from __future__ import annotations

from textual.events import Click
from textual.timer import Timer
from textual.widgets import Static

NOTED = 8.0
"""Seconds that what is no problem stays; a problem stays until something succeeds."""


class Notice(Static):
    """Hidden while there is nothing to say."""

    DEFAULT_CSS = """
    Notice {
        height: auto;
        max-height: 4;
        padding: 0 1;
        background: $error 20%;
        color: $text;
        display: none;
        &.-shown { display: block; }
        &.-good { background: $success 20%; }
    }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._timer: Timer | None = None

    def problem(self, what: str, fix: str = "") -> None:
        """Show what happened and the next step."""
        self._show(f"✗ {what}{'; ' if fix else ''}{fix}", good=False)

    def note(self, text: str) -> None:
        """Show something that is no problem, for a while."""
        self._show(f"· {text}", good=True)
        self._timer = self.set_timer(NOTED, self.hide)

    def hide(self) -> None:
        """Take it away."""
        self.remove_class("-shown")
        self._forget()

    def settle(self) -> None:
        """Take a problem away: something succeeded. What is none stays its while."""
        if not self.has_class("-good"):
            self.hide()

    def on_click(self, event: Click) -> None:
        """A click takes it away."""
        event.stop()
        self.hide()

    def _show(self, text: str, *, good: bool) -> None:
        self._forget()
        self.update(text)
        self.set_class(good, "-good")
        self.add_class("-shown")

    def _forget(self) -> None:
        if self._timer:
            self._timer.stop()
        self._timer = None
