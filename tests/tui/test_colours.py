"""No colour, no grey: attributes alone, and what stood out by its background in reverse."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from rnntui.tui.colours import Colourless, attributes

DARK = Color.parse("#121212")


def test_attributes_stay_and_colours_go() -> None:
    style = Style(color="red", bold=True, underline=True, italic=True)
    assert attributes(style, DARK) == Style(bold=True, underline=True, italic=True, reverse=False)


@pytest.mark.parametrize(
    ("background", "reverse"), [("#e0e0e0", True), ("#0178d4", True), ("#242f38", False)]
)
def test_a_cursor_or_a_chosen_row_is_reversed_and_a_panel_is_not(
    background: str, reverse: bool
) -> None:
    assert attributes(Style(color="white", bgcolor=background), DARK).reverse is reverse


def test_what_was_reversed_on_purpose_stays_so() -> None:
    assert attributes(Style(reverse=True), DARK).reverse


def test_a_row_keeps_its_text_and_its_controls() -> None:
    row = [Segment("a", Style(color="red")), Segment("b"), Segment("", None, [(2, 1)])]  # type: ignore[list-item]
    done = Colourless().apply(row, DARK)
    assert [part.text for part in done] == ["a", "b", ""]
    assert done[0].style is not None
    assert done[0].style.color is None
    assert done[2].control
