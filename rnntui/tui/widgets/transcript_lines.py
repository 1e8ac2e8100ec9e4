"""The text of a transcript as lines on a screen, wrapped as it grows.

It knows widths and characters, not Textual: an append re-wraps the last line only, whatever came
before, so the thousandth page costs what the first did. Positions count characters from the very
first one, so that they stay true when old lines leave at the top and when the width changes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size

from rnntui.display import UNSAFE, visible

WRITTEN = 0
"""Code of a character the network wrote, when nothing is known about its surprise."""

PROMPT = 1
"""Code of a character of a prompt. Higher codes are written, with a level of surprise."""

LEVELS = (0.7, 1.6, 3.0, 4.6)
"""Where a level of surprise begins, in nats: a probability of 50, 20, 5 and 1 %."""

TAB = 8
"""Cells from one tab stop to the next, as terminals have it."""

# One cell each, nothing to combine, nothing to replace: such text is cut by counting, not by
# looking at each character, about 100 times as fast.
_SIMPLE = re.compile("[ -~¡-¬®-˿Ͱ-ͷͺ-Ϳ΄-҂Ҋ-ԯ‐-‧‰-⁞]*")
_SPECIAL = re.compile(f"[\t\ud800-\udfff]|{UNSAFE.pattern}")


_RUN = re.compile(rb"(.)\1*", re.DOTALL)
_WITHOUT_LEVELS = bytes((WRITTEN, PROMPT)).ljust(256, b"\0")


@dataclass(slots=True)
class Line:
    """What stands on one row of the screen."""

    start: int
    """Position of its first character in the whole text."""
    text: str
    """Exact, with the spaces that wrapping leaves hanging, without its newline."""
    codes: bytes
    """One code per character: `WRITTEN`, `PROMPT`, or 2 and up by level of surprise."""
    hard: bool = False
    """Whether a newline ends it; else it runs on in the next one."""

    @property
    def end(self) -> int:
        """Position after its last character and its newline."""
        return self.start + len(self.text) + self.hard


class Piece(NamedTuple):
    """A run of one line that looks the same throughout."""

    text: str
    """As drawn: no control characters, tabs as spaces."""
    start: int
    """Position of its first character."""
    count: int  # type: ignore[assignment]  # nobody counts in a piece
    """Characters it stands for; `len(text)` unless a control or a tab is drawn."""
    code: int


def code_of(nats: float) -> int:
    """Return the code of a written character that surprised by so much."""
    return 1 + level if (level := bisect_right(LEVELS, nats)) else WRITTEN


def codes_of(length: int, tints: Sequence[float] | None, prompt: bool) -> bytes:
    """Return one code per character; missing tints are plain, surplus ones are ignored."""
    if prompt or tints is None:
        return bytes((PROMPT if prompt else WRITTEN,)) * length
    return bytes([code_of(nats) for nats in tints[:length]]).ljust(length, b"\0")


def drawn(character: str, column: int = 0) -> str:
    """Return what stands on the screen for one character: a tab's spaces, a control's picture."""
    if character == "\t":
        return " " * (TAB - column % TAB)
    return "�" if "\ud800" <= character <= "\udfff" else visible(character)


def _fit(text: str, start: int, width: int) -> tuple[int, int]:
    """Return where a line begun at `start` is full, and the last place before to cut it."""
    column, cut, index = 0, start, start
    # A thousand combining marks have no width; without a bound they would be one endless line.
    for index in range(start, min(len(text), start + 8 * width)):
        character = text[index]
        if character == "\t" or UNSAFE.match(character):
            cells = cell_len(drawn(character, column))
        elif character == "\ufe0f":
            cells = 1  # asks for the wide picture of the character before it
        else:
            cells = get_character_cell_size(character)
        if column + cells > width and index > start:
            return index, index if cells == 2 or character == " " else cut
        column += cells
        if character in " \t" or cells == 2:
            cut = index + 1
    return index + 1, cut


def wrap(text: str, width: int) -> list[int]:
    """Return where lines after the first begin, when `text` (no newline) fills `width` cells.

    Words stay whole if they fit on a line; spaces hang over its end; there may be a break on
    either side of a wide character. Wrapping may go on from the start of any line found, with
    the same result, which is what makes growing text cheap.
    """
    cuts: list[int] = []
    start, length = 0, len(text)
    simple = _SIMPLE.fullmatch(text) is not None
    while length - start > width or not simple:
        if simple:
            full = start + width
            cut = full if text[full] == " " else text.rfind(" ", start, full) + 1
        else:
            full, cut = _fit(text, start, width)
            if full >= length:
                break
        if cut <= start:
            cut = full
        while cut < length and text[cut] == " " and cut - start < 8 * width:
            cut += 1
        if cut >= length:
            break
        cuts.append(cut)
        start = cut
    return cuts


class Lines:
    """A growing text as wrapped lines; the last one is always there, empty at first.

    Args:
        width: cells on a line.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[Line] = [Line(0, "", b"")]

    @property
    def start(self) -> int:
        """Position of the first character still held."""
        return self.lines[0].start

    @property
    def end(self) -> int:
        """Position after the last character, which is the length of the whole text."""
        return self.lines[-1].end

    @property
    def text(self) -> str:
        """The characters held."""
        return self.between(self.start, self.end)

    def between(self, start: int, end: int) -> str:
        """Return the characters from position `start` to `end`, as far as they are held."""
        start = max(start, self.start)
        if end <= start:
            return ""
        first = self.find(start)
        lines = self.lines[first : self.find(end) + 1]
        text = "".join(line.text + "\n" if line.hard else line.text for line in lines)
        begin = start - lines[0].start
        return text[begin : begin + end - start]

    def find(self, position: int) -> int:
        """Return the index of the line that holds a position, the nearest for one outside."""
        return max(0, bisect_right(self.lines, position, key=lambda line: line.start) - 1)

    def append(self, text: str, codes: bytes) -> int:
        """Add characters at the end and return the index of the first line that changed."""
        last = self.lines.pop()
        changed = len(self.lines)
        self._lay(last.start, last.text + text, last.codes + codes)
        return changed

    def rewrap(self, width: int) -> None:
        """Lay the same text at another width."""
        if width == self.width:
            return
        self.width = width
        start, text = self.start, self.text
        codes = b"".join(line.codes + b"\0" * line.hard for line in self.lines)
        self.lines.clear()
        self._lay(start, text, codes)

    def cut_end(self, position: int) -> None:
        """Drop what comes after a position, which must not lie before `start`."""
        index = self.find(position)
        line = self.lines[index]
        keep = position - line.start
        # A newline's position belongs to its line: cutting there leaves the line open again.
        text, codes, start = line.text[:keep], line.codes[:keep], line.start
        if index and not (before := self.lines[index - 1]).hard:
            # The word that was cut short may fit on the line before now.
            text, codes, start = before.text + text, before.codes + codes, before.start
            index -= 1
        del self.lines[index:]
        self._lay(start, text, codes)

    def cut_start(self, count: int) -> str:
        """Drop whole lines that hold at least `count` characters together and return their text."""
        index = min(self.find(self.start + count - 1) + 1, len(self.lines) - 1)
        text = self.between(self.start, self.lines[index].start)
        del self.lines[:index]
        return text

    def prepend(self, text: str) -> None:
        """Put back text that had left at the top, without what was known of its characters."""
        start, after = self.start - len(text), self.text
        codes = b"\0" * len(text)
        codes += b"".join(line.codes + b"\0" * line.hard for line in self.lines)
        self.lines.clear()
        self._lay(start, text + after, codes)

    def pieces(self, line: Line, surprise: bool) -> Iterator[Piece]:
        """Yield what to draw of a line, left to right, each piece with one look.

        Args:
            line: one of `lines`.
            surprise: whether characters that surprised look different.
        """
        codes = line.codes if surprise else line.codes.translate(_WITHOUT_LEVELS)
        column = 0
        special = _SPECIAL.search(line.text) is not None
        for run in _RUN.finditer(codes):
            begin, end = run.span()
            if not special:
                yield Piece(line.text[begin:end], line.start + begin, end - begin, codes[begin])
                continue
            for start, count, text in _split(line.text[begin:end], column):
                yield Piece(text, line.start + begin + start, count, codes[begin])
                column += cell_len(text)

    def _lay(self, start: int, text: str, codes: bytes) -> None:
        paragraphs = text.split("\n")
        begin = 0
        for number, paragraph in enumerate(paragraphs, 1):
            edges = [0, *wrap(paragraph, self.width), len(paragraph)]
            for first, last in pairwise(edges):
                piece = codes[begin + first : begin + last]
                self.lines.append(Line(start + begin + first, paragraph[first:last], piece))
            self.lines[-1].hard = number < len(paragraphs)
            begin += len(paragraph) + 1


def _split(text: str, column: int) -> Iterator[tuple[int, int, str]]:
    """Yield (index, characters, drawn text), what is drawn as something else on its own.

    Then a cell on the screen can be traced back to its character when the mouse selects.
    """
    begin = 0
    for match in _SPECIAL.finditer(text):
        if match.start() > begin:
            plain = text[begin : match.start()]
            yield begin, len(plain), plain
            column += cell_len(plain)
        picture = drawn(match.group(), column)
        yield match.start(), 1, picture
        column += cell_len(picture)
        begin = match.end()
    if begin < len(text):
        yield begin, len(text) - begin, text[begin:]
