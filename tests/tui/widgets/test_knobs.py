"""The panel of knobs, driven as a person would."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Button

from rnntui.knobs import KNOBS, Knobs, resolve
from rnntui.tui.widgets.knobs import KnobPanel, columns, draw_bar

START = resolve(
    {"seed": 41270338}, {"min_p": 0.05}, {"pace": 200}, {"temperature": 0.8, "top_n": 10}
)


class Bench(App[None]):
    """A panel between two buttons."""

    def __init__(self, knobs: Knobs, width: int) -> None:
        super().__init__()
        self.panel = KnobPanel(knobs)
        self.panel.styles.width = width
        self.changes: list[KnobPanel.Changed] = []

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Button("before", compact=True)
        yield self.panel
        yield Button("after", compact=True)

    def on_knob_panel_changed(self, message: KnobPanel.Changed) -> None:
        """Keep what was posted."""
        self.changes.append(message)

    def line(self, name: str) -> str:
        """What a row shows."""
        return "".join(segment.text for segment in self.panel.rows[name].render_line(0))


def drive(
    script: Callable[[Bench, Pilot[None]], Awaitable[None]], knobs: Knobs = START, width: int = 44
) -> Bench:
    """Run a script on a panel of a width."""
    bench = Bench(knobs, width)

    async def session() -> None:
        async with bench.run_test(size=(80, 24)) as pilot:
            await script(bench, pilot)

    asyncio.run(session())
    return bench


def test_a_row_shows_label_bar_value_and_source():
    async def script(bench, pilot):
        await pilot.pause()
        assert bench.line("temperature") == " Temperature ▕█████░░░░░░░▏ 0.80    model   "
        assert bench.line("top_p") == " Top-p       ▕████████████▏ off     default "
        assert bench.line("min_p").endswith(" 0.05    env     ")
        assert bench.line("pace").endswith(" 200 /s  settings")
        assert bench.line("seed") == " Seed        41 270 338             option  "

    drive(script)


@pytest.mark.parametrize("width", [6, 12, 16, 17, 26, 30, 33, 34, 37, 38, 44, 60])
def test_every_row_fits_its_width(width):
    async def script(bench, pilot):
        await pilot.pause()
        for name in KNOBS:
            line = bench.line(name)
            assert len(line) <= width
            if width >= 17:
                assert KNOBS[name].short[:3] in line
        letter = bench.line("temperature").rstrip().endswith(" m")
        assert letter == (17 <= width < 34)

    drive(script, width=width)


def test_the_bar_is_kept_down_to_thirty_columns():
    assert all(columns(width).bar >= 8 for width in range(30, 100))
    assert columns(20).bar == 0


def test_a_bar_is_full_empty_and_half():
    assert draw_bar(0, 6) == ("▕", "░░░░▏")
    assert draw_bar(1, 6) == ("▕████", "▏")
    assert draw_bar(0.625, 6) == ("▕██▌", "░▏")


def test_arrows_move_between_knobs_and_turn_them():
    async def script(bench, pilot):
        await pilot.press("tab")
        assert bench.line("pace").startswith("›Pace")
        await pilot.press("down", "right", "right", "left")
        assert bench.line("temperature").startswith("›Temperature")
        await pilot.press("shift+right", "up", "up", "shift+left")

    bench = drive(script)
    assert [change.name for change in bench.changes] == ["temperature"] * 4 + ["pace"]
    assert bench.panel.knobs["temperature"] == (1.05, "you")
    assert bench.panel.knobs["pace"] == (50.0, "you")
    assert bench.changes[-1].knobs is bench.panel.knobs


def test_tab_passes_the_panel_in_one_step_and_comes_back_to_the_same_knob():
    async def script(bench, pilot):
        await pilot.press("tab", "down", "down", "tab")
        assert bench.focused is bench.query(Button).last()
        await pilot.press("shift+tab")
        assert bench.focused is bench.panel.rows["top_n"]

    drive(script)


def test_a_digit_begins_to_type_and_enter_takes_it():
    async def script(bench, pilot):
        await pilot.press("tab", "down", *"0.95")
        assert "0.95▏" in bench.line("temperature")
        assert bench.changes == []
        await pilot.press("backspace", "enter")

    bench = drive(script)
    assert bench.panel.knobs["temperature"] == (0.9, "you")
    assert len(bench.changes) == 1


def test_enter_types_words_too_and_while_typing_letters_are_letters():
    async def script(bench, pilot):
        await pilot.press("tab", "enter", *"fullr", "backspace", "enter")

    assert drive(script).panel.knobs["pace"] == (0.0, "you")


def test_escape_leaves_the_value_as_it_was():
    async def script(bench, pilot):
        await pilot.press("tab", "5", "escape")
        assert bench.panel.rows["pace"].typed is None

    assert drive(script).changes == []


@pytest.mark.parametrize("leave", ["tab", "down", "shift+tab"])
def test_who_goes_on_has_finished_typing(leave):
    async def script(bench, pilot):
        await pilot.press("tab", "5", "0", leave)
        await pilot.pause()
        assert bench.focused is not bench.panel.rows["pace"]

    assert drive(script).panel.knobs["pace"] == (50.0, "you")


def test_what_makes_no_sense_is_told_and_changes_nothing():
    async def script(bench, pilot):
        await pilot.press("tab", "down", "down", "down", "9", "enter")
        await pilot.pause()
        assert [n.message for n in bench._notifications] == [
            "top-p is 9; choose more than 0, at most 1 (off)."
        ]

    assert drive(script).changes == []


@pytest.mark.parametrize("key", ["r", "backspace", "delete"])
def test_a_reset_gives_the_value_back_to_the_model(key):
    async def script(bench, pilot):
        await pilot.press("tab", "down", "right", key)

    bench = drive(script)
    assert bench.panel.knobs == START
    assert len(bench.changes) == 2


def test_nothing_typed_resets_as_well():
    async def script(bench, pilot):
        await pilot.press("tab", "down", "right", "enter", "enter")

    assert drive(script).panel.knobs == START


def test_pasting_types():
    from textual.events import Paste

    async def script(bench, pilot):
        bench.panel.go_to("seed")
        await pilot.pause()
        bench.focused.post_message(Paste("12 34\x1b[2J\n56" + "7" * 100))
        await pilot.pause()
        assert bench.panel.rows["seed"].typed == "1234[2J56777777777777777"
        await pilot.press("escape")

    drive(script)


def test_a_click_on_the_bar_sets_the_value_and_a_drag_follows():
    async def script(bench, pilot):
        row = bench.panel.rows["temperature"]
        await pilot.click(row, offset=(14 + 5, 0))
        assert bench.panel.knobs["temperature"] == (1.0, "you")
        assert bench.focused is row
        await pilot.mouse_down(row, offset=(14, 0))
        await pilot.hover(row, offset=(60, 3))
        assert bench.panel.knobs["temperature"] == (2.0, "you")
        await pilot.hover(row, offset=(13, 0))
        await pilot.mouse_up(row, offset=(13, 0))
        assert bench.panel.knobs["temperature"] == (0.0, "you")
        await pilot.hover(row, offset=(20, 0))

    assert drive(script).panel.knobs["temperature"] == (0.0, "you")


def test_a_click_on_the_value_types():
    async def script(bench, pilot):
        await pilot.click(bench.panel.rows["top_n"], offset=(29, 0))
        assert bench.panel.rows["top_n"].typed == ""
        await pilot.press(*"33", "enter")

    assert drive(script).panel.knobs["top_n"] == (33, "you")


def test_the_wheel_turns_the_knob_under_the_mouse():
    from textual.events import MouseScrollDown, MouseScrollUp

    async def script(bench, pilot):
        row = bench.panel.rows["top_n"]
        for kind in (MouseScrollUp, MouseScrollUp, MouseScrollDown):
            row.post_message(kind(row, 0, 0, 0, 0, 0, False, False, False))
            await pilot.pause()

    assert drive(script).panel.knobs["top_n"] == (15, "you")


def test_the_screen_can_turn_a_knob_that_has_no_focus():
    async def script(bench, pilot):
        bench.panel.nudge("top_n", 1)
        await pilot.pause()
        assert " 15 " in bench.line("top_n") and " you " in bench.line("top_n")

    assert [change.name for change in drive(script).changes] == ["top_n"]


def test_setting_the_knobs_from_outside_shows_them_and_posts_nothing():
    async def script(bench, pilot):
        bench.panel.knobs = bench.panel.knobs.suggest({"temperature": 0.4})
        await pilot.pause()
        assert " 0.40 " in bench.line("temperature")

    assert drive(script).changes == []


def test_a_turn_at_the_end_posts_nothing():
    async def script(bench, pilot):
        bench.panel.nudge("top_p", 1)
        bench.panel.reset("top_p")
        bench.panel.point("top_p", 1.0)
        await pilot.pause()

    assert drive(script).changes == []


def test_the_longest_seed_is_whole_at_forty_four_columns():
    async def script(bench, pilot):
        await pilot.pause()
        assert bench.line("seed") == " Seed        9223372036854775807    option  "

    drive(script, resolve({"seed": 2**63 - 1}))


def test_every_binding_has_an_id_and_every_row_a_tooltip():
    async def script(bench, pilot):
        for name, row in bench.panel.rows.items():
            assert KNOBS[name].about in str(row.tooltip)
            assert all(binding.id for _, binding in row._bindings)

    drive(script)
    assert "# Knobs" in KnobPanel.HELP
