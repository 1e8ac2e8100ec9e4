"""Where a message is typed: Enter sends it, as everywhere where people talk."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from rnntui.tui.widgets.editor import Editor

PLACEHOLDER = "› type a message   Enter: send it"


class MessageEditor(Editor):
    """A message of any length."""

    BINDING_GROUP_TITLE = "Message"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,ctrl+enter", "send", "send", key_display="⏎", id="message.send"),
        Binding(
            "alt+enter,shift+enter,ctrl+j", "new_line", "new line", show=False, id="message.line"
        ),
        Binding("ctrl+e", "line_end", "line end, engine", show=False, id="message.end"),
        Binding("up", "up", "Line up, messages", id="message.up", show=False),
    ]

    DEFAULT_CSS = """
    MessageEditor {
        height: auto;
        min-height: 1;
        max-height: 8;
        border: none;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        background: $surface;
        &:focus { border: none; background: $boost; }
    }
    """

    def __init__(self) -> None:
        super().__init__(placeholder=PLACEHOLDER, id="message")

    async def action_send(self) -> None:
        """Send the message."""
        # At once: keys that were typed ahead are meant for the next message.
        await self.run_action("screen.send")

    async def action_up(self) -> None:
        """Go up, from the first row to the messages."""
        if self.wrapped_document.location_to_offset(self.cursor_location).y:
            self.action_cursor_up()
        else:  # at once: keys that were typed ahead are meant for the messages
            await self.run_action("screen.messages")
