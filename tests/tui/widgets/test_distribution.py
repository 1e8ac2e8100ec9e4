"""The bars of the next character: safe names, honest bars, columns that stay in line."""

from __future__ import annotations

import asyncio
import sys
import unicodedata
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from rnntui.display import UNSAFE
from rnntui.tui.widgets.distribution import Alternative, Distribution, name_of, row_of


class Bench(App[None]):
    """The widget alone."""

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Distribution()

    def lines(self) -> list[str]:
        """What it shows."""
        widget = self.query_one(Distribution)
        return [widget.render_line(y).text for y in range(widget.size.height)]


def drive(
    script: Callable[[Bench, Distribution], Awaitable[None] | None],
    size: tuple[int, int] = (44, 10),
    theme: str = "textual-dark",
) -> None:
    """Run a script on the widget."""

    async def session() -> None:
        bench = Bench()
        async with bench.run_test(size=size) as pilot:
            bench.theme = theme
            await pilot.pause()
            script(bench, bench.query_one(Distribution))
            await pilot.pause()

    asyncio.run(session())


SHOWN = [
    Alternative(" ", 0.61, 0.68),
    Alternative("l", 0.16, 0.18),
    Alternative("世", 0.10, 0.05),
    Alternative("\n", 0.004, 0.0),
]


def test_each_alternative_is_a_bar_with_raw_and_kept():
    def script(bench, widget):
        widget.show(SHOWN)
        title, *rows = bench.lines()
        assert title == " Next character                    raw  kept"
        assert rows[0] == " ⎵    █████████████████▋          61 %  68 %"
        assert rows[1].startswith(" l    ████▋ ") and rows[1].endswith("16 %  18 %")
        assert rows[2].startswith(" 世   █▎░ ") and rows[2].endswith("10 %   5 %")
        assert rows[3].startswith(" ⏎    ░ ") and rows[3].endswith("<1 %   cut")
        assert not any(row.strip() for row in rows[4:])

    drive(script)


def test_what_is_cut_is_grey_and_what_is_not_is_not():
    for theme in ("textual-dark", "textual-light"):

        def script(bench, widget):
            widget.show(SHOWN)
            colours = [
                {s.style.color.name for s in widget.render_line(y) if s.text.strip(" █▋▏▎░")}
                for y in (1, 4)
            ]
            assert len(colours[0]) == len(colours[1]) == 1 and colours[0] != colours[1]

        drive(script, theme=theme)


@pytest.mark.parametrize("width", [1, 5, 12, 20, 30, 44, 100])
def test_every_line_is_as_wide_as_the_widget(width):
    def script(bench, widget):
        assert all(cell_len(line) == width for line in bench.lines())
        widget.show([*SHOWN, Alternative("word", 1.0, 1.0), Alternative("longer", 0.0, 0.0)])
        assert all(cell_len(line) == width for line in bench.lines())

    drive(script, size=(width, 10))


def test_as_many_rows_as_there_is_height_for():
    def script(bench, widget):
        widget.show([Alternative(chr(97 + i), 0.1, 0.1) for i in range(26)])
        assert [line[1] for line in bench.lines()] == list("Nabc")

    drive(script, size=(44, 4))


@pytest.mark.parametrize(
    ("text", "name"),
    [(" ", "⎵"), ("\n", "⏎"), ("\t", "⇥"), ("\r", "␍"), ("\x1b", "␛"), ("\x00", "␀"),
     ("\x7f", "␡"), ("\xa0", "⍽"), ("\x9b", "009B"), ("\u202e", "202E"), ("\u200d", "200D"),
     ("\u3000", "3000"), ("\u0301", "◌\u0301"), ("\ufe0f", "FE0F"), ("\ud800", "D800"),
     ("[", "["), ("世", "世"), ("é", "é"), ("א", "א\u200e"), ("th\n", "th⏎")],
)  # fmt: skip
def test_a_character_has_a_name_that_can_be_read(text, name):
    assert name_of(text) == name


@given(st.characters())
def test_no_character_steers_the_terminal_or_shifts_the_columns(character):
    name = name_of(character)
    assert 1 <= cell_len(name) <= 6
    assert not UNSAFE.search(name.removesuffix("\u200e"))
    assert all(unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp") for c in name)


def test_no_control_character_of_any_plane_gets_through():
    for code in range(0, sys.maxunicode, 31):
        assert not UNSAFE.search(name_of(chr(code)).removesuffix("\u200e"))


@given(st.text(max_size=6), st.floats(0, 1), st.floats(0, 1))
def test_any_alternative_keeps_to_its_line(text, raw, kept):
    row = row_of(Alternative(text, raw, kept), 44)
    assert cell_len(row.name + row.solid + row.shade + row.numbers) == 44


def test_markup_is_shown_not_obeyed():
    def script(bench, widget):
        widget.show([Alternative("[b]", 0.5, 0.5)])
        assert bench.lines()[1].startswith(" [b]  █")

    drive(script)


def test_what_is_the_same_is_not_drawn_again():
    def script(bench, widget):
        widget.show(SHOWN)
        drawn = []
        widget.refresh = lambda *_, **__: drawn.append(1)
        widget.show(list(SHOWN))
        assert not drawn
        widget.show(SHOWN[:2])
        assert drawn

    drive(script)
