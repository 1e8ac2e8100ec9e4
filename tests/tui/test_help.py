"""F1: what the keys do and what a screen is for, all of it readable at any size."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.binding import Binding
from textual.events import MouseScrollDown
from textual.keys import format_key

from rnntui.tui.chat.editor import MessageEditor
from rnntui.tui.forecast.fan_plot import FanPlot
from rnntui.tui.help import HelpScreen, KeyGroup
from rnntui.tui.key_table import table
from rnntui.tui.screens.write import WriteScreen
from rnntui.tui.widgets.prompt import PromptEditor

from .conftest import Stage

Play = Callable[..., None]
SIZES = [(80, 24), (160, 45)]


def page(stage: Stage) -> HelpScreen:
    """The help, which must be open."""
    assert isinstance(stage.app.screen, HelpScreen)
    return stage.app.screen


def seen(stage: Stage) -> str:
    """What stands on the screen."""
    strips = stage.app.screen._compositor.render_strips(stage.app.size)
    return "\n".join(strip.text.rstrip() for strip in strips)


@pytest.mark.parametrize("size", SIZES)
def test_the_keys_of_the_mode_come_first_and_what_textual_binds_does_not_come(
    play: Play, size: tuple[int, int]
) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("f1")
        assert "Stop writing; what was written stays" in seen(stage)
        groups = {each.title: dict(each.rows) for each in page(stage).query(KeyGroup)}
        assert [*groups] == ["Write", "Knobs", "Prompt", "Everywhere"]
        assert len(page(stage).query(KeyGroup)) == len(groups)
        assert not any("super" in keys or "Scroll" in about
                       for rows in groups.values() for keys, about in rows.items())  # fmt: skip
        assert groups["Write"]["[ ]"] == "Temperature down, up"
        assert "]" not in groups["Write"] and groups["Knobs"]["← →"] == "Less, more"

    play(scene, ["kept"], size=size)


@pytest.mark.parametrize(("mode", "size"), [("f2", SIZES[0]), ("f3", SIZES[0]), ("f5", SIZES[1])])
def test_the_whole_page_is_reached_by_keys_and_by_the_wheel(
    play: Play, mode: str, size: tuple[int, int]
) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press(mode, "f1")
        page_, first = page(stage).page, seen(stage)
        for there, back in (("down", "up"), ("pagedown", "pageup"), ("end", "home")):
            await stage.press(there)
            assert page_.scroll_y > 0 and seen(stage) != first
            await stage.press(back)
            assert page_.scroll_y == 0 and seen(stage) == first
        await stage.press("end")
        assert page_.scroll_y == page_.max_scroll_y
        await stage.press("home")
        page_.post_message(MouseScrollDown(page_, 9, 9, 0, 1, 0, False, False, False, 9, 9))
        await stage.settle()
        assert page_.scroll_target_y > 0

    play(scene, ["kept"], size=size)


@pytest.mark.parametrize("key", ["escape", "f1"])
def test_closed_it_leaves_the_focus_where_it_was_and_meanwhile_the_text_went_on(
    play: Play, key: str
) -> None:
    async def scene(stage: Stage) -> None:
        for before in ("i", "escape"):
            await stage.press(before)
            focused = stage.screen.focused
            await stage.press("f1")
            assert "[Write]" in seen(stage) and page(stage).is_modal
            await stage.feed(" on")
            await stage.press(key)
            assert stage.screen.focused is focused and isinstance(stage.app.screen, WriteScreen)
        assert isinstance(focused, type(stage.screen.transcript))
        assert stage.text == "kept on on" and stage.screen.writer.writing

    play(scene, ["kept"])


def test_the_palette_opens_it_and_opens_it_once(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        for _ in range(2):
            stage.app.action_show_help_panel()
            await stage.settle()
        assert page(stage).about is stage.app.screen_stack[-2]
        assert isinstance(page(stage).about, WriteScreen)

    play(scene, ["kept"])


def test_what_can_be_read_about_a_part_of_the_screen_is_there_too(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("f1", "end")
        assert "A very long paste is shown folded" in seen(stage)

    play(scene, ["kept"], size=(80, 24))


def test_of_a_pair_of_keys_all_that_do_the_same_stand_in_one_row_and_keys_can_be_others() -> None:
    def display(binding: Binding) -> str:
        return binding.key_display or format_key(binding.key)

    assert dict(table(FanPlot, {}, display))["← → h l"] == "Read a value"
    assert dict(table(PromptEditor, {"prompt.submit": "f9"}, display))["f9"].startswith("Send")
    message = dict(table(MessageEditor, {}, display))
    assert sum(about == "Begin a new line" for about in message.values()) == 1
