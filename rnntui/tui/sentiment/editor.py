"""Where a text to be judged is written; its words are tinted by what they did to the verdict.

Never by colour alone: what speaks for it is bold, what speaks against it underlined, and the number
of the word at the cursor is told.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.message import Message
from textual.widgets.text_area import Document, Edit, EditResult

from rnntui.tui.sentiment.judged import Word, at, moved
from rnntui.tui.widgets.editor import Editor

_ALPHAS = (0.0, 0.16, 0.3, 0.5)
"""How much of the colour a word's background has, by level."""


class JudgedEditor(Editor):
    """A text, and what is known of its words."""

    BINDING_GROUP_TITLE = "Text"
    HELP = """
## Text

Type, paste (`Ctrl+V` or as your terminal does), or open a file with `Ctrl+L`; the verdict follows.
`Esc` goes to the list of words, where letters are keys. What is longer than 20,000 characters is
shown folded, and judged as a whole.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+down", "leave", "words", id="judged.leave"),
        Binding("ctrl+n", "empty", "empty", id="judged.empty"),
        Binding("ctrl+e", "line_end", "line end, engine", show=False, id="judged.end"),
    ]

    DEFAULT_CSS = """
    JudgedEditor {
        height: 1fr;
        border: none;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        background: $background;
        &:focus { border: none; }
    }
    """

    # IMDb's longest review has 14,000 characters, and is to be seen.
    long: ClassVar[int] = 20_000
    # Between two keys of a quick typist: the verdict follows each.
    quiet: ClassVar[float] = 0.06

    class Edited(Editor.Edited):
        """The text became `text`, and may be judged."""

    class Left(Message):
        """The person is done with the text, for now."""

    class AtWord(Message):
        """The cursor is at a word.

        Args:
            word: the word; None between words.
            number: which one.
        """

        def __init__(self, word: Word | None, number: int | None) -> None:
            super().__init__()
            self.word, self.number = word, number

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(placeholder="Type or paste a text; Ctrl+L opens a file.", id=id)
        self.words: list[Word] = []
        """In the order of the text; places are those of `text`."""
        self._lines: list[int] = []  # where each begins
        self._tints: dict[int, Style] = {}

    def show_words(self, words: list[Word]) -> None:
        """Tint words; where the text is folded, their places are not those of what is shown."""
        self.words = [] if self._folded else words
        self._lay()
        self._tell_word()

    def go_to(self, word: Word) -> None:
        """Select a word."""
        if self._folded:
            return
        begin, end = (self._plain.get_location_from_index(i) for i in (word.begin, word.end))
        self.move_cursor(begin)
        self.move_cursor(end, select=True, center=True)

    def action_leave(self) -> None:
        """Go to the words; the text stays."""
        self.post_message(self.Left())

    def action_empty(self) -> None:
        """Begin with an empty text; Ctrl+Z brings the old one back."""
        self.clear()

    # ---- TextArea, refined ----

    def edit(self, edit: Edit) -> EditResult:
        """Make a change; the words after it move along."""
        begin = self._plain.get_index_from_location(edit.top)
        result = super().edit(edit)
        self.words = moved(self.words, begin, len(result.replaced_text), len(edit.text))
        self._lay()
        return result

    def load_text(self, text: str) -> None:
        """Replace the text; nothing is known of it yet."""
        self.words = []
        super().load_text(text)
        self._lay()

    def get_line(self, line_index: int) -> Text:
        """Return a line as drawn, its words tinted."""
        line = super().get_line(line_index)
        if not self.words or line_index >= len(self._lines):
            return line
        begin = self._lines[line_index]
        first = bisect_left(self.words, begin, key=lambda word: word.begin)
        for word in self.words[first:]:
            if word.begin >= begin + len(line):
                break
            if word.level:
                line.stylize(self._tint(word), word.begin - begin, word.end - begin)
        return line

    def notify_style_update(self) -> None:
        """Draw all lines anew: the theme changed, or the words."""
        self._tints = {}
        super().notify_style_update()

    def on_text_area_selection_changed(self) -> None:
        """Tell which word the cursor is at."""
        self._tell_word()

    def _tell_word(self) -> None:
        number = at(self.words, self._plain.get_index_from_location(self.cursor_location))
        self.post_message(self.AtWord(None if number is None else self.words[number], number))

    @property
    def _plain(self) -> Document:
        assert isinstance(self.document, Document)  # no language is set
        return self.document

    def _lay(self) -> None:
        newline = len(self.document.newline)
        ends = accumulate((len(line) + newline for line in self.document.lines), initial=0)
        self._lines = list(ends)[:-1]
        self.notify_style_update()
        self.refresh()

    def _tint(self, word: Word) -> Style:
        good = word.share > 0
        key = word.level if good else -word.level
        if key not in self._tints:
            name = "success" if good else "error"
            colour = Color.parse(self.app.theme_variables[name])
            background = self.background_colors[1].blend(colour, _ALPHAS[word.level])
            strong = word.level > 1
            self._tints[key] = Style(
                bgcolor=background.rich_color, bold=(good and strong) or None,
                underline=(not good and strong) or None,
            )  # fmt: skip
        return self._tints[key]
