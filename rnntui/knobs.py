"""The knobs a person turns while a network writes: what each may be, its value, and who set it.

One place decides the ranges, the pleasant steps, how a value is written and how a typed one is
read; the app, the settings file and the environment all ask here. Each value carries its source,
because users lose trust in a program that overrides an option silently (llama.cpp issue 12363).

It knows nothing of the screen and imports no NumPy, so that the app may load it before it paints.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, Self, get_args

from rnntui.display import one_line
from rnntui.errors import BadOption

Value = float | int | None
"""What a knob may hold; None only where it has a meaning: a random seed, an endless text."""

Source = Literal["you", "option", "environment", "settings", "model", "default"]
"""Who set a value, the first before the later: "you" is the person in front of the app."""

SOURCES: tuple[Source, ...] = get_args(Source)


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
        raise BadOption(f"{self.option} is {one_line(str(value), 30)}", f"choose {self.choice}")

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


def _steps(first: float, last: float, step: float) -> tuple[float, ...]:
    return tuple(round(first + i * step, 6) for i in range(round((last - first) / step) + 1))


_ALL: tuple[Knob, ...] = (
    Knob(
        name="pace", label="Pace", short="Pace", kind=float, unit="/s",
        about="Characters a second, so that you can read along. Full is as fast as the machine.",
        low=0, high=100_000, choice="characters a second, or 0 for full speed",
        default=100.0, special=0.0, word="full",
        stops=(1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 0.0), coarse=2,
    ),
    Knob(
        name="temperature", label="Temperature", short="Temp.", kind=float, decimals=2,
        about="How daring: 0 always takes the likeliest character, 1 is as learned, more is wild.",
        low=0, high=1000, choice="0 (greedy) to 1000",
        default=1.0, special=0.0, word="greedy", stops=_steps(0, 2, 0.05), coarse=4,
    ),
    Knob(
        name="top_n", label="Top-n", short="Top-n", kind=int,
        about="Choose only among the n likeliest characters.",
        low=0, high=1 << 20, choice="1 or more, or 0 for all",
        default=0, special=0, word="all", stops=(1, 2, 3, 5, 10, 15, 20, 30, 50, 100, 0),
    ),
    Knob(
        name="top_p", label="Top-p", short="Top-p", kind=float, decimals=2,
        about="Choose only among the likeliest characters that together have this probability.",
        low=1e-9, high=1, choice="more than 0, at most 1 (off)",
        default=1.0, special=1.0, word="off", stops=_steps(0.05, 1, 0.05), coarse=4,
    ),
    Knob(
        name="min_p", label="Min-p", short="Min-p", kind=float, decimals=2,
        about="Leave out characters below this share of the likeliest one's probability.",
        low=0, high=1, choice="0 (off) to 1",
        default=0.0, special=0.0, word="off",
        stops=(0.0, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5),
    ),
    Knob(
        name="repetition_penalty", label="Repetition", short="Repeat", kind=float, decimals=2,
        about="Penalty on the last 64 characters: above 1 they become less likely, below 1 more.",
        low=1e-9, high=1000, choice="more than 0; 1 is off",
        default=1.0, special=1.0, word="off", stops=_steps(1, 2, 0.05), coarse=4,
    ),
    Knob(
        name="seed", label="Seed", short="Seed", kind=int,
        about="Decides every draw: the same seed and settings write the same text.",
        low=0, high=2**63 - 1, choice="a whole number from 0, or random",
        default=None, special=None, word="random", coarse=10,
    ),
    Knob(
        name="length", label="Length", short="Length", kind=int,
        about="Characters to write before it stops by itself.",
        low=1, high=10**15, choice="1 or more, or endless",
        default=None, special=None, word="endless",
        stops=(100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, None), coarse=2,
    ),
)  # fmt: skip

KNOBS: Mapping[str, Knob] = {knob.name: knob for knob in _ALL}
"""The knobs of writing by name, in the order of the screen."""

_OF_REPLIES: tuple[Knob, ...] = (
    Knob(
        name="candidates", label="Candidates", short="Cand.", kind=int,
        about="How many replies are drawn, of which the best is said.",
        low=1, high=256, choice="1 to 256",
        default=8, special=1, word="one", stops=(1, 2, 4, 6, 8, 12, 16, 24, 32, 64), coarse=2,
    ),
    Knob(
        name="relevance", label="Relevance", short="Relev.", kind=float, decimals=2,
        about="How much it counts against a reply that it would fit anywhere.",
        low=0, high=1, choice="0 (off) to 1",
        default=0.5, special=0.0, word="off", stops=_steps(0, 1, 0.05), coarse=4,
    ),
)  # fmt: skip

CHAT_KNOBS: Mapping[str, Knob] = {knob.name: knob for knob in _OF_REPLIES}
"""The knobs that only replies have, besides those of writing."""

_OF_FORECASTS: tuple[Knob, ...] = (
    Knob(
        name="horizon", label="Horizon", short="Horizon", kind=int,
        about="Steps ahead. Beyond what the model gives at once, paths are sampled.",
        low=1, high=10_000, choice="1 to 10 000, or auto: as many as the model gives at once",
        default=None, special=None, word="auto",
        stops=(1, 2, 3, 5, 7, 10, 12, 14, 18, 24, 30, 36, 48, 60, 90, 120, 180, 365, 500, 1000),
    ),
    Knob(
        name="band", label="Band", short="Band", kind=int, unit="%",
        about="The share of outcomes that the widest band is to hold.",
        low=0, high=99, choice="1 to 99, or median for the median alone",
        default=80, special=0, word="median", stops=(0, 50, 80, 90, 95), coarse=2,
    ),
    Knob(
        name="window", label="Window", short="Window", kind=int,
        about="Values that the network reads. It learned with one length; another may be worse.",
        low=1, high=65_536, choice="1 to 65 536, or auto: as many as the model learned with",
        default=None, special=None, word="auto",
        stops=(4, 6, 8, 12, 18, 24, 36, 48, 64, 96, 128, 192, 256, 365, 512),
    ),
    Knob(
        name="history", label="History", short="History", kind=int,
        about="Values of the past in sight.",
        low=0, high=1_000_000, choice="1 or more, or all",
        default=96, special=0, word="all",
        stops=(6, 12, 24, 36, 48, 72, 96, 144, 200, 300, 500, 1000, 2000, 5000, 10_000, 0),
    ),
)  # fmt: skip

FORECAST_KNOBS: Mapping[str, Knob] = {knob.name: knob for knob in _OF_FORECASTS}
"""The knobs of forecasts."""

EVERY_KNOB: Mapping[str, Knob] = {**KNOBS, **CHAT_KNOBS, **FORECAST_KNOBS}


class Held(NamedTuple):
    """What a knob stands at."""

    value: Value
    source: Source
    """Who set it."""


def _nothing() -> Mapping[str, Value]:
    return {}


@dataclass(frozen=True)
class Knobs(Mapping[str, Held]):
    """Every knob's value and source, by name. Replaced as a whole, never changed.

    As a mapping it is the knobs of writing, which have a row on the screen; those of replies can be
    asked for and turned as well.

    What lies below a value is kept, so that a reset finds it. Made by `resolve`.
    """

    you: Mapping[str, Value] = field(default_factory=_nothing)
    """What the person has turned; what the app remembers."""
    option: Mapping[str, Value] = field(default_factory=_nothing)
    """From the command line."""
    environment: Mapping[str, Value] = field(default_factory=_nothing)
    """From `RNNTUI_TEMPERATURE` and its like."""
    settings: Mapping[str, Value] = field(default_factory=_nothing)
    """From the settings file."""
    model: Mapping[str, Value] = field(default_factory=_nothing)
    """What the model suggests."""

    def __getitem__(self, name: str) -> Held:
        """Return what a knob stands at."""
        knob = EVERY_KNOB[name]
        for source in SOURCES[:-1]:
            values: Mapping[str, Value] = getattr(self, source)
            if name in values:
                return Held(values[name], source)
        return Held(knob.default, "default")

    def __iter__(self) -> Iterator[str]:
        """Name every knob, in the order of the screen."""
        return iter(KNOBS)

    def __len__(self) -> int:
        """Return how many knobs there are."""
        return len(KNOBS)

    def value(self, name: str) -> Value:
        """Return a knob's value alone."""
        return self[name].value

    def plain(self) -> dict[str, Value]:
        """Return every value by name, without the sources."""
        return {name: held.value for name, held in self.items()}

    def written(self, name: str) -> str:
        """Return a knob's value as the screen shows it."""
        return EVERY_KNOB[name].write(self[name].value)

    def put(self, name: str, value: Value) -> Self:
        """Return the knobs with one turned by the person.

        Raises:
            BadOption: the value is out of range.
        """
        return replace(self, you={**self.you, name: EVERY_KNOB[name].check(value)})

    def set(self, name: str, text: str) -> Self:
        """Return the knobs with one set to what the person typed; nothing typed resets it.

        Raises:
            BadOption: it is no number, or out of range.
        """
        return self.put(name, EVERY_KNOB[name].parse(text)) if text.strip() else self.reset(name)

    def nudge(self, name: str, steps: int) -> Self:
        """Return the knobs with one moved by some stops; unchanged where it is at its end."""
        old = self[name].value
        new = EVERY_KNOB[name].nudge(old, steps)
        return self if new == old else self.put(name, new)

    def reset(self, name: str) -> Self:
        """Return the knobs with one back at what it was before the person turned it."""
        return replace(self, you={key: value for key, value in self.you.items() if key != name})

    def suggest(self, suggested: Mapping[str, Any]) -> Self:
        """Return the knobs for another model; what the person turned stays."""
        return replace(self, model=_acceptable(suggested))


