"""The knobs as rows with bars: turned by keys, mouse or typing while the text streams.

It knows nothing of the engine: what was turned goes out as a message, and the values come from the
frozen `rnntui.knobs.Knobs`, which also decides every range and step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from rnntui.errors import BadOption
from rnntui.knobs import CHAT_KNOBS, EVERY_KNOB, KNOBS, Held, Knob, Knobs, Source, Value

SOURCE_WORDS: dict[Source, str] = {"environment": "env"}
"""Sources with a shorter word here; the others go by their names."""

LONGEST_TYPED = 24
"""Characters; a seed has 19 digits."""


class Columns(NamedTuple):
    """How a row is divided; in cells, each but the last followed by a blank."""

    label: int
    bar: int
    """With both its ends; 0 where there is no room for one."""
    value: int
    source: int
    """1 for a single letter, 0 for nothing."""


_MARK, _VALUE, _WORD, _LEAST_BAR = 1, 7, 8, 8
_LABELLED = (*KNOBS.values(), *CHAT_KNOBS.values())
_LABEL = max(len(knob.label) for knob in _LABELLED)
_SHORT = max(len(knob.short) for knob in _LABELLED)


def columns(width: int) -> Columns:
    """Divide a row: the bar takes what is left, and where that is little, labels give way."""
    source = _WORD if width >= 34 else 1
    for label in (_LABEL, _SHORT):
        bar = width - (_MARK + label + 1 + 1 + _VALUE + 1 + source)
        if bar >= _LEAST_BAR:
            return Columns(label, bar, _VALUE, source)
    return Columns(_SHORT, 0, _VALUE, 1 if width >= _MARK + _SHORT + 1 + _VALUE + 2 else 0)


def draw_bar(fraction: float, width: int) -> tuple[str, str]:
    """Return the full and the empty part of a bar, its ends included.

    Args:
        fraction: 0 to 1.
        width: in cells, both ends included.
    """
    inside = width - 2
    halves = round(fraction * inside * 2)
    full = "█" * (halves // 2) + "▌" * (halves % 2)
    return f"▕{full}", "░" * (inside - len(full)) + "▏"


class KnobRow(Widget):
    """One knob: label, bar, value, and who set it."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    KnobRow {
        height: 1;
        text-wrap: nowrap;
        text-overflow: clip;
        &:hover { background: $boost; }
        &:focus { background: $block-cursor-blurred-background; }
    }
    """

    BINDING_GROUP_TITLE = "Knobs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "nudge(-1)", "less", key_display="← →", id="knobs.less"),
        Binding("right", "nudge(1)", "more", id="knobs.more", show=False),
        Binding("shift+left", "nudge(-1, True)", "much less", id="knobs.much_less", show=False),
        Binding("shift+right", "nudge(1, True)", "much more", id="knobs.much_more", show=False),
        Binding("up", "neighbour(-1)", "knob above", id="knobs.up", show=False),
        Binding("down", "neighbour(1)", "knob below", id="knobs.down", show=False),
        Binding("enter", "type", "type", id="knobs.type"),
        Binding("backspace,delete,r", "reset", "reset", key_display="r", id="knobs.reset"),
    ]

    can_focus = True

    held: reactive[Held] = reactive(Held(None, "default"))
    """What the row shows."""
    typed: reactive[str | None] = reactive(None)
    """What the person is typing; None while nothing is typed."""

    def __init__(self, knob: Knob, panel: KnobPanel) -> None:
        super().__init__(id=f"knob-{knob.name.replace('_', '-')}")
        self.knob = knob
        self.panel = panel
        self.tooltip = Content(
            f"{knob.about}\nChoose {knob.choice}.\n← → turn, Enter types, r resets"
        )

    def allow_focus(self) -> bool:
        """Let Tab stop at one row of the panel only: eight stops would be a long way round."""
        return self.panel.current == self.knob.name

    def render(self) -> Content:
        """Draw the row."""
        cells = columns(self.content_size.width)
        wide = cells.label == _LABEL
        label = self.knob.label if wide else self.knob.short
        mark = "›" if self.has_focus else " "
        parts: list[str | tuple[str, str]] = [
            (f"{mark}{label:{cells.label}} ", "bold" if self.has_focus else "")
        ]
        room = cells.value
        fraction = self.knob.fraction(self.held.value)
        if self.typed is not None or fraction is None:
            room += cells.bar + 1 if cells.bar else 0  # a seed or a word may be long
        elif cells.bar:
            full, empty = draw_bar(fraction, cells.bar)
            parts += [(full, "$primary"), (empty, "$foreground 35%"), " "]
        if self.typed is None:
            text = self.knob.write(self.held.value)
            parts.append(f"{_fit(text, room):{room}}")
        else:
            # The end of what is typed stays in sight, and the cursor after it.
            shown = self.typed[-(room - 1) :]
            parts += [(shown, "underline"), ("▏", "bold"), " " * (room - 1 - len(shown))]
        if cells.source:
            source = self._source(cells.source)
            parts.append((f" {source:{cells.source}}", "$foreground 60%"))
        return Content.assemble(*parts)

    def _source(self, width: int) -> str:
        if self.typed is not None:
            return "⏎"
        if width == 1:
            return self.held.source[0]
        return SOURCE_WORDS.get(self.held.source, self.held.source)

    # ---- keys ----

    def action_nudge(self, direction: int, coarse: bool = False) -> None:
        """Turn the knob by a stop, or by several."""
        self.panel.nudge(self.knob.name, direction * (self.knob.coarse if coarse else 1))

    def action_neighbour(self, step: int) -> None:
        """Go to another row; at either end stay."""
        names = list(self.panel.rows)
        index = names.index(self.knob.name) + step
        if 0 <= index < len(names):
            self.panel.go_to(names[index])

    def action_type(self) -> None:
        """Begin to type a value."""
        self.typed = ""

    def action_reset(self) -> None:
        """Give the value up for what lies below it."""
        self.panel.reset(self.knob.name)

    def on_key(self, event: events.Key) -> None:
        """Begin typing at a digit; while typing, keep every key that writes or moves."""
        if self.typed is None:
            if event.character is not None and event.character in "0123456789.":
                self.typed = event.character
                event.stop()
            return
        if event.key == "escape":
            self.typed = None
        elif event.key == "enter":
            self._finish()
        elif event.key == "backspace":
            self.typed = self.typed[:-1]
        elif event.is_printable and event.character is not None:
            self._type(event.character)
        elif event.key in ("up", "down"):
            self._finish()
            return  # and move
        elif event.key not in ("left", "right", "delete", "shift+left", "shift+right"):
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Take a pasted number as if it were typed."""
        event.stop()
        self._type("".join(event.text.split()))

    def _type(self, text: str) -> None:
        clean = "".join(character for character in text if character.isprintable())
        self.typed = ((self.typed or "") + clean)[:LONGEST_TYPED]

    def _finish(self) -> None:
        """Take what was typed; nothing typed resets the knob."""
        typed, self.typed = self.typed, None
        if typed is not None:
            self.panel.set(self.knob.name, typed)

    def on_focus(self) -> None:
        """Draw the mark."""
        self.refresh()

    def on_blur(self) -> None:
        """Take what was typed, if anything was: who goes on has finished typing."""
        if self.typed:
            self._finish()
        self.typed = None
        self.refresh()

    # ---- mouse ----

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Set the value where the bar is pressed; begin to type where the value is."""
        event.stop()
        self.panel.go_to(self.knob.name)
        cells = columns(self.content_size.width)
        start = _MARK + cells.label + 1
        if self.knob.stops and cells.bar and start <= event.x < start + cells.bar:
            self.capture_mouse()
            self._point(event.x)
        elif start <= event.x < self.content_size.width - cells.source - 1:
            self.typed = self.typed or ""

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse while its button is down."""
        if self.app.mouse_captured is self:
            event.stop()
            self._point(event.x)

    def on_mouse_up(self) -> None:
        """Let the mouse go."""
        self.release_mouse()

    def _point(self, x: int) -> None:
        """Fill the bar up to the cell under the mouse; its left end empties it."""
        cells = columns(self.content_size.width)
        self.panel.point(self.knob.name, (x - (_MARK + cells.label + 1)) / (cells.bar - 2))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn the knob up."""
        event.stop()
        self.action_nudge(1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn the knob down."""
        event.stop()
        self.action_nudge(-1)


