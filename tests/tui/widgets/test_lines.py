"""The single lines: the modes at the top, the status, the keys at the bottom, and the thumb."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.pilot import Pilot
from textual.widget import Widget

from rnntui.tui.widgets.key_line import KeyLine, Shown, arrange
from rnntui.tui.widgets.mode_bar import MODES, ModeBar
from rnntui.tui.widgets.one_line import OneLine
from rnntui.tui.widgets.thumb import Thumb
from rnntui.tui.widgets.transcript import Transcript


class Bench(App[None]):
    """Some widgets, and a record of what was asked of the app."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "take('a')", "first"),
        Binding("b", "take('b')", "second"),
        Binding("c", "take('c')", "hidden", show=False),
        Binding("f1", "take('help')", "help", id="app.help"),
    ]

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self.widgets = widgets
        self.taken: list[str] = []

    def compose(self) -> ComposeResult:
        """The widgets."""
        with Horizontal():
            yield from self.widgets

    def action_take(self, name: str) -> None:
        """Note it."""
        self.taken.append(name)

    def action_mode(self, mode: str) -> None:
        """Note it."""
        self.taken.append(mode)


def drive(
    script: Callable[[Bench, Pilot[Any]], Awaitable[None]], *widgets: Widget, width: int = 60
) -> None:
    """Run a script on some widgets."""

    async def session() -> None:
        bench = Bench(*widgets)
        async with bench.run_test(size=(width, 8)) as pilot:
            await pilot.pause()
            await pilot.pause()
            await script(bench, pilot)

    asyncio.run(session())


def line(widget: Widget) -> str:
    """What its first row shows."""
    return widget.render_line(0).text


HELP = [Shown("F1", "help", "f1")]
KEYS = [Shown("i", "prompt", "i"), Shown("esc", "stop", "escape"), Shown("r", "again", "r")]


@pytest.mark.parametrize(
    ("width", "shown"), [(80, "iesc rF1"), (29, "iescF1"), (28, "iF1"), (16, "F1"), (4, "")]
)
def test_keys_give_way_from_the_right_and_help_stays(width: int, shown: str) -> None:
    placed = arrange(KEYS, HELP, width)
    assert "".join(key.display for _, key in placed) == shown.replace(" ", "")
    assert all(x + key.cells <= width for x, key in placed)
    ends = [0, *(x + key.cells for x, key in placed)]
    assert all(x > end for (x, _), end in zip(placed, ends, strict=False))


def test_the_keys_are_those_of_the_focus_and_a_click_presses_them() -> None:
    keys = KeyLine()

    async def script(bench: Bench, pilot: Pilot[Any]) -> None:
        assert line(keys).startswith(" a first  b second ")
        assert line(keys).rstrip().endswith("f1 help")
        assert "hidden" not in line(keys)
        await pilot.click(KeyLine, offset=(12, 0))
        await pilot.click(KeyLine, offset=(57, 0))
        await pilot.click(KeyLine, offset=(30, 0))
        assert bench.taken == ["b", "help"]

    drive(script, keys)


def test_a_click_on_a_tab_switches_and_the_open_one_stands_in_brackets() -> None:
    bar = ModeBar("chat")

    async def script(bench: Bench, pilot: Pilot[Any]) -> None:
        assert "[Chat]" in line(bar)
        for mode in MODES:
            await pilot.click(ModeBar, offset=(line(bar).index(mode.capitalize()), 0))
        assert bench.taken == list(MODES)

    drive(script, bar)


@pytest.mark.parametrize(("width", "facts"), [(100, "name · lstm 2×512"), (74, "name"), (58, "")])
def test_the_model_is_told_as_fully_as_there_is_room_for(width: int, facts: str) -> None:
    bar = ModeBar("write")
    bar.facts = ("name · lstm 2×512", "name")

    async def script(bench: Bench, pilot: Pilot[Any]) -> None:
        shown = line(bar)
        assert shown[shown.index("Models") + 6 :].strip() == facts
        assert bar.render_line(0).cell_length == width

    drive(script, bar, width=width)


@pytest.mark.parametrize("text", ["[b]x[/b]", "\x1b[31mred", "two\nlines", "漢字 " * 60, "\t", ""])
def test_a_line_is_a_line_whatever_it_says(text: str) -> None:
    one = OneLine()

    async def script(bench: Bench, pilot: Pilot[Any]) -> None:
        one.say(text)
        assert one.text == text
        assert one.render_line(0).cell_length == 60
        assert not set(line(one)) & set("\x1b\n\t")
        assert line(one)[1:4].strip() in ("[b]", "␛[3", "two", "漢字 ", "漢字", "")

    drive(script, one)


def test_the_thumb_shows_where_the_view_is_and_takes_it_there() -> None:
    view = Transcript()
    thumb = Thumb(view)

    async def script(bench: Bench, pilot: Pilot[Any]) -> None:
        assert thumb.mark == (0, 0)
        view.append("\n".join(map(str, range(80))))
        await pilot.pause()
        assert thumb.mark == (7, 8)  # a tenth is in sight, the last one
        await pilot.mouse_down(Thumb, offset=(0, 0))
        await pilot.mouse_up(Thumb, offset=(0, 0))
        await pilot.pause()
        assert view.scroll_offset.y == 0
        assert not view.following
        assert [thumb.render_line(y).text for y in (0, 1)] == ["┃", " "]

    drive(script, view, thumb)
