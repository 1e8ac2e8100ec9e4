"""Reading `samples.md` back: what a network wrote, by epoch and temperature."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADING_OR_SAMPLE = re.compile(
    r"^## epoch (?P<epoch>\S+) · step (?P<step>\d+)$|"
    r"^temperature (?P<temperature>\S+), seed \d+\n\n"
    r"(?P<fence>`{3,})text\n(?P<text>.*?)\n(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Drawn:
    """The samples of one epoch."""

    epoch: str
    step: int
    texts: dict[float, str]
    """By temperature."""


def parse(text: str) -> list[Drawn]:
    """Return the sections of a `samples.md`, or of some whole lines of one, oldest first."""
    found: list[Drawn] = []
    for match in _HEADING_OR_SAMPLE.finditer(text):
        if match["epoch"]:
            found.append(Drawn(match["epoch"], int(match["step"]), {}))
        elif found:
            try:
                found[-1].texts[float(match["temperature"])] = match["text"]
            except ValueError:
                continue  # a file that somebody edited
    return found
