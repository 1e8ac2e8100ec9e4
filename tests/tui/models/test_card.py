"""A stranger's card: set for reading, and nothing in it obeyed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from rnntui.display import UNSAFE
from rnntui.tui.models.card import set_card


def styled(text: Text, words: str) -> str:
    """The styles of some words of it."""
    at = text.plain.index(words)
    return " ".join(str(span.style) for span in text.spans if span.start <= at < span.end)


def test_markdown_is_set() -> None:
    card = set_card(
        "# Title\n\nSome *soft* and **loud** words.\n\n- one\n- two\n\n```py\nx  =  1\n```\n\n"
        "| a | b |\n| - | - |\n| 1 | 2 |\n",
        40,
    )
    lines = [line.strip() for line in card.plain.splitlines()]
    for expected in ("Title", "Some soft and loud words.", "• one", "x  =  1"):
        assert expected in lines
    assert ["1", "2"] in [line.split() for line in lines]
    assert "bold" in styled(card, "Title") and "italic" in styled(card, "soft")
    assert "bold" in styled(card, "loud")


@pytest.mark.parametrize(
    ("card", "shown"),
    [
        ("[here](https://evil.example/x)", "here (https://evil.example/x)"),
        ("<https://evil.example>", "https://evil.example (https://evil.example)"),
        ("![cat](https://evil.example/c.png)", "[image: cat] (https://evil.example/c.png)"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("a <img src=x> b", "a <img src=x> b"),
        ("\x1b[31mred\x1b]8;;http://x\x07", "␛[31mred␛]8;;http://x␇"),
        ("[bold red]hi[/] :smile: [@click=app.quit]q[/]",
         "[bold red]hi[/] :smile: [@click=app.quit]q[/]"),
    ],
)  # fmt: skip
def test_nothing_in_it_is_obeyed(card: str, shown: str) -> None:
    done = set_card(card, 70)
    assert done.plain.strip() == shown
    styles = [span.style for span in done.spans]
    assert not [style for style in styles if not isinstance(style, str) and style.link]
    assert not [style for style in styles if not isinstance(style, str) and style.meta]


@settings(max_examples=60, deadline=None)
@given(st.text("#*_-+>|`[]()!<&\\\n\t aé漢\x1b\x07\u202e0", max_size=200), st.integers(1, 60))
def test_any_text_is_set_within_the_width(card: str, width: int) -> None:
    done = set_card(card, width)
    assert not UNSAFE.search(done.plain)
    assert all(cell_len(line) <= max(width, 8) for line in done.plain.splitlines())
