"""One knob: what it may be, its pleasant steps, how a value is written and a typed one read."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from rnntui.display import one_line
from rnntui.errors import BadOption

Value = float | int | None
"""What a knob may hold; None only where it has a meaning: a random seed, an endless text."""


@dataclass(frozen=True, kw_only=True)
class Knob:
    """What there is to know about one knob."""

    name: str
    """As in options, settings and JSON."""
    label: str
    """As on the screen."""
    short: str
    """The label where there is no room: seven characters at most."""
    about: str
    """What it does, in a sentence or two."""
    choice: str
    """What it may be, for messages: `choose ...`."""
    kind: type[int] | type[float]
    """Whole numbers, or any."""
    low: float
    """The least it may be."""
    high: float
    """The most it may be."""
    default: Value
    """What it is when nobody says."""
    special: Value
    """The value with a name of its own: 0 for all, 1 for off, None for random."""
    word: str
    """That name."""
    stops: tuple[Value, ...] = ()
    """What nudging visits and the bar spans, in order; the special value may come last. A typed
    value may lie between and beyond. Without stops a nudge adds 1, and there is no bar."""
    coarse: int = 3
    """How many stops a coarse nudge moves."""
    unit: str = ""
    """Written after a number."""
    decimals: int = 0
    """How many a value is written with, unless it needs more."""

    @property
    def option(self) -> str:
        """The name as on the command line."""
        return self.name.replace("_", "-")

    def check(self, value: Any) -> Value:
        """Return `value` in this knob's type.

        Raises:
            BadOption: it is no number, or out of range.
        """
        if value is None and self.special is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool):
            whole = self.kind is float or value == value // 1  # false for infinity and NaN
            if whole and self.low <= value <= self.high:
                return self.kind(value)
        said = f"{value:g}" if isinstance(value, float) else one_line(str(value), 30)
        raise BadOption(f"{self.option} is {said}", f"choose {self.choice}")

    def parse(self, text: str) -> Value:
        """Return the value that a person typed.

        Understands the knob's own word, its unit, spaces between thousands, and a decimal comma.

        Raises:
            BadOption: it is no number, or out of range.
        """
        typed = "".join(text.split()).lower()
        if typed == self.word:
            return self.special
        number = typed.removesuffix(self.unit)
        if self.kind is int or re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", number):
            number = number.replace(",", "")
        try:
            value = self.kind(number.replace(",", "."))
        except ValueError:
            said = f"is {one_line(text.strip(), 30)}" if typed else "is empty"
            raise BadOption(f"{self.option} {said}", f"choose {self.choice}") from None
        return self.check(value)

    def write(self, value: Value) -> str:
        """Return a value as the screen shows it; `parse` reads it back exactly."""
        if value == self.special or value is None:
            return self.word
        if isinstance(value, int):
            text = f"{value:,}"
        else:
            text = f"{value:,.{self.decimals}f}"
            if float(text.replace(",", "")) != value:
                text = repr(value)
        return f"{text.replace(',', ' ')} {self.unit}".rstrip()

    def nudge(self, value: Value, steps: int) -> Value:
        """Return the value so many stops further; at either end it stays."""
        if not self.stops:
            # None is the stop below 0.
            number = (-1 if value is None else int(value)) + steps
            return None if number < self.low else min(number, int(self.high))
        place = self._place(value)
        last = len(self.stops) - 1
        if steps > 0 and place < last:
            return self.stops[min(math.floor(place) + steps, last)]
        if steps < 0 and place > 0:
            return self.stops[max(math.ceil(place) + steps, 0)]
        return value

    def fraction(self, value: Value) -> float | None:
        """How full the bar is, 0 to 1; None for a knob without one."""
        if not self.stops:
            return None
        return min(max(self._place(value) / (len(self.stops) - 1), 0.0), 1.0)

    def at(self, fraction: float) -> Value:
        """Return the stop nearest to a place on the bar, the reverse of `fraction`."""
        last = len(self.stops) - 1
        return self.stops[round(min(max(fraction, 0.0), 1.0) * last)]

    def _place(self, value: Value) -> float:
        """Return where among the stops a value lies: 2.5 is between the third and the fourth."""
        if value in self.stops:
            return self.stops.index(value)
        keys = [self._key(stop) for stop in self.stops]
        key = self._key(value)
        right = bisect_right(keys, key)
        if right == 0 or right == len(keys) or math.isinf(keys[right]):
            return right - 0.5
        return right - 1 + (key - keys[right - 1]) / (keys[right] - keys[right - 1])

    def _key(self, value: Value) -> float:
        """Return what orders values: a special one that comes last, such as all, is infinite."""
        return math.inf if value is None or value == self.special == self.stops[-1] else value
