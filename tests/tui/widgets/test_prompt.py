"""The prompt editor: sending, history, completion, and pastes of any size."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Button

from rnntui.files import FileProblem
from rnntui.tui.widgets.editor import LONG
from rnntui.tui.widgets.prompt import PromptEditor
from rnntui.tui.widgets.prompt_history import LIMIT, History

SIZES = [(80, 24), (160, 45)]


class Desk(App[None]):
    """An editor, something else to focus, and ears for what the editor says."""

    def __init__(self, history: Path | None = None) -> None:
        super().__init__()
        self.history = history
        self.said: list[tuple[str, str]] = []
        self.left = 0

    def compose(self) -> ComposeResult:
        yield PromptEditor(self.history, placeholder="a prompt")
        yield Button("other")

    def on_prompt_editor_submitted(self, event: PromptEditor.Submitted) -> None:
        self.said.append(("submitted", event.text))

    def on_prompt_editor_edited(self, event: PromptEditor.Edited) -> None:
        self.said.append(("edited", event.text))

    def on_prompt_editor_ghost_accepted(self, event: PromptEditor.GhostAccepted) -> None:
        self.said.append(("accepted", event.text))

    def on_prompt_editor_history_failed(self, event: PromptEditor.HistoryFailed) -> None:
        self.said.append(("failed", event.problem.what))

    def on_prompt_editor_left(self) -> None:
        self.left += 1

    def sent(self) -> list[str]:
        return [text for kind, text in self.said if kind == "submitted"]


Scene = Callable[[PromptEditor, Pilot[None], Desk], Awaitable[None]]


def play(scene: Scene, size: tuple[int, int] = (80, 24), history: Path | None = None) -> None:
    async def run() -> None:
        app = Desk(history)
        async with app.run_test(size=size) as pilot:
            editor = app.query_one(PromptEditor)
            editor.focus()
            await pilot.pause()
            await scene(editor, pilot, app)
            await app.workers.wait_for_complete()

    asyncio.run(run())


def seen(editor: PromptEditor) -> str:
    """What stands in the editor."""
    rows = [editor.render_line(y).text.rstrip() for y in range(editor.size.height)]
    return "\n".join(rows).rstrip()


# ---- sending ----


@pytest.mark.parametrize("key", ["ctrl+j", "ctrl+enter"])
@pytest.mark.parametrize("size", SIZES)
def test_both_send_keys_send_and_enter_begins_a_line(size: tuple[int, int], key: str) -> None:
    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        await pilot.press("R", "O", "enter", "M", key)
        assert app.sent() == ["RO\nM"]
        assert editor.text == ""

    play(scene, size)


def test_the_editor_grows_with_its_lines_up_to_eight() -> None:
    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        assert editor.size.height == 1
        await pilot.press("a", "enter", "b")
        assert editor.size.height == 2
        editor.load("x\n" * 40)
        await pilot.pause()
        assert editor.size.height == 8

    play(scene)


def test_escape_leaves_and_what_was_typed_stays() -> None:
    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        await pilot.press("a", "escape")
        assert app.left == 1 and editor.text == "a"

    play(scene)


def test_an_edit_is_told_once_it_rests() -> None:
    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        await pilot.press("a", "b", "c")
        for _ in range(100):
            if app.said:
                break
            await pilot.pause(0.02)
        assert app.said == [("edited", "abc")]

    play(scene)


# ---- completion ----


@pytest.mark.parametrize("size", SIZES)
def test_tab_takes_the_whole_completion(size: tuple[int, int]) -> None:
    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        await pilot.press("W", "h")
        editor.set_ghost("at say\nyou")
        await pilot.pause()
        assert seen(editor) == "What say⏎you"
        assert editor.text == "Wh"
        await pilot.press("tab")
        assert editor.text == "What say\nyou" and editor.has_focus
        assert ("accepted", "at say\nyou") in app.said
        await pilot.press("tab")  # nothing to take: it moves on, as everywhere
        assert not editor.has_focus

    play(scene, size)


def test_right_takes_one_character_and_leaves_the_rest_on_offer() -> None:
    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        await pilot.press("W")
        editor.set_ghost("hat")
        await pilot.press("right", "right")
        assert editor.text == "Wha"
        assert seen(editor) == "What"
        assert [text for kind, text in app.said if kind == "accepted"] == ["h", "a"]
        await pilot.press("right", "right")
        assert editor.text == "What"

    play(scene)


@pytest.mark.parametrize("key", ["x", "backspace", "enter", "left", "ctrl+z", "up"])
def test_any_other_edit_or_move_clears_the_completion(key: str) -> None:
    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        await pilot.press("a", "enter", "b", "c")
        editor.set_ghost("ghost")
        await pilot.press(key)
        await pilot.pause()
        assert "ghost" not in seen(editor)
        before = editor.text
        await pilot.press("tab")
        assert editor.text == before

    play(scene)


def test_a_completion_is_told_from_text_without_colour_and_cut_to_the_row() -> None:
    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        await pilot.press("a")
        editor.set_ghost("[b]x\x1b漢" * 30)
        await pilot.pause()
        strip = editor.render_line(0)
        assert strip.cell_length <= 80 and "…" in strip.text and "[b]x␛漢[b]" in strip.text
        styles = [segment.style for segment in strip if "x␛" in segment.text]
        assert styles and all(style and style.underline for style in styles)

    play(scene)


def test_no_completion_is_offered_in_the_middle_of_the_text() -> None:
    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        await pilot.press("a", "b", "left")
        editor.set_ghost("ghost")
        await pilot.pause()
        assert seen(editor) == "ab"

    play(scene)


# ---- history ----


def test_up_and_down_walk_the_sent_prompts_and_come_back_to_the_draft(tmp_path: Path) -> None:
    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        for prompt in ("first", "two\nlines", "third"):
            editor.load(prompt)
            await pilot.press("ctrl+j")
        await pilot.press("d", "r", "a", "f", "t")
        texts = []
        for _ in range(4):
            await pilot.press("up")
            texts.append(editor.text)
        assert texts == ["third", "two\nlines", "first", "first"]
        await pilot.press("down")
        assert editor.text == "two\nlines"
        await pilot.press("up")  # from its last line: a line up, no prompt back
        assert editor.text == "two\nlines"
        await pilot.press("down", "down", "down")
        assert editor.text == "draft"
        await pilot.press("down")
        assert editor.text == "draft"

    play(scene, history=tmp_path / "history.jsonl")


def test_up_moves_within_a_wrapped_line_before_it_walks() -> None:
    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        editor.load("old")
        await pilot.press("ctrl+j")
        editor.load("word " * 30)
        await pilot.press("up")
        assert editor.text.startswith("word")
        await pilot.press("up")
        assert editor.text == "old"

    play(scene)


def test_prompts_are_there_in_the_next_session(tmp_path: Path) -> None:
    path = tmp_path / "state" / "history.jsonl"

    async def first(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        for prompt in ("a\n[b]", "c", "   ", "a\n[b]"):
            editor.load(prompt)
            await pilot.press("ctrl+j")
        assert len(app.sent()) == 4

    async def second(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        await pilot.press("up")
        assert editor.text == "a\n[b]"
        await pilot.press("up", "up")
        assert editor.text == "c"

    play(first, history=path)
    assert [json.loads(line) for line in path.read_text().splitlines()] == ["c", "a\n[b]"]
    play(second, history=path)


def test_a_damaged_history_gives_what_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_bytes(b'"good"\n{"no": 1}\n\xff\xfe\n"half\n"also good"\n' + b"[" * 100_000)
    history = History(path)
    history.load()
    assert history.prompts == ["good", "also good"]


def test_the_history_holds_five_hundred_and_leaves_the_longest_out_of_the_file(
    tmp_path: Path,
) -> None:
    history = History(tmp_path / "history.jsonl")
    for number in range(LIMIT + 20):
        history.add(f"prompt {number}")
    history.add("x" * 50_000)
    history.save()
    again = History(history.path)
    again.load()
    assert len(again.prompts) == len(history.prompts) == LIMIT
    assert again.prompts[1:] == history.prompts[:-1]


def test_two_windows_keep_each_others_prompts(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    one, other = History(path), History(path)
    for window, prompt in ((one, "a"), (other, "b"), (one, "c"), (other, "a"), (one, "d")):
        window.add(prompt)
        window.save()
    again = History(path)
    again.load()
    assert again.prompts == ["b", "c", "a", "d"]
    for number in range(LIMIT):
        other.add(f"prompt {number}")
        one.add(f"prompt {number}")
    other.save()
    one.save()
    again = History(path)
    again.load()
    assert again.prompts == one.prompts == [f"prompt {number}" for number in range(LIMIT)]


def test_prompts_that_could_not_be_written_go_with_the_next(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    history = History(tmp_path / "state" / "history.jsonl")
    history.add("a")
    with pytest.raises(FileProblem):
        history.save()
    (tmp_path / "state").unlink()
    history.add("b")
    history.save()
    assert [json.loads(line) for line in history.path.read_text().splitlines()] == ["a", "b"]


def test_a_history_that_cannot_be_written_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        await pilot.press("a", "ctrl+j")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert any(kind == "failed" and "cannot write" in text for kind, text in app.said)

    play(scene, history=tmp_path / "file" / "history.jsonl")


# ---- pastes and files ----


@pytest.mark.parametrize("newlines", [True, False])
def test_a_megabyte_is_pasted_in_a_moment_and_sent_whole(newlines: bool) -> None:
    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        text = ("the quick brown fox, " + "\n" * newlines) * 50_000
        await pilot.press("h", "i", "space")
        began = time.thread_time()
        editor.post_message(Paste(text))
        await pilot.pause()
        await pilot.press("!")
        assert time.thread_time() - began < 0.4  # TextArea alone: 0.5 s, and 2.4 s on one line
        assert f"{len(text):,} characters" in seen(editor)
        assert editor.value == f"hi {text}!"
        await pilot.press("ctrl+j")
        assert app.sent() == [f"hi {text}!"]
        await pilot.press("up")
        assert editor.value == f"hi {text}!"
        assert len(editor.text) < 200

    play(scene)


def test_a_folded_paste_is_deleted_as_one_and_undone() -> None:
    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        editor.post_message(Paste("x" * (LONG + 1)))
        await pilot.pause()
        await pilot.press("backspace")
        assert editor.text == ""
        await pilot.press("ctrl+z")
        assert editor.value == "x" * (LONG + 1)

    play(scene)


def test_a_short_paste_is_plain_text_its_escapes_drawn() -> None:
    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        editor.post_message(Paste("a\r\nb\rc \x1b[31m [red] \u202e é漢"))
        await pilot.pause()
        assert editor.value == "a\nb\nc \x1b[31m [red] \u202e é漢"
        assert seen(editor) == "a\nb\nc ␛[31m [red] � é漢"

    play(scene)


def test_a_file_is_loaded_and_a_missing_or_binary_one_says_why(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad"
    good.write_text("\ufeffFrom a file\nof two lines", "utf-8")
    bad.write_bytes(b"\xff\x00")

    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        await editor.load_file(good)
        assert editor.value == "From a file\nof two lines"
        for path, why in ((tmp_path / "none", "no such file"), (bad, "not UTF-8")):
            with pytest.raises(FileProblem, match=why):
                await editor.load_file(path)
        assert editor.value == "From a file\nof two lines"

    play(scene)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
def test_every_theme_draws_it(theme: str) -> None:
    async def scene(editor: PromptEditor, pilot: Pilot[None], app: Desk) -> None:
        app.theme = theme
        await pilot.press("a")
        editor.set_ghost("bc")
        await pilot.pause()
        assert seen(editor) == "abc"

    play(scene)
