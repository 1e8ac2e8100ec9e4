"""Naming a file: a line with completion, and what there is to choose from below it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from rnntui.display import one_line
from rnntui.paths import expanded
from rnntui.tui.path_completion import complete, unquoted


class FilePicker(ModalScreen[Path | None]):
    """Returns the path of a file that is there, or None.

    Args:
        title: what the file is for.
        placeholder: what may be typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="files.cancel"),
        Binding("tab", "complete", "complete", id="files.complete", priority=True),
    ]

    def __init__(self, title: str, placeholder: str = "path of a text file") -> None:
        super().__init__()
        self.heading = title
        self.path = Input(placeholder=placeholder, id="path")
        self.names = Static("", id="names", markup=False)

    def compose(self) -> ComposeResult:
        """A title, the line, and the names that fit."""
        with Vertical(id="picker"):
            keys = "Tab completes, Enter takes it, Esc cancels"
            yield Static(f"{self.heading}  ({keys})", markup=False)
            yield self.path
            yield self.names

    def on_mount(self) -> None:
        """Show what is in the current folder."""
        self._look("")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._look(event.value)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _look(self, typed: str) -> None:
        # On a thread: the folder may be at the end of a slow line.
        names = complete(unquoted(typed)).names
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._show, names)

    def _show(self, names: tuple[str, ...]) -> None:
        if not self.is_attached:  # closed meanwhile
            return
        listed = "  ".join(one_line(name, 40) for name in names) or "nothing by that name"
        self.names.update(listed)

    def action_complete(self) -> None:
        """Add what all names that fit have in common."""
        self._put(complete(unquoted(self.path.value)).text)

    def _put(self, typed: str) -> None:
        self.path.value = typed
        self.path.cursor_position = len(typed)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        typed = unquoted(event.value.strip())
        try:
            path = expanded(typed)
            found = bool(typed) and path.is_file()
            folder = bool(typed) and path.is_dir()
        except (OSError, ValueError, RuntimeError):  # a null character, or no such user
            found = folder = False
        if found:
            self.dismiss(path)
        elif folder:
            self._put(typed.rstrip("/") + "/")
        else:
            self.names.update("there is no such file")
