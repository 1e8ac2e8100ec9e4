"""Cleaning dialogues before they are learned: fewer characters, no crude words, nothing twice.

Curly quotes and long dashes become plain ones, what cannot be seen goes, and a character that is
rarer than one in 200,000 becomes its nearest relative (é an e) or goes too: a network learns
nothing of a symbol that it meets a few dozen times, and every symbol costs it weights. All of it is
counted, so that it can be told.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from rnntui.data.dialogues.reading import Dialogue
from rnntui.data.vocabulary import Vocabulary, name_of

RAREST = 200_000
"""A character must be one of so many to be kept."""

_CRUDE = Path(__file__).with_name("crude.txt")
_PLAIN = str.maketrans({
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "ʻ": "'", "`": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "″": '"',
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-",
    "…": "...", "_": " ",
})  # fmt: skip
_WORD = re.compile(r"\w+")
_UNSEEN = frozenset(["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"])
"""Unicode's categories of what cannot be seen; white space is gone by then."""


@dataclass
class Cleaned:
    """What cleaning did."""

    read: int = 0
    """Dialogues before it."""
    repeated: int = 0
    """Dialogues that were there already."""
    crude: int = 0
    """Dialogues left out for a word."""
    mapped: dict[str, str] = field(default_factory=dict)
    """Each changed character and what stands for it; "" for nothing."""
    changed: int = 0
    """How many characters those were."""

    def notes(self) -> tuple[str, ...]:
        """Sentences for whoever waits for the training."""
        notes = []
        if self.crude:
            notes.append(f"{self.crude:,} of {self.read:,} dialogues left out for crude words")
        if self.repeated:
            notes.append(f"{self.repeated:,} dialogues left out that were there already")
        if self.mapped:
            some = ", ".join(
                f"{name_of(a)} as {b}" if b.strip() else f"no {name_of(a)}"
                for a, b in sorted(self.mapped.items())[:12]
            )
            more = f" and {len(self.mapped) - 12} more kinds" if len(self.mapped) > 12 else ""
            notes.append(f"{self.changed:,} rare or typographic characters read {some}{more}")
        return tuple(notes)


def clean_dialogues(
    dialogues: Iterable[Dialogue],
) -> tuple[list[tuple[Dialogue, Dialogue]], Cleaned]:
    """Return the dialogues that are to be learned, and what was done to them.

    Returns:
        Each as it was and as it is cleaned; and a report.
    """
    report = Cleaned()
    kept: dict[Dialogue, None] = {}
    for dialogue in dialogues:
        report.read += 1
        if dialogue in kept:
            report.repeated += 1
        elif is_crude("\n".join(dialogue)):
            report.crude += 1
        else:
            kept[dialogue] = None
    text = "".join(said for dialogue in kept for said in dialogue)
    table = _table(Counter({c: text.count(c) for c in set(text)}), report)
    cleaned = (
        (raw, tuple(" ".join(said.translate(table).split()) for said in raw)) for raw in kept
    )
    return [(raw, plain) for raw, plain in cleaned if all(plain)], report


def _table(counts: Counter[str], report: Cleaned) -> dict[int, str]:
    """Return what each character becomes, for `str.translate`, and note it in the report."""
    table = {ord(c): str(c).translate(_PLAIN) for c in counts}
    plain = Counter[str]()
    for character, count in counts.items():
        for c in table[ord(character)]:
            plain[c] += count
    least = plain.total() / RAREST
    common = Vocabulary.of_characters(
        c for c, n in plain.items() if n >= least and unicodedata.category(c) not in _UNSEEN
    )
    for character, count in counts.items():
        read = common.decode(common.encode(table[ord(character)]).ids)
        if read != character:
            table[ord(character)] = report.mapped[character] = read
            report.changed += count
    return table


@cache
def _crude() -> tuple[frozenset[str], tuple[str, ...]]:
    """The crude words, and what crude words begin with."""
    lines = (line.strip() for line in _CRUDE.read_text("utf-8").splitlines())
    words = [line for line in lines if line and not line.startswith("#")]
    whole = frozenset(word for word in words if not word.endswith("*"))
    return whole, tuple(word.removesuffix("*") for word in words if word.endswith("*"))


@cache
def _is_crude(word: str) -> bool:
    whole, beginnings = _crude()
    return word in whole or word.startswith(beginnings)


def is_crude(text: str) -> bool:
    """Whether a text says one of the words of `crude.txt`."""
    # A pattern of all of them takes a minute for twenty million characters; asked once a word, 2 s.
    return any(map(_is_crude, set(_WORD.findall(text.lower()))))
