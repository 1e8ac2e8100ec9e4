"""The words that moved the verdict, the strongest first: sign, number, and a bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets.option_list import Option

from rnntui.display import one_line
from rnntui.tui.sentiment.judged import Word
from rnntui.tui.widgets.line_list import LineList

MOST = 100
"""Words listed."""
LEAST = 0.05
"""Share of a word worth listing."""
_EIGHTHS = " ▏▎▍▌▋▊▉"
_NUMBER = 7


def strongest(words: Sequence[Word]) -> list[tuple[int, Word]]:
    """Return the words that moved the verdict, and which of the text they are."""
    found = [(i, word) for i, word in enumerate(words) if abs(word.share) >= LEAST]
    return sorted(found, key=lambda pair: -abs(pair[1].share))[:MOST]


class WordList(LineList):
    """Words; Enter goes to one in the text."""

    BINDING_GROUP_TITLE = "Words that moved it"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "find", key_display="⏎", id="words.find"),
        Binding("j", "cursor_down", "Line down", show=False, id="words.down"),
        Binding("k", "cursor_up", "Line up", show=False, id="words.up"),
    ]

    DEFAULT_CSS = """
    WordList { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__(id="words", markup=False)
        self.listed: list[tuple[int, Word]] = []
        self.tooltip = "What each word added to the verdict, in log-odds"

    def show(self, words: Sequence[Word]) -> None:
        """List what moved a text."""
        listed = strongest(words)
        if [word.text for _, word in listed] != [word.text for _, word in self.listed] or [
            word.share for _, word in listed
        ] != [word.share for _, word in self.listed]:
            self.listed = listed
            self._update()
        self.listed = listed  # places may have moved

    def on_resize(self, _: events.Resize) -> None:
        """Bars as long as there is room."""
        self._update()

    def _update(self) -> None:
        width = self.scrollable_content_region.width or self.size.width
        most = max((abs(word.share) for _, word in self.listed), default=1.0)
        self.set_options(Option(row(word, max(most, 1.0), width)) for _, word in self.listed)
        if self.listed and self.highlighted is None:
            self.highlighted = 0


def row(word: Word, most: float, width: int) -> Content:
    """Return a word with its share; a minus sign is as wide as a plus."""
    name = max(6, min(16, width // 2 - 4))
    shown = one_line(word.text, name)
    shown += " " * max(0, name - cell_len(shown))
    number = f"{word.share:+.2f}".replace("-", "−")
    room = max(0, width - cell_len(shown) - _NUMBER - 2)
    eighths = round(min(1.0, abs(word.share) / most) * room * 8)
    bar = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
    colour = "$success" if word.share > 0 else "$error"
    return Content.assemble(f" {set_cell_size(shown, name)}{number:>{_NUMBER}} ", (bar, colour))