class KnobPanel(Vertical):
    """Knobs, a row each. Tab stops at one of them; ↑ and ↓ go to the others.

    Args:
        knobs: the values, and who set each.
        names: which of them have a row, in order; those of writing when none are named.
    """

    HELP = """
# Knobs

They act on the next character. The dim word tells who set the value: you, an option, the
environment, the settings file, the model, or the default.

- `↑` `↓` choose a knob, `←` `→` turn it, with `Shift` in larger steps
- a digit or `Enter` types a value, `Enter` takes it, `Esc` leaves it
- `r` or `Backspace` gives it back to what lies below you: the model, say
- click or drag on the bar; the wheel turns it
"""

    DEFAULT_CSS = """
    KnobPanel { height: auto; }
    """

    knobs: reactive[Knobs] = reactive(Knobs)
    """The values, and who set each. Setting it posts no message."""

    @dataclass
    class Changed(Message):
        """The person turned a knob."""

        knobs: Knobs
        """All of them, as they stand now."""
        name: str
        """The one that was turned."""

    def __init__(
        self,
        knobs: Knobs | None = None,
        *,
        names: Sequence[str] = tuple(KNOBS),
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.current = names[0]
        self._before: dict[str, Value] = {}  # it was toggled
        self.rows = {name: KnobRow(EVERY_KNOB[name], self) for name in names}
        self.knobs = Knobs() if knobs is None else knobs

    def compose(self) -> ComposeResult:
        """The rows."""
        yield from self.rows.values()

    def watch_knobs(self, knobs: Knobs) -> None:
        """Show the values; a row whose value is the same is not drawn again."""
        for name, row in self.rows.items():
            row.held = knobs[name]

    def nudge(self, name: str, steps: int) -> None:
        """Turn a knob by some stops."""
        self._become(self.knobs.nudge(name, steps), name)

    def toggle(self, name: str) -> None:
        """Set a knob to its special value, or from there back to what it was."""
        knob, value = EVERY_KNOB[name], self.knobs.value(name)
        if value == knob.special:
            self._become(self.knobs.put(name, self._before.get(name, knob.default)), name)
        else:
            self._before[name] = value
            self._become(self.knobs.put(name, knob.special), name)

    def reset(self, name: str) -> None:
        """Give a knob back to what lies below the person."""
        self._become(self.knobs.reset(name), name)

    def set(self, name: str, text: str) -> None:
        """Set a knob to what was typed; what makes no sense is told in a notice."""
        try:
            self._become(self.knobs.set(name, text), name)
        except BadOption as problem:
            self.notify(f"{problem}.", severity="warning", markup=False)

    def point(self, name: str, fraction: float) -> None:
        """Set a knob to the stop nearest to a place on its bar."""
        value = EVERY_KNOB[name].at(fraction)
        if value != self.knobs.value(name):
            self._become(self.knobs.put(name, value), name)

    def go_to(self, name: str) -> None:
        """Move the focus to a knob."""
        self.current = name
        self.rows[name].focus()

    def _become(self, knobs: Knobs, name: str) -> None:
        if knobs != self.knobs:
            self.knobs = knobs
            self.post_message(self.Changed(knobs, name))


def _fit(text: str, width: int) -> str:
    """Shorten a number that has no room: without its blanks first."""
    if len(text) > width:
        text = text.replace(" ", "")
    return text if len(text) <= width else text[: width - 1] + "…"
