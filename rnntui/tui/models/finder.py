"""The line that is typed into: the filter of what is listed, or the words for the Hub."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

_LABELS = {"filter": " Filter ", "hub": " Hub    "}
_PLACEHOLDERS = {
    "filter": "/ filters by name, task, source; h searches the Hub",
    "hub": "words, or owner/name; nothing for all models of rnntui; Enter asks the Hub",
}

Purpose = Literal["filter", "hub"]


class _Line(Input):
    """A line that hands the keys back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave(True)", "leave", id="finder.leave"),
        Binding("down", "leave(False)", "to the list", show=False, id="finder.down"),
    ]

    def action_leave(self, empty: bool) -> None:
        """Go back to the list."""
        self.post_message(Finder.Left(empty))


class Finder(Horizontal):
    """A label and a line."""

    class Filtered(Message):
        """The filter has changed."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    class Asked(Message):
        """The Hub is to be searched."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    class Left(Message):
        """The person is done with it."""

        def __init__(self, empty: bool) -> None:
            super().__init__()
            self.empty = empty
            """Whether what was typed is given up."""

    DEFAULT_CSS = """
    Finder {
        height: 1;
        & > Static { width: 8; color: $text-muted; }
        & > Input { width: 1fr; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="finder")
        self.purpose: Purpose = "filter"
        self._kept = {"filter": "", "hub": ""}
        self.label = Static(_LABELS["filter"], markup=False)
        self.line = _Line(placeholder=_PLACEHOLDERS["filter"], compact=True)

    def compose(self) -> ComposeResult:
        """The label, the line."""
        yield self.label
        yield self.line

    def ask(self, purpose: Purpose) -> None:
        """Let words be typed."""
        self._become(purpose)
        self.line.focus()
        self.line.select_all()

    def rest(self) -> None:
        """Show the filter, which goes on to count."""
        self._become("filter")

    def clear(self) -> bool:
        """Give the filter up; return whether there was one."""
        had = bool(self._kept["filter"])
        self._kept["filter"] = ""
        self._become("filter")
        if had:
            self.post_message(self.Filtered(""))
        return had

    def _become(self, purpose: Purpose) -> None:
        self.purpose = purpose
        self.label.update(_LABELS[purpose])
        self.line.placeholder = _PLACEHOLDERS[purpose]
        with self.line.prevent(Input.Changed):
            self.line.value = self._kept[purpose]

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._kept[self.purpose] = event.value
        if self.purpose == "filter":
            self.post_message(self.Filtered(event.value))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if self.purpose == "hub":
            self.post_message(self.Asked(event.value))
        self.post_message(self.Left(False))
