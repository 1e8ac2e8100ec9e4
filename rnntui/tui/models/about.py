"""What there is to tell of one model: its facts, and its card set for reading."""

from __future__ import annotations

import asyncio
import textwrap
from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual import events, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static
from textual.worker import Worker

from rnntui.display import one_line, visible
from rnntui.engine.protocol.sharing import Description

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp

_LONGEST = 1000
"""Characters of a value that are shown."""
_NAMES = 22
"""Cells for the names of facts."""


class About(VerticalScroll):
    """Facts over the card; it scrolls."""

    DEFAULT_CSS = """
    About {
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        padding: 0 1;
        & > Static { width: 1fr; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="about")
        self.words = Static("", markup=False)
        self.text = ""
        """All that it says."""
        self._name = ""
        self._told: Description | str = ""

    def compose(self) -> ComposeResult:
        """One text."""
        yield self.words

    def show(self, name: str, told: Description | str) -> None:
        """Show a model.

        Args:
            name: its name.
            told: what is known of it, or a line that stands in for that.
        """
        if (name, told) == (self._name, self._told):
            return
        if name != self._name:
            self.scroll_home(animate=False)
        self._name, self._told = name, told
        self._set()

    def on_resize(self, _: events.Resize) -> None:
        """Lines are as long as there is room."""
        self._set()

    @work(exclusive=True, group="card", exit_on_error=False)
    async def _set(self) -> None:
        width = self.scrollable_content_region.width
        told = self._told
        if width < 8:
            return
        words = Text()
        words.append(f"{one_line(self._name, 200)}\n" if self._name else "", "bold")
        if isinstance(told, str):
            words.append(visible(told))
        else:
            words.append_text(_facts(told, width))
            self._put(words)
            if told.card:
                words.append("\n\n")
                words.append_text(await asyncio.to_thread(_card, told.card, width))
        self._put(words)

    def _put(self, words: Text) -> None:
        self.text = words.plain
        self.words.update(words.copy())

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a bug in the background."""
        cast("RnntuiApp", self.app).on_worker_state_changed(event)


def _card(card: str, width: int) -> Text:
    """Set a card; what that needs is imported with the first one."""
    from rnntui.tui.models.card import set_card

    return set_card(card, width)


def _facts(told: Description, width: int) -> Text:
    """Return names and values below each other, long values wrapped beside their names."""
    text = Text()
    if told.problem:
        text.append(f"damaged: {visible(told.problem)}\n", "bold")
    wide = min(_NAMES, width // 3)
    for number, (name, value) in enumerate(told.facts):
        text.append("\n" if number else "")
        text.append(f"{one_line(name, wide):{wide}}  ", "dim")
        pieces = textwrap.wrap(one_line(value, _LONGEST), max(8, width - wide - 2)) or [""]
        text.append(("\n" + " " * (wide + 2)).join(pieces))
    return text
