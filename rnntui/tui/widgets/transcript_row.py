"""One row of a transcript as a strip: its mark, its pieces, what is selected of them, its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.segment import Segment
from textual.strip import Strip
from textual.style import Style

from rnntui.tui.widgets.transcript_lines import Piece

GUTTER = 2
"""Cells on the left, for the marks of prompts and interruptions."""


class Looks(NamedTuple):
    """The styles of a row's parts."""

    mark: Style
    cursor: Style
    codes: Sequence[Style]
    """By the code of a piece."""


class Chosen(NamedTuple):
    """What is selected, by positions in the whole text."""

    begin: int
    end: int
    style: Style
    """Added to what is selected."""


def row(
    pieces: Iterable[Piece], span: tuple[int, int], sign: str, tail: str, looks: Looks,
    chosen: Chosen | None, *, traced: bool,
) -> Strip:  # fmt: skip
    """Return a strip.

    Args:
        pieces: of the row, in order.
        span: where in the whole text it begins, and where its last character stands.
        sign: the mark before it.
        tail: the cell after it, "" for a blank.
        looks: its styles.
        chosen: what is selected of the text; None for nothing.
        traced: whether each segment tells where in the text it stands. A style that does costs 20
            times one that does not: 3,000 of them, as when every character on the screen has its
            own tint, would take 60 ms. Only the mouse needs them.
    """

    def segment(text: str, style: Style, position: int) -> Segment:
        if traced:
            return Segment(text, style.rich_style_with_offset(max(0, position), 0))
        return Segment(text, style.rich_style)

    first, last = span
    segments = [segment(sign.ljust(GUTTER), looks.mark, first)]
    for piece in pieces:
        style = looks.codes[piece.code]
        if chosen is None:
            segments.append(segment(piece.text, style, piece.start))
        else:
            segments += [segment(*part) for part in _divided(piece, style, chosen)]
    # The cell after the last tells the mouse where the row ends, on empty rows too.
    end = looks.cursor if tail == "▌" else looks.mark
    segments.append(segment(tail or " ", end, last))
    return Strip(segments)


def _divided(piece: Piece, style: Style, chosen: Chosen) -> Iterator[tuple[str, Style, int]]:
    """Yield a piece cut where the selection begins and ends: text, style, position."""
    first = min(max(chosen.begin - piece.start, 0), piece.count)
    last = min(max(chosen.end - piece.start, first), piece.count)
    if last > first and piece.count < len(piece.text):
        last = len(piece.text)  # the picture of one character is selected as a whole
    inside = style + chosen.style
    for a, b, look in ((0, first, style), (first, last, inside), (last, len(piece.text), style)):
        if b > a:
            yield piece.text[a:b], look, piece.start + a
