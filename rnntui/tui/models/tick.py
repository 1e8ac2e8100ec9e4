"""A yes or no in a form, told by a sign: Textual's own checkbox tells it by a colour alone."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static


class Tick(Static, can_focus=True):
    """`[x] about` or `[ ] about`; Space, Enter or a click turns it.

    Args:
        about: what it is a yes to.
    """

    class Changed(Message):
        """It was turned."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "turn", "yes or no", id="tick.turn"),
    ]

    DEFAULT_CSS = """
    Tick {
        width: 1fr;
        &:focus { text-style: reverse; }
    }
    """

    def __init__(self, about: str, *, id: str) -> None:
        super().__init__(f"[ ] {about}", markup=False, id=id)
        self.about = about
        self.value = False
        """Whether it is a yes."""

    def action_turn(self) -> None:
        """Say yes instead of no, or no instead of yes."""
        self.value = not self.value
        self.update(f"[{'x' if self.value else ' '}] {self.about}")
        self.post_message(self.Changed())

    def on_click(self, event: events.Click) -> None:
        """Turn it by the mouse."""
        event.stop()
        self.action_turn()
