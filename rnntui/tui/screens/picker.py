"""Choosing one of a list; above a long one stands a line to type a part of a name in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

_FILTERED = 10
"""Choices from which on they can be filtered."""


@dataclass(frozen=True)
class Choice:
    """One of a list."""

    value: str
    """What is returned for it."""
    name: str
    """What is typed to find it."""
    line: str
    """What is shown, in full."""


class Picker(ModalScreen[str | None]):
    """Returns the value of what was chosen, or None.

    Args:
        title: what there is to choose from.
        choices: in their order.
        current: the value of the one in use.
        none: what to say where there is no choice.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="picker.cancel"),
        # While a name is typed, too.
        Binding("up", "move('cursor_up')", "up", show=False, id="picker.up", priority=True),
        Binding("down", "move('cursor_down')", "down", show=False, id="picker.down", priority=True),
        Binding(
            "pageup", "move('page_up')", "page up", show=False, id="picker.page_up", priority=True
        ),
        Binding(
            "pagedown",
            "move('page_down')",
            "page down",
            show=False,
            id="picker.page_down",
            priority=True,
        ),
    ]

    def __init__(
        self, title: str, choices: Sequence[Choice], current: str = "", none: str = ""
    ) -> None:
        super().__init__()
        self.heading, self.choices, self.current, self.none = title, choices, current, none
        self.typed = Input(placeholder="a part of the name", id="choices-filter", compact=True)
        self.listed = OptionList(id="choices")
        self.shown: list[Choice] = []
        """Those that fit what is typed."""

    def compose(self) -> ComposeResult:
        """A title and the list; above a long one the line to type in."""
        with Vertical(id="picker"):
            yield Static(f"{self.heading}  (Enter chooses, Esc cancels)", markup=False)
            if not self.choices:
                yield Static(self.none, markup=False)
            if len(self.choices) >= _FILTERED:
                yield self.typed
            yield self.listed

    def on_mount(self) -> None:
        """Show all."""
        self._look("")
        (self.typed if self.typed.is_attached else self.listed).focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._look(event.value.strip().lower())

    def _look(self, part: str) -> None:
        self.shown = [choice for choice in self.choices if part in choice.name.lower()]
        # As plain text, whatever a thing is called.
        self.listed.set_options(Option(Content(choice.line)) for choice in self.shown)
        values = [choice.value for choice in self.shown]
        if values:
            self.listed.highlighted = values.index(self.current) if self.current in values else 0

    def action_move(self, how: str) -> None:
        """Move the highlight of the list, wherever the keys go."""
        getattr(self.listed, f"action_{how}")()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if self.shown:
            self.dismiss(self.shown[self.listed.highlighted or 0].value)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self.shown[event.option_index].value)