def resolve(
    options: Mapping[str, Any] | None = None,
    environment: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    suggested: Mapping[str, Any] | None = None,
    remembered: Mapping[str, Any] | None = None,
) -> Knobs:
    """Return the knobs as an app or a command starts with them.

    Args:
        options: from the command line; None means not given. Other names are not read, here and
            below.
        environment: from the environment, only what is set.
        settings: from the settings file, only what it names.
        suggested: by the model. It comes from outside: what is out of range is left out.
        remembered: what the person turned the last time. Set again as "you", except where an
            option or the environment says otherwise for this time; what is out of range is left
            out.

    Raises:
        BadOption: an option, or a value from environment or settings, is out of range.
    """
    given = {name: value for name, value in (options or {}).items() if value is not None}
    option, surroundings = _checked(given), _checked(environment or {})
    kept = _acceptable(remembered or {})
    return Knobs(
        you={k: v for k, v in kept.items() if k not in option and k not in surroundings},
        option=option,
        environment=surroundings,
        settings=_checked(settings or {}),
        model=_acceptable(suggested or {}),
    )


def _checked(values: Mapping[str, Any]) -> dict[str, Value]:
    return {
        name: EVERY_KNOB[name].check(value) for name, value in values.items() if name in EVERY_KNOB
    }


def _acceptable(values: Mapping[str, Any]) -> dict[str, Value]:
    """Return what is in range of values that nobody here can mend."""
    fine: dict[str, Value] = {}
    for name, value in values.items():
        if name in EVERY_KNOB:
            try:
                fine[name] = EVERY_KNOB[name].check(value)
            except BadOption:
                continue
    return fine
