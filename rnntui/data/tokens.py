"""Cutting a review into words, the same way when a network learns and when it judges.

Words are lower-cased and lose their accents. Contractions come apart as in the Penn Treebank and in
GloVe's files ("do" + "n't", "it" + "'s"), since a negation that hides inside a word is a word the
network may never have seen. Marks that carry a mood stay as tokens ("!", "?!", "...", ":)", stars),
and so do grades ("8/10"); other numbers are folded. Markup is skipped, not removed beforehand, so
that every token knows its place in the text as it was given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

VERSION = 1
"""Raise it when a text comes apart differently: encoded reviews are cached by it."""

NUMBER = "<number>"
"""Stands for every number above ten that is no year and no grade."""

_LONGEST = 40
"""Letters of a word; a run of more is cut, so that no text makes a word of a megabyte."""
_APOSTROPHES = "'’‘`´\x91\x92"
_LETTER = r"[^\W\d_]"
_AFTER_DIGITS = r"(?i:(?:st|nd|rd|th|'?s)\b)"

_TOKEN = re.compile(
    rf"""
      </?(?:br|hr|p|i|b|u|em|strong|div|span|a)\b[^<>]{{0,200}}>     # markup: no group, skipped
    | (?P<word>{_LETTER}{{1,{_LONGEST}}}(?:[{_APOSTROPHES}]{_LETTER}{{1,{_LONGEST}}}){{0,2}})
    | (?P<grade>(?<![\d/.])\d\d?(?:\.\d)?/\d\d?(?![\d/]))
    | (?P<number>\d{{1,{_LONGEST}}}(?:,\d{{3}})*(?:\.\d{{1,{_LONGEST}}})?{_AFTER_DIGITS}?)
    | (?P<dots>\.{{2,}}|…|\x85)
    | (?P<face>[:;=]-?(?:[()]|[DPp](?!\w)))
    | (?P<loud>[!?]+)
    | (?P<stars>\*+)
    | (?P<dash>-{{2,}}|[–—\x96\x97]|(?<=\s)-(?=\s))
    | (?P<quote>["“”„«»\x93\x94])
    | (?P<mark>[.,;:()$£%&])
    """,
    re.VERBOSE,
)
_ENDINGS = frozenset({"s", "re", "ve", "ll", "d", "m"})
_TO_APOSTROPHE = str.maketrans(dict.fromkeys(_APOSTROPHES, "'"))

Token = tuple[str, int, int]
"""A word as the vocabulary has it, and where it begins and ends in the text."""


def tokenize(text: str) -> list[str]:
    """Return the words of a text."""
    return [word for word, _, _ in tokens(text)]


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of a text, each with its place."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "word":
            word = match.group()
            if word.isascii() and word.isalpha():
                yield word.lower(), match.start(), match.end()
            else:
                yield from _word(word, match.start())
        elif kind == "mark":
            yield match.group(), match.start(), match.end()
        elif kind:
            yield _folded(kind, match.group()), match.start(), match.end()


def _word(word: str, start: int) -> Iterator[Token]:
    """A word with an apostrophe or accents: contractions come apart."""
    folded = word.translate(_TO_APOSTROPHE)
    stem, apostrophe, ending = folded.rpartition("'")
    end = start + len(word)
    if apostrophe and ending in ("t", "T") and len(stem) > 1 and stem[-1] in "nN":
        cut = end - 3
    elif apostrophe and ending.lower() in _ENDINGS:
        cut = end - 1 - len(ending)
    else:
        yield _plain(folded), start, end
        return
    yield _plain(folded[: cut - start]), start, cut
    yield _plain(folded[cut - start :]), cut, end


def _plain(word: str) -> str:
    """Lower-case, without accents."""
    word = word.lower()
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    return "".join(c for c in parts if not unicodedata.combining(c))


def _folded(kind: str, text: str) -> str:
    match kind:
        case "grade":  # 7.5/10 counts as 7/10: halves are too rare to be learned
            whole, _, of = text.partition("/")
            return f"{int(float(whole))}/{int(of)}"
        case "number":
            return _number(text)
        case "dots":
            return "..."
        case "face":
            return ":(" if text[-1] == "(" else ":)"
        case "loud":
            return "?!" if "?" in text and "!" in text else text[:2]
        case "stars":
            return text[:5]
        case "dash":
            return "-"
        case _:
            return '"'


def _number(text: str) -> str:
    """Up to ten, ordinals up to 99th and decades stay, a year becomes one; the rest is one word."""
    text = text.lower()
    digits = text.rstrip("'s")
    if digits.isdecimal() and digits.isascii():
        if len(digits) == 4 and digits[:2] in ("18", "19", "20"):
            return f"{digits[:3]}0s"
        if len(digits) == 2 and digits[1] == "0" and digits != text:
            return f"19{digits}s"
        if len(digits) <= 2 and int(digits) <= 10:
            return str(int(digits))
    elif text[-1] in "tdh" and len(text) <= 4:
        return text
    return NUMBER
