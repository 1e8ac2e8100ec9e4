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
        # Before TextArea itself, which takes Enter for a new line.
        Binding(
            "enter,ctrl+j,ctrl+enter",
            "send",
            "send",
            key_display="⏎",
            id="message.send",
            priority=True,
        ),
        Binding("alt+enter,shift+enter", "new_line", "new line", show=False, id="message.line"),
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

    class Sent(Editor.About):
        """The message `text` is to be sent; it stays until whoever listens empties the editor."""

    def __init__(self) -> None:
        super().__init__(placeholder=PLACEHOLDER, id="message")

    def action_send(self) -> None:
        """Send the message."""
        self.post_message(self.Sent(self, self.value))

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")

    async def action_up(self) -> None:
        """Go up, from the first row to the messages."""
        if self.wrapped_document.location_to_offset(self.cursor_location).y:
            self.action_cursor_up()
        else:  # at once: keys that were typed ahead are meant for the messages
            await self.run_action("screen.messages")
