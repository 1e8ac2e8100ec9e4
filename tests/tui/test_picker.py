"""Choosing one of a list: by arrows, by a part of its name, by the mouse, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from rnntui.tui.screens.picker import Choice, Picker

FEW = [Choice(f"/{name}", name, f"{name} [red]line") for name in ("one", "two", "three")]
MANY = [Choice(f"/m{at}", f"Model-{at}", f"Model-{at}") for at in range(40)]

Scene = Callable[[Pilot[Any], Picker], Awaitable[None]]


def choose(scene: Scene, choices: Sequence[Choice], current: str = "") -> Any:
    """Open a list of choices, play a scene, and return what was chosen; "open" while nothing is."""
    chosen: list[Any] = ["open"]

    async def whole() -> None:
        app: App[None] = App()
        async with app.run_test(size=(80, 24)) as pilot:
            picker = Picker("Models", choices, current, none="None is here")
            app.push_screen(picker, chosen.append)
            await pilot.pause()
            await scene(pilot, picker)
            await pilot.pause()

    asyncio.run(whole())
    return chosen[-1]


@pytest.mark.parametrize(
    ("choices", "keys", "chosen"),
    [
        (FEW, ["enter"], "/two"),
        (FEW, ["up", "enter"], "/one"),
        (FEW, ["escape"], None),
        (FEW, ["t", "h"], "open"),  # nothing is typed into a short list
        (MANY, ["enter"], "/m0"),
        (MANY, ["m", "o", "d", "e", "l", "minus", "7", "enter"], "/m7"),
        (MANY, ["minus", "3", "down", "down", "enter"], "/m31"),
        (MANY, ["3", "end", "backspace", "enter"], "/m0"),
        (MANY, ["pagedown", "down", "pageup", "enter"], "/m1"),
        (MANY, ["x", "enter"], "open"),
        (MANY, ["x", "down", "escape"], None),
    ],
)
def test_keys(choices: Sequence[Choice], keys: Sequence[str], chosen: Any) -> None:
    async def scene(pilot: Pilot[Any], picker: Picker) -> None:
        await pilot.press(*keys)

    assert choose(scene, choices, "/two") == chosen


def test_the_mouse_chooses_too() -> None:
    async def scene(pilot: Pilot[Any], picker: Picker) -> None:
        await pilot.press("1", "2")
        await pilot.click(OptionList, offset=(3, 1))

    assert choose(scene, MANY) == "/m12"


def test_names_are_text_and_an_empty_list_says_so() -> None:
    async def few(pilot: Pilot[Any], picker: Picker) -> None:
        assert str(picker.listed.get_option_at_index(0).prompt) == "one [red]line"
        assert not picker.query(Input)

    async def none(pilot: Pilot[Any], picker: Picker) -> None:
        assert "None is here" in [str(each.render()) for each in picker.query("Static")]
        await pilot.press("enter", "down")

    choose(few, FEW)
    assert choose(none, []) == "open"
