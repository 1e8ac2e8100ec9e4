"""Where a prompt is written: several lines, a history, and a completion in grey.

It knows no network: whoever wants to complete the text listens to `Edited` and calls `set_ghost`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Paste
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult, Selection

from rnntui.display import UNSAFE, one_line, visible
from rnntui.files import FileProblem, file_problem
from rnntui.tui.widgets.prompt_history import History

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


class PromptEditor(TextArea):
    """A prompt of any length, sent with Ctrl+J.

    Args:
        history: the file in which sent prompts are kept, one JSON string a line.
    """

    BINDING_GROUP_TITLE = "Prompt"
    HELP = """\
## Prompt

The text from which the network goes on, and how it goes on is up to it.

* **Ctrl+J** sends it, as does **Ctrl+Enter** where the terminal tells the two apart;
  **Enter** begins a new line.
* **↑** on the first line and **↓** on the last walk through earlier prompts.
* The underlined text after the cursor is what the network would write:
  **Tab** takes all of it, **→** one character.
* A very long paste is shown folded, as `⟦1: 1,048,576 characters…⟧`, and sent as a whole.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j,ctrl+enter", "submit", "write", id="prompt.submit"),
        Binding("tab", "accept_ghost", "take completion", id="prompt.accept"),
        Binding("escape", "leave", "back", id="prompt.leave"),
        Binding("right", "cursor_right", "Take a character", id="prompt.right", show=False),
        Binding("up", "cursor_up", "Line up, earlier prompt", id="prompt.up", show=False),
        Binding("down", "cursor_down", "Line down, later prompt", id="prompt.down", show=False),
    ]
    """
    | Key | What it does |
    | :- | :- |
    | ctrl+j, ctrl+enter | Send the prompt. |
    | tab | Take the whole completion, if there is one. |
    | escape | Leave the prompt; what was typed stays. |
    | right | Take one character of the completion, at the end of the text. |
    | up, down | Earlier and later prompts, from the first and the last line. |
    """

    DEFAULT_CSS = """
    PromptEditor {
        height: auto;
        min-height: 1;
        max-height: 8;
        border: none;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        background: $surface;
        &:focus { border: none; background: $boost; }
        & .text-area--suggestion { color: $text-muted; text-style: underline; }
    }
    """

    class About(Message):
        """What the messages of this editor have in common.

        Args:
            editor: the widget.
            text: what it is about, folded pastes unfolded.
        """

        def __init__(self, editor: PromptEditor, text: str) -> None:
            super().__init__()
            self.editor = editor
            self.text = text

        @property
        def control(self) -> PromptEditor:
            """The widget that posted it."""
            return self.editor

    class Submitted(About):
        """The prompt `text` was sent; the editor is empty now."""

    class Edited(About):
        """The prompt became `text` and then rested: time to think of a completion."""

    class GhostAccepted(About):
        """So much of the completion, `text`, became part of the prompt."""

    class Left(Message):
        """The person is done with the prompt, for now."""

    class HistoryFailed(Message):
        """Sent prompts could not be kept on disk.

        Args:
            problem: what happened and what helps.
        """

        def __init__(self, problem: FileProblem) -> None:
            super().__init__()
            self.problem = problem

    def __init__(
        self,
        history: Path | None = None,
        *,
        placeholder: str = "",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(
            placeholder=placeholder,
            highlight_cursor_line=False,
            id=id,
            classes=classes,
        )
        self.cursor_blink = False
        self.match_cursor_bracket = False  # a bracket of prose has no partner to look for
        self.history_file = History(history)
        self._folded: dict[str, str] = {}
        self._folds = 0
        self._ghost = ""
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Read the earlier prompts."""
        self.history_file.load()

    # ---- the text ----

    @property
    def value(self) -> str:
        """The whole prompt: `text` with folded pastes unfolded."""
        text = self.text
        if not self._folded:
            return text
        return _FOLD.sub(lambda fold: self._folded.get(fold.group(), fold.group()), text)

    def load(self, text: str) -> None:
        """Replace the prompt, folded if it is long, with the cursor at its end."""
        self._folded.clear()
        self.load_text(self._fold(text) if len(text) > LONG else text)
        self.move_cursor(self.document.end)

    def load_file(self, path: Path) -> None:
        """Replace the prompt by the text of a file.

        Raises:
            FileProblem: it is missing, unreadable or no UTF-8 text.
        """
        try:
            self.load(path.read_text("utf-8-sig"))
        except OSError as error:
            raise file_problem(error, path, "read") from error
        except UnicodeDecodeError as error:
            raise FileProblem(f"{path} is not UTF-8 text", "convert it, or name another") from error

    def action_leave(self) -> None:
        """Leave the prompt; what was typed stays."""
        self.post_message(self.Left())

    def action_submit(self) -> None:
        """Send the prompt and begin an empty one."""
        text = self.value
        self.history_file.add(text)
        if self.history_file.path:
            # A full second on a busy disk: fsync waits for what others have written too.
            self.run_worker(self._save, thread=True, exit_on_error=False, group="history")
        self.load("")
        self.post_message(self.Submitted(self, text))

    def _save(self) -> None:
        try:
            self.history_file.save()
        except FileProblem as problem:
            self.post_message(self.HistoryFailed(problem))

    # ---- completion ----

    def set_ghost(self, text: str) -> None:
        """Offer a completion after the cursor; it is dropped unless that is at the end."""
        if not self.cursor_at_end_of_text or not self.selection.is_empty:
            text = ""
        self._ghost = text
        shown = visible(text).replace("\n", "⏎").replace("\t", " ")
        column = self.wrapped_document.location_to_offset(self.cursor_location).x
        room = max(1, self.wrap_width - column)
        while cell_len(shown) > room:
            shown = shown[: room - 1 if len(shown) > room else len(shown) - 2] + "…"
        self.suggestion = shown
        self.refresh_bindings()

    def action_accept_ghost(self) -> None:
        """Take the whole completion."""
        self._accept(len(self._ghost))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Tab to whoever moves the focus when there is no completion."""
        return bool(self._ghost) if action == "accept_ghost" else True

    def _accept(self, count: int) -> None:
        taken, rest = self._ghost[:count], self._ghost[count:]
        self.insert(taken)
        self.set_ghost(rest)
        self.post_message(self.GhostAccepted(self, taken))

    def _drop_ghost(self) -> None:
        if self._ghost:
            self._ghost = self.suggestion = ""
            self.refresh_bindings()

    # ---- TextArea, refined ----

    def get_line(self, line_index: int) -> Text:
        """Return a line as drawn: escapes as pictures, so that a paste cannot steer the screen."""
        return Text(UNSAFE.sub(_picture, self.document.get_line(line_index)), end="", no_wrap=True)

    def render_line(self, y: int) -> Strip:
        """Draw a row; where there is no width at all, Textual would divide by it."""
        return super().render_line(y) if self.wrap_width > 0 else Strip.blank(self.size.width)

    def edit(self, edit: Edit) -> EditResult:
        """Make a change; a completion was for the text before."""
        self._drop_ghost()
        return super().edit(edit)

    def undo(self) -> None:
        """Take back a change; a completion was for the text after it."""
        self._drop_ghost()
        super().undo()

    def redo(self) -> None:
        """Make a change again; a completion was for the text before."""
        self._drop_ghost()
        super().redo()

    def load_text(self, text: str) -> None:
        """Replace the text; a completion was for the text before."""
        self._drop_ghost()
        super().load_text(text)

    def on_text_area_selection_changed(self) -> None:
        """Drop a completion the cursor has left."""
        if self._ghost and not self.cursor_at_end_of_text:
            self._drop_ghost()

    def on_text_area_changed(self) -> None:
        """Tell of the edit once it rests."""
        if self._timer:
            self._timer.stop()
        self._timer = self.set_timer(QUIET, self._tell)

    def _tell(self) -> None:
        self.post_message(self.Edited(self, self.value))

    def action_cursor_right(self, select: bool = False) -> None:
        """Go right, or take one character of the completion."""
        if self._ghost and not select:
            self._accept(1)
        else:
            super().action_cursor_right(select)

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up, from the first row to the prompt before."""
        row = self.wrapped_document.location_to_offset(self.cursor_location).y
        if select or row or not self._walk(-1):
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Go down, from the last row to the prompt after."""
        row = self.wrapped_document.location_to_offset(self.cursor_location).y
        if select or row < self.wrapped_document.height - 1 or not self._walk(+1):
            super().action_cursor_down(select)

    def _walk(self, by: int) -> bool:
        prompt = self.history_file.step(by, self.value)
        if prompt is None:
            return False
        self.load(prompt)
        if by < 0:
            self.move_cursor((0, len(self.document.get_line(0))))  # up again goes further back
        return True

    def action_delete_left(self) -> None:
        """Delete a character, a folded paste as a whole."""
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        for fold in self._folded:
            if self.selection.is_empty and before.endswith(fold):
                self.selection = Selection((row, column - len(fold)), (row, column))
        super().action_delete_left()

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
        if len(text) + len(self.text) > LONG and len(text) > LONG // 10:
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
