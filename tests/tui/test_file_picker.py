"""A prompt from a file, named with completion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.events import Paste

from rnntui.tui.path_completion import MOST, complete, unquoted
from rnntui.tui.screens.file_picker import FilePicker

from .conftest import Stage

Play = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of three files and one folder, which is the current one."""
    for name in ("anna.txt", "anna-notes.txt", ".hidden"):
        (tmp_path / name).write_text("Happy families\n", "utf-8")
    (tmp_path / "books").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "text", "names"),
    [("", "", ("anna-notes.txt", "anna.txt", "books/")),
     ("an", "anna", ("anna-notes.txt", "anna.txt")),
     ("anna.", "anna.txt", ("anna.txt",)),
     ("b", "books/", ("books/",)),
     ("books/", "books/", ()),
     (".h", ".hidden", (".hidden",)),
     ("zebra", "zebra", ()),
     ("none/at/all", "none/at/all", ()),
     ("a\0b/", "a\0b/", ())],
)  # fmt: skip
def test_a_path_is_completed_by_what_its_candidates_share(
    folder: Path, typed: str, text: str, names: tuple[str, ...]
) -> None:
    done = complete(typed)
    assert (done.text, set(names) <= set(done.names)) == (text, True)
    assert "home/" in done.names or len(done.names) == len(names)


def test_the_home_folder_stays_a_tilde(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    assert complete("~/anna.").text == "~/anna.txt"


def test_a_home_of_nobody_and_names_with_escapes_offer_nothing(tmp_path: Path) -> None:
    assert complete("~nobody-of-that-name/a").names == ()
    (tmp_path / "x\x1b[2Jrun").mkdir()
    (tmp_path / "x\u202erun").touch()
    (tmp_path / "x and é").touch()
    assert complete(f"{tmp_path}/x").names == ("x and é",)


def test_a_folder_of_thousands_offers_some(tmp_path: Path) -> None:
    for number in range(MOST + 50):
        (tmp_path / f"file{number}").touch()
    done = complete(f"{tmp_path}/fi")
    assert done.text == f"{tmp_path}/file"
    assert len(done.names) == MOST


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("'{}/x y/esc.txt' ", "{}/x y/esc.txt"),
     ('"{}/x y/esc.txt"', "{}/x y/esc.txt"),
     (r"{}/x\ y/esc.txt", "{}/x y/esc.txt"),
     (r"'{}/it'\''s'", "{}/it's"),
     ("{}/it's", "{}/it's"),
     ("{}/x y/esc.txt", "{}/x y/esc.txt"),
     ("{}/'quoted'", "{}/'quoted'"),
     ("{}/two words", "{}/two words"),
     ("{}/two ", "{}/two "),
     ("'{}/open", "'{}/open"),
     ("", "")],
)  # fmt: skip
def test_a_path_is_taken_without_what_a_shell_would_need(
    tmp_path: Path, typed: str, plain: str
) -> None:
    (tmp_path / "'quoted'").touch()  # a file of that very name comes first
    assert unquoted(typed.format(tmp_path)) == plain.format(tmp_path)


@pytest.mark.parametrize("form", ["'{}/x y/esc.txt' ", r"{}/x\ y/esc.txt"])
def test_a_file_dropped_on_the_terminal_is_found_under_its_quotes(
    play: Play, tmp_path: Path, form: str
) -> None:
    (tmp_path / "x y").mkdir()
    (tmp_path / "x y" / "esc.txt").write_text("Once", "utf-8")

    async def scene(stage: Stage) -> None:
        await stage.press("o")
        picker = stage.app.screen
        assert isinstance(picker, FilePicker)
        picker.path.post_message(Paste(form.format(tmp_path)))
        await stage.settle()
        assert str(picker.names.render()) == "esc.txt"
        await stage.press("enter")
        assert stage.screen.prompt.value == "Once"

    play(scene, ["kept"])


def test_a_file_becomes_the_prompt_and_is_sent_only_when_the_person_says_so(
    play: Play, folder: Path
) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("o", *"anna.", "tab", "enter")
        assert stage.screen.prompt.value == "Happy families\n"
        assert stage.screen.prompt.has_focus
        assert len(stage.engine.runs) == 1
        await stage.press("ctrl+j")
        assert stage.engine.runs[-1].request.prompt == "Happy families\n"

    play(scene, ["kept"])


def test_what_is_no_file_is_told_and_a_folder_is_entered(play: Play, folder: Path) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("o", *"zebra", "enter")
        picker = stage.app.screen
        assert isinstance(picker, FilePicker)
        assert "no such file" in str(picker.query_one("#names").render())  # type: ignore[attr-defined]
        await stage.press("ctrl+u", *"books", "enter")
        assert picker.query_one("#path").value == "books/"  # type: ignore[attr-defined]
        await stage.press("escape")
        assert stage.screen.prompt.value == ""
        assert stage.text == "kept"

    play(scene, ["kept"])


def test_a_file_that_is_no_text_is_refused_with_a_remedy(play: Play, folder: Path) -> None:
    (folder / "picture.png").write_bytes(b"\x89PNG\xff\xfe")

    async def scene(stage: Stage) -> None:
        await stage.press("o", *"pic", "tab", "enter")
        assert "is not UTF-8 text; convert it" in stage.notice
        assert stage.screen.prompt.value == ""

    play(scene, ["kept"])
