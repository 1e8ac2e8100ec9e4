"""A field for text of any origin and length: what a paste holds cannot steer the screen.

What becomes of the text is for whoever listens to `Edited`.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Key, Paste
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from rnntui.display import UNSAFE, one_line, visible
from rnntui.files import FileProblem, file_problem

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp

LONG = 10_000
"""Characters beyond which a paste is folded. TextArea wraps a whole paragraph at each key: 25 ms at
10,000 characters without a newline, 0.25 s at 100,000, 2 s at a million."""

QUIET = 0.15
"""Seconds without an edit after which `Edited` is posted."""

_FOLD = re.compile("⟦[^⟦⟧]*⟧")


def _picture(match: re.Match[str]) -> str:
    # Exactly one character: TextArea counts columns by characters.
    picture = visible(match.group())
    return picture if len(picture) == 1 else "�"


class Editor(TextArea):
    """Text that may be long and may hold anything."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+enter,shift+enter", "new_line", "new line", show=False, id="editor.line"),
    ]

    long: ClassVar[int] = LONG
    """Characters beyond which a paste is folded."""
    quiet: ClassVar[float] = QUIET
    """Seconds without an edit after which `Edited` is posted."""

    class About(Message):
        """What the messages of this editor have in common.

        Args:
            editor: the widget.
            text: what it is about, folded pastes unfolded.
        """

        def __init__(self, editor: Editor, text: str) -> None:
            super().__init__()
            self.editor = editor
            self.text = text

        @property
        def control(self) -> Editor:
            """The widget that posted it."""
            return self.editor

    class Edited(About):
        """The text became `text` and then rested."""

    def __init__(
        self, *, placeholder: str = "", id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(
            placeholder=placeholder,
            highlight_cursor_line=False,
            id=id,
            classes=classes,
        )
        self.cursor_blink = False
        self.match_cursor_bracket = False  # a bracket of prose has no partner to look for
        for key in ("f6", "f7"):  # TextArea selects by them; here they lead to modes
            self._bindings.key_to_bindings.pop(key, None)
        self._folded: dict[str, str] = {}
        self._folds = 0
        self._timer: Timer | None = None

    @property
    def value(self) -> str:
        """The whole text: `text` with folded pastes unfolded."""
        text = self.text
        if not self._folded:
            return text
        return _FOLD.sub(lambda fold: self._folded.get(fold.group(), fold.group()), text)

    def load(self, text: str) -> None:
        """Replace the text, folded if it is long, with the cursor at its end."""
        self._folded.clear()
        self.load_text(self._fold(text) if len(text) > self.long else text)
        self.move_cursor(self.document.end)

    def put(self, text: str) -> None:
        """Replace the text as an edit that can be undone, with the cursor at its end."""
        new = self._fold(text) if len(text) > self.long else text
        self.replace(new, (0, 0), self.document.end)
        self.move_cursor(self.document.end)

    async def load_file(self, path: Path) -> None:
        """Replace the text by the text of a file.

        Raises:
            FileProblem: it is missing, unreadable or no UTF-8 text.
        """
        self.load(await asyncio.to_thread(_text_of, path))

    def get_line(self, line_index: int) -> Text:
        """Return a line as drawn: escapes as pictures, so that a paste cannot steer the screen."""
        return Text(UNSAFE.sub(_picture, self.document.get_line(line_index)), end="", no_wrap=True)

    def render_line(self, y: int) -> Strip:
        """Draw a row; where there is no width at all, Textual would divide by it."""
        return super().render_line(y) if self.wrap_width > 0 else Strip.blank(self.size.width)

    def on_text_area_changed(self) -> None:
        """Tell of the edit once it rests."""
        if self._timer:
            self._timer.stop()
        self._timer = self.set_timer(self.quiet, self._tell)

    def _tell(self) -> None:
        self.post_message(self.Edited(self, self.value))

    async def on_key(self, event: Key) -> None:
        """Do what a key is bound to here in its turn: else keys typed after it come before it."""
        if event.is_printable or not self.is_attached:
            return
        bound = self.screen.active_bindings.get(event.key)
        if bound and bound.node is self and bound.enabled:
            event.stop()
            event.prevent_default()
            await self.run_action(bound.binding.action)

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.replace("\n", *self.selection, maintain_selection_offset=False)
        self.scroll_cursor_visible()

    def action_delete_left(self) -> None:
        """Delete a character, a folded paste as a whole."""
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        for fold in self._folded:
            if self.selection.is_empty and before.endswith(fold):
                self.selection = Selection((row, column - len(fold)), (row, column))
        super().action_delete_left()

    async def action_line_end(self) -> None:
        """Go to the end of the line; where the engine has died, start it again, as elsewhere."""
        if cast("RnntuiApp", self.app).engine.death:
            await self.app.run_action("app.restart_engine")
        else:
            self.action_cursor_line_end()

    def on_paste(self, event: Paste) -> None:
        """Insert a paste, folded if it is long."""
        event.prevent_default()
        event.stop()
        self._insert_paste(event.text)

    def action_paste(self) -> None:
        """Insert what was copied in this app, folded if it is long."""
        self._insert_paste(self.app.clipboard)

    def _insert_paste(self, text: str) -> None:
        # Terminals send pasted newlines as carriage returns.
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if len(text) + len(self.text) > self.long and len(text) > self.long // 10:
            text = self._fold(text)
        self.replace(text, *self.selection, maintain_selection_offset=False)
        self.scroll_cursor_visible()

    def _fold(self, text: str) -> str:
        self._folds += 1
        begin = one_line(text[:40].strip(), 24)
        begin = begin.replace("⟦", "(").replace("⟧", ")")
        fold = f"⟦{self._folds}: {len(text):,} characters, “{begin}”⟧"
        self._folded[fold] = text
        return fold


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise file_problem(error, path, "read") from error
    except UnicodeDecodeError as error:
        raise FileProblem(f"{path} is not UTF-8 text", "convert it, or name another") from error
