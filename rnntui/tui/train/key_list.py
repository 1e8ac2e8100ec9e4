"""The keys of a recipe as rows: name, value, and who says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets.option_list import Option

from rnntui.recipes.schema import Recipe
from rnntui.tui.train.keys import Key, keys, write
from rnntui.tui.widgets.line_list import LineList

_NAME = 19
_SOURCE = 8


class KeyList(LineList):
    """Rows of keys. What is turned or typed goes out as a message; the form decides."""

    HELP = """
# Keys

`Enter` or a digit types a value, `←` `→` turn a choice, `r` takes the recipe's own again, `R` does
so with all keys. Another letter goes to the next key that begins with it.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "turn", key_display="← →", id="keys.less"),
        Binding("right", "turn(1)", "turn", show=False, id="keys.more"),
        Binding("backspace,delete,r", "reset", "reset", key_display="r", id="keys.reset"),
        Binding("R", "reset_all", "reset all", id="keys.reset_all"),
    ]

    @dataclass
    class Turned(Message):
        """A key got a value; None gives it back to the recipe."""

        key: Key
        value: Any

    class AllReset(Message):
        """All keys are given back to the recipe."""

    @dataclass
    class Typing(Message):
        """The person begins to type a value."""

        key: Key
        text: str
        """What is typed already."""

    def __init__(self, kind: type[Recipe]) -> None:
        super().__init__(id="keys", markup=False)
        self.keys = keys(kind)
        self.values: dict[str, Any] = {}

    def of(self, kind: type[Recipe]) -> None:
        """Become the keys of another kind of recipe, still to be shown."""
        made = keys(kind)
        if made != self.keys:
            self.keys = made
            self.clear_options()

    def show(self, values: Mapping[str, Any], sources: Mapping[str, str]) -> None:
        """Show values, and who says so, by the names of the keys."""
        self.values = dict(values)
        lines = [_row(key, values[key.name], sources[key.name]) for key in self.keys]
        if not self.option_count:
            self.set_options(
                Option(line, id=key.name) for key, line in zip(self.keys, lines, strict=True)
            )
            self.highlighted = 0
            return
        for index, (option, line) in enumerate(zip(self.options, lines, strict=True)):
            if option.prompt != line:
                self.replace_option_prompt_at_index(index, line)

    @property
    def current(self) -> Key:
        """The key with the highlight."""
        return self.keys[self.highlighted or 0]

    def action_turn(self, steps: int) -> None:
        """Take the next of a key's choices."""
        key = self.current
        if key.choices:
            now = self.values[key.name]
            place = key.choices.index(now) + steps if now in key.choices else 0
            self.post_message(self.Turned(key, key.choices[place % len(key.choices)]))

    def action_reset(self) -> None:
        """Give a key back to the recipe."""
        self.post_message(self.Turned(self.current, None))

    def action_reset_all(self) -> None:
        """Give all keys back to the recipe."""
        self.post_message(self.AllReset())

    def on_key(self, event: events.Key) -> None:
        """Type at a digit; at a letter go to a key that begins with it."""
        character = event.character or ""
        if character and character in "0123456789.-":
            event.stop()
            if re.fullmatch(self.current.restrict or ".", character):
                self.post_message(self.Typing(self.current, character))
        elif character.isalpha() and character not in "rR":
            event.stop()
            self._go_to(character)

    def _go_to(self, letter: str) -> None:
        begin = (self.highlighted or 0) + 1
        places = [*range(begin, len(self.keys)), *range(begin)]
        self.highlighted = next(
            (place for place in places if self.keys[place].name.startswith(letter)),
            self.highlighted,
        )


def _row(key: Key, value: Any, source: str) -> Content:
    shown = "from the text" if value is None else write(value) or "none"
    mark = "›" if source == "you" else " "
    return Content.assemble(
        f"{mark}{key.name:{_NAME}} {_cut(shown, 13):13} ",
        (f"{source:{_SOURCE}}", "dim"),
    )


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
