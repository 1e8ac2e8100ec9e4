"""The knobs a person turns while a network writes: what each may be, its value, and who set it.

One place decides the ranges, the pleasant steps, how a value is written and how a typed one is
read; the app, the settings file and the environment all ask here. Each value carries its source,
because users lose trust in a program that overrides an option silently (llama.cpp issue 12363).
`knob` has what one can do, `every` lists them; here is where they stand.

It knows nothing of the screen and imports no NumPy, so that the app may load it before it paints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, Self, get_args

from rnntui.errors import BadOption
from rnntui.knobs.every import CHAT_KNOBS, EVERY_KNOB, FORECAST_KNOBS, KNOBS
from rnntui.knobs.knob import Knob, Value

__all__ = [
    "CHAT_KNOBS",
    "EVERY_KNOB",
    "FORECAST_KNOBS",
    "KNOBS",
    "SOURCES",
    "Held",
    "Knob",
    "Knobs",
    "Source",
    "Value",
    "resolve",
]

Source = Literal["you", "option", "environment", "settings", "model", "default"]
"""Who set a value, the first before the later: "you" is the person in front of the app."""

SOURCES: tuple[Source, ...] = get_args(Source)


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
