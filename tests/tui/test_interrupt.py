"""Ctrl+C, wherever it is pressed: it answers, stops what runs, and loses nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.command import CommandPalette
from textual.widgets import Input
from textual.widgets._toast import Toast

from rnntui.engine.parts import Listed
from rnntui.engine.protocol import Error, Finished, Stop
from rnntui.tui.forecast.screen import ForecastScreen
from rnntui.tui.help import HelpScreen
from rnntui.tui.screens.branches import BranchScreen
from rnntui.tui.screens.file_picker import FilePicker
from rnntui.tui.screens.model_picker import ModelPicker
from rnntui.tui.screens.write import WriteScreen

from .conftest import Stage

Play = Callable[..., None]


def toasts(stage: Stage) -> str:
    """What notifications say."""
    return " ".join(str(toast.render()) for toast in stage.app.screen.query(Toast))


@pytest.mark.parametrize("before", [(), ("i",), ("i", *"some words"), ("tab",), ("t",)])
def test_in_the_text_the_prompt_and_the_knobs_it_stops_writing_and_says_how_to_quit(
    play: Play, before: tuple[str, ...]
) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press(*("space" if key == " " else key for key in before))
        await stage.press("ctrl+c")
        assert stage.engine.requests[-1] == Stop(stage.engine.runs[-1].id)
        assert "stopped; ^Q quits" in toasts(stage)
        assert stage.text == "kept"
        await stage.press("ctrl+c", "ctrl+c")
        assert stage.app.is_running

    play(scene, ["kept"])


def test_a_prompt_half_typed_stays(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("i", *"half", "ctrl+c")
        assert stage.screen.prompt.value == "half"

    play(scene, ["kept"])


def test_what_is_selected_is_copied_and_writing_goes_on(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyperclip

    copied: list[str] = []
    monkeypatch.setattr(pyperclip, "copy", copied.append)

    async def scene(stage: Stage) -> None:
        await stage.press("i", *"words", "shift+home", "ctrl+c")
        assert copied == ["words"]
        assert "5 characters copied" in toasts(stage)
        assert stage.screen.writer.writing

    play(scene, ["kept"])


@pytest.mark.parametrize(
    ("key", "kind"),
    [("ctrl+o", ModelPicker), ("ctrl+p", CommandPalette), ("o", FilePicker), ("f1", HelpScreen)],
)
def test_it_closes_what_stands_in_front(play: Play, key: str, kind: type) -> None:
    listed = Listed("other", "own", "text", 5, 6, "/models/other", {}, "")

    async def scene(stage: Stage) -> None:
        await stage.press(key)
        assert isinstance(stage.app.screen, kind)
        await stage.press("ctrl+c")
        assert isinstance(stage.app.screen, WriteScreen)
        assert stage.screen.writer.writing

    play(scene, ["kept"], listed=(listed,))


def test_beside_an_error_it_still_answers(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("ctrl+c")
        assert "^Q quits" in toasts(stage)
        assert "the folder is gone" in stage.notice

    ended = Finished(0, "error", 4, 7)
    play(scene, ["kept", Error("the folder is gone", "fetch it again"), ended])


def test_it_stops_four_ways_and_the_screen_of_another_mode_answers(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("b", "ctrl+c")
        assert isinstance(stage.app.screen, BranchScreen)
        assert not stage.app.screen.writing
        await stage.press("f5", "ctrl+c")
        assert isinstance(stage.app.screen, ForecastScreen)
        assert "^Q quits" in toasts(stage)

    play(scene, ["kept"], [" on"])


def test_in_the_line_of_a_path_a_selection_is_copied(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyperclip

    copied: list[str] = []
    monkeypatch.setattr(pyperclip, "copy", copied.append)

    async def scene(stage: Stage) -> None:
        await stage.press("o", *"abc", "shift+home", "ctrl+c")
        assert copied == ["abc"]
        assert stage.app.screen.query_one(Input).value == "abc"

    play(scene, ["kept"])
