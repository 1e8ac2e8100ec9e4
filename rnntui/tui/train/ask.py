"""Small questions: yes or no, and a line of text."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Static

_CSS = """
    align: center middle;
    #ask {
        width: 72;
        max-width: 100%;
        height: auto;
        padding: 1 2;
        background: $panel;
        border: round $accent;
    }
    .problem { color: $text-error; height: auto; }
"""


class Confirm(ModalScreen[bool]):
    """A question that `y` alone says yes to.

    Args:
        question: with what is lost.
    """

    DEFAULT_CSS = f"Confirm {{ {_CSS} }}"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "yes", id="confirm.yes"),
        Binding("n,escape", "dismiss(False)", "no", id="confirm.no"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self.question = question

    def compose(self) -> ComposeResult:
        """The question, and the two keys."""
        with Vertical(id="ask"):
            yield Static(self.question, markup=False)
            yield Static("\ny  yes     n or Esc  no", markup=False)


class AskLine(ModalScreen[str | None]):
    """A line of text; None where it was left.

    Args:
        question: what is asked for.
        value: what stands there first.
        check: returns what is wrong with an answer, "" where nothing is.
        suggester: completes what is typed.
    """

    DEFAULT_CSS = f"AskLine {{ {_CSS} }}"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="ask.cancel"),
    ]

    def __init__(
        self,
        question: str,
        value: str = "",
        *,
        check: Callable[[str], str],
        suggester: Suggester | None = None,
    ) -> None:
        super().__init__()
        self.question, self.value = question, value
        self.check, self.suggester = check, suggester

    def compose(self) -> ComposeResult:
        """The question, the line, and what is wrong with it."""
        with Vertical(id="ask"):
            yield Static(self.question, markup=False)
            yield Input(self.value, suggester=self.suggester)
            yield Static("", classes="problem", markup=False)

    def on_mount(self) -> None:
        """Keys go to the line."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _answered(self, event: Input.Submitted) -> None:
        problem = self.check(event.value)
        if problem:
            self.query_one(".problem", Static).update(f"✗ {problem}")
        else:
            self.dismiss(event.value)
