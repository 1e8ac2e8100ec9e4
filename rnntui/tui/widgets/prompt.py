"""Where a prompt is written: several lines, a history, and a completion in grey.

It knows no network: whoever wants to complete the text listens to `Edited` and calls `set_ghost`.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets.text_area import Edit, EditResult

from rnntui.display import visible
from rnntui.files import FileProblem
from rnntui.tui.widgets.editor import Editor
from rnntui.tui.widgets.prompt_history import History


class PromptEditor(Editor):
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
        Binding("ctrl+e", "line_end", "line end, engine", show=False, id="prompt.end"),
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
    | ctrl+e | Go to the end of the line; where the engine has died, start it again. |
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

    class Submitted(Editor.About):
        """The prompt `text` was sent; the editor is empty now."""

    class Edited(Editor.Edited):
        """The prompt became `text` and then rested: time to think of a completion."""

    class GhostAccepted(Editor.About):
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
        super().__init__(placeholder=placeholder, id=id, classes=classes)
        self.history_file = History(history)
        self._ghost = ""

    def on_mount(self) -> None:
        """Read the earlier prompts."""
        self.history_file.load()

    # ---- the text ----

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
