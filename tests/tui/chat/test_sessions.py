"""Sessions in the app: found, resumed, renamed, deleted and brought back, exported, imported."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from rnntui.engine.client import EngineError
from rnntui.engine.protocol import Finished
from rnntui.store import location, open_store
from rnntui.store.records import Author, Candidate, Turn
from rnntui.tui.chat.screen import ChatScreen
from rnntui.tui.chat.sessions import SessionsScreen
from rnntui.tui.screens.write import WriteScreen
from rnntui.tui.widgets.key_line import KeyLine
from tests.tui.conftest import Stage

from .stage import TALKER, TALKS, ChatStage, Play, chatting

Made = dict[str, int]


@pytest.fixture
def made(home: Path) -> Made:
    """Two chats and a text that were kept."""
    with open_store() as store:
        ghost = store.begin("chat", Author("chat-lstm", "abc", 3, {})).id
        said = store.add(ghost, "you", "Have you seen the ghost?", after=None).id
        store.add(ghost, "model", "which [b]ghost[/b]", after=said)
        store.add(ghost, "model", "the ghost of whom", after=said,
                  candidates=[Candidate("the ghost of whom", -1.0)])  # fmt: skip
        other = store.begin("chat", Author("owner/gone", "abc", 4, {})).id
        store.add(other, "you", "Good morning", after=None)
        text = store.begin("write", Author("scripted", "", 1, {})).id
        begun = store.add(text, "text", "ROMEO:", after=None).id
        store.add(text, "model", " a villain", after=begun)
    return {"ghost": ghost, "gone": other, "text": text}


def at_sessions(play: Play, scene: Callable[[ChatStage, SessionsScreen], Awaitable[None]],
                **options: Any) -> None:  # fmt: skip
    """Open the screen and play a scene."""

    async def whole(stage: ChatStage) -> None:
        await stage.press("ctrl+f")
        screen = stage.app.screen
        assert isinstance(screen, SessionsScreen)
        await stage.until(lambda: screen.status.text)
        await scene(stage, screen)

    chatting(play, whole, **options)


def notice(screen: SessionsScreen) -> str:
    """What the notice says."""
    return str(screen.notice.render()) if screen.notice.display else ""


def test_they_are_listed_sought_and_resumed(play: Play, made: Made) -> None:
    async def scene(stage: ChatStage, screen: SessionsScreen) -> None:
        assert [row.title for row in screen.listed.rows] == [
            "ROMEO:", "Good morning", "Have you seen the ghost?",
        ]  # fmt: skip
        await stage.press(*"ghost", "space", *"whi")
        await stage.until(lambda: len(screen.listed.rows) == 1)
        assert "which [b]ghost[/b]" in screen.listed.rows[0].content.plain
        await stage.press("enter")  # from the search, as the keys at the bottom say
        await stage.until(lambda: isinstance(stage.app.screen, ChatScreen))
        await stage.until(lambda: stage.said)
        # It was found in the branch that was not followed, and is followed now.
        assert stage.said == ["Have you seen the ghost?", "which [b]ghost[/b]"]
        await stage.until(lambda: stage.screen.bar.facts)
        await stage.say("of Hamlet's father")
        assert stage.talk.numbers[-1][1] == 2  # two replies were drawn before
        kept = await stage.kept()
        assert kept.session.id == made["ghost"] and len(kept.turns) == 5

    at_sessions(play, scene)


def test_the_keys_at_the_bottom_are_those_that_work_where_the_focus_is(
    play: Play, made: Made
) -> None:
    async def scene(stage: ChatStage, screen: SessionsScreen) -> None:
        def offered() -> set[str]:
            return {
                f"{shown.display} {shown.about}" for _, shown in screen.query_one(KeyLine).placed
            }

        assert offered() == {"esc back", "↓ list", "^Z bring back", "F1 help", "^Q quit"}
        await stage.press("u", "r", "slash")
        assert screen.search.value == "ur/"
        await stage.press("ctrl+u", "down")
        assert {"/ search", "r rename", "d delete", "u bring back", "⏎ resume"} <= offered()
        assert "^Z bring back" not in offered()
        await stage.press("d")
        await stage.until(lambda: "u brings it back" in notice(screen))
        await stage.press("slash", "ctrl+z")
        await stage.until(lambda: "is back" in notice(screen))

    at_sessions(play, scene, size=(160, 45))


def test_renaming_deleting_and_bringing_back(play: Play, made: Made) -> None:
    async def scene(stage: ChatStage, screen: SessionsScreen) -> None:
        await stage.press("down", "down", "down", "r")
        await stage.stage.pilot.press(*["backspace"] * 60)
        await stage.press(*"Elsinore", "enter")
        await stage.until(lambda: "Elsinore" in [row.title for row in screen.listed.rows])
        await stage.press("slash", *"elsi")
        await stage.until(lambda: [row.title for row in screen.listed.rows] == ["Elsinore"])
        await stage.press("down", "d")
        await stage.until(lambda: not screen.listed.rows)
        assert "u brings it back" in notice(screen)
        screen.set_focus(screen.listed)
        await stage.press("u")
        await stage.until(lambda: screen.listed.rows)
        assert "“Elsinore” is back" in notice(screen)
        await stage.press("k")
        await stage.until(lambda: "chats" in screen.status.text)

    at_sessions(play, scene)


def test_exports_and_imports(play: Play, made: Made) -> None:
    async def scene(stage: ChatStage, screen: SessionsScreen) -> None:
        await stage.press("down", "down", "down", "x")
        await stage.until(lambda: notice(screen))
        page = next(Path.cwd().glob("rnntui-*-have-you-seen-the-ghost.md"))
        assert "the ghost of whom" in page.read_text("utf-8")
        await stage.press("j")
        await stage.until(lambda: list(Path.cwd().glob("*.json")))
        exported = next(Path.cwd().glob("*.json"))
        assert len(json.loads(exported.read_text("utf-8"))["sessions"][0]["turns"]) == 3
        await stage.press("i", *str(exported.name), "enter")
        await stage.until(lambda: len(screen.listed.rows) == 4)
        assert "1 session imported" in notice(screen)
        Path("broken.json").write_text("{", "utf-8")
        await stage.press("i", *"broken.json", "enter")
        await stage.until(lambda: "not JSON" in notice(screen))
        assert len(screen.listed.rows) == 4

    at_sessions(play, scene)


def test_a_session_whose_model_is_gone_can_be_read(
    play: Play, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(stage: ChatStage, screen: SessionsScreen) -> None:
        async def load(model: str) -> Any:
            if model == "owner/gone":
                raise EngineError("there is no model 'owner/gone' here", "fetch it")
            return TALKS

        monkeypatch.setattr(stage.stage.engine, "load", load)
        await stage.press("down", "down", "enter")
        await stage.until(lambda: "owner/gone, which spoke here, is not here" in stage.notice)
        assert "Ctrl+G fetches it" in stage.notice
        assert stage.said == ["Good morning"]
        stage.screen.editor.load("hello")
        await stage.press("enter")
        assert "no model is loaded" in stage.notice and stage.screen.editor.value == "hello"

    at_sessions(play, scene)


def test_a_deleted_session_is_not_written_into(play: Play, made: Made) -> None:
    async def scene(stage: ChatStage) -> None:
        await stage.say("hello")
        first = stage.screen.talker.keeping.session
        await stage.press("ctrl+f")
        screen = stage.app.screen
        assert isinstance(screen, SessionsScreen)
        await stage.until(lambda: len(screen.listed.rows) == 4)
        await stage.press("down", "d")
        await stage.until(lambda: len(screen.listed.rows) == 3)
        await stage.press("escape")
        await stage.until(lambda: "was deleted" in stage.notice)
        await stage.say("hello again")
        assert stage.screen.talker.keeping.session not in (first, None)

    chatting(play, scene)


def test_a_session_deleted_while_one_of_its_messages_is_edited(play: Play, made: Made) -> None:
    async def scene(stage: ChatStage) -> None:
        await stage.say("hello")
        await stage.press("escape", "up", "e", "ctrl+f")
        screen = stage.app.screen
        assert isinstance(screen, SessionsScreen)
        await stage.until(lambda: len(screen.listed.rows) == 4)
        await stage.press("down", "d")
        await stage.until(lambda: len(screen.listed.rows) == 3)
        await stage.press("escape")
        await stage.until(lambda: "was deleted" in stage.notice)
        await stage.say("hello again")
        assert stage.said[0] == "hello again"

    chatting(play, scene)


@pytest.mark.parametrize(
    "content", [b"SQLite format 3\0" + b"x" * 4096, b"nonsense" * 600], ids=["torn", "none"]
)
def test_a_damaged_store_is_told_in_a_line(play: Play, home: Path, content: bytes) -> None:
    location().parent.mkdir(parents=True, exist_ok=True)
    location().write_bytes(content)

    async def scene(stage: ChatStage) -> None:
        await stage.say("hello")
        await stage.until(
            lambda: any("sessions-damaged" in note.message for note in stage.app._notifications)
        )
        assert stage.said[1] == "reply 0 to hello"
        assert [turn.text for turn in (await stage.kept()).path] == stage.said

    chatting(play, scene)


def test_a_newer_store_is_left_alone_and_the_talk_goes_on(play: Play, home: Path) -> None:
    with open_store() as store, store._writing() as db:
        db.execute("PRAGMA user_version = 999")
    before = location().read_bytes()

    async def scene(stage: ChatStage) -> None:
        await stage.say("hello")
        await stage.until(lambda: "newer" in stage.notice)
        assert stage.said[1] == "reply 0 to hello"
        assert location().read_bytes() == before

    chatting(play, scene)


def test_a_text_that_nobody_touched_is_kept_from_its_500th_character_on(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        async def kept() -> list[str]:
            listed = await stage.app.archive.ask(lambda store: store.sessions(kind="write"))
            loaded = [
                await stage.app.archive.ask(lambda store, id_=each.id: store.load(id_))
                for each in listed
            ]
            return ["".join(turn.text for turn in each.path) for each in loaded]

        await stage.feed("a" * 300)
        assert await kept() == []
        await stage.feed("b" * 300)
        await stage.feed("c" * 9)
        await stage.press("escape")
        assert await kept() == ["a" * 300 + "b" * 300 + "c" * 9]

    play(scene, [])


def test_a_written_text_is_kept_and_gone_on_with(play: Play, made: Made) -> None:
    async def scene(stage: Stage) -> None:
        writes = stage.screen
        await stage.feed(Finished(0, "length", 8, 7))
        await stage.press("u")  # what was written is taken back, and stays in the session
        listed = await stage.app.archive.ask(lambda store: store.sessions(kind="write"))
        assert len(listed) == 2
        kept = await stage.app.archive.ask(lambda store: store.load(listed[0].id))
        assert [turn.text for turn in kept.turns] == ["", "new text"]
        assert kept.session.author.model == "shakespeare-lstm"
        await stage.press("ctrl+f")
        screen = stage.app.screen
        assert isinstance(screen, SessionsScreen)
        await stage.settle()
        place = [row.title for row in screen.listed.rows].index("ROMEO:")
        await stage.press(*["down"] * (place + 1), "enter")
        for _ in range(100):
            if isinstance(stage.app.screen, WriteScreen) and stage.text == "ROMEO: a villain":
                break
            await stage.pilot.pause(0.02)
        assert stage.manuscript == stage.text == "ROMEO: a villain"
        assert not writes.writer.writing
        await stage.press("c")
        assert stage.engine.runs[-1].request.prompt == "ROMEO: a villain"
        await stage.app.archive.close(60)
        with open_store() as store:
            turns = [turn.text for turn in store.load(made["text"]).path]
        assert turns == ["ROMEO:", " a villain", " more"]

    play(scene, ["new text"], [" more"], listed=(TALKER,))


def test_a_text_that_the_app_is_left_in_the_middle_of_is_whole_with_its_knobs(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.feed("a" * 760)
        await stage.press("]")
        await stage.feed("b")
        await leave(stage)
        assert [at for at, _ in stage.screen.writer.manuscript.passages[-1].settings] == [0, 760]

    play(scene, [])
    turn = only_text()[-1]
    assert turn.text == "a" * 760 + "b" and turn.finished
    assert [at for at, _ in turn.author.settings["from"]] == [0, 760]


def test_a_text_that_another_takes_the_place_of_is_whole_too(play: Play, made: Made) -> None:
    async def scene(stage: Stage) -> None:
        await stage.feed("a" * 760)
        await stage.press("]")
        await stage.feed("b")
        archive = stage.app.archive
        stage.app.resumed = await archive.ask(lambda store: store.load(made["text"]))
        assert stage.screen.take_resumed()
        await stage.settle()
        await archive.close(60)

    play(scene, [])
    with open_store() as store:
        (left,) = (s.id for s in store.sessions(kind="write") if s.id != made["text"])
        turn = store.load(left).path[-1]
    assert turn.finished and len(turn.author.settings["from"]) == 2


def test_a_short_text_that_nobody_touched_is_not_kept_because_the_app_is_left(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await leave(stage)

    play(scene, ["Once upon"])
    with open_store() as store:
        assert store.sessions() == []


async def leave(stage: Stage) -> None:
    """Quit, and wait for the disk for as long as it takes."""
    await stage.app.action_quit()
    await asyncio.to_thread(stage.app.archive._thread.shutdown)


def only_text() -> list[Turn]:
    """The turns of the one text that is kept."""
    with open_store() as store:
        (session,) = store.sessions(kind="write")
        return store.load(session.id).path
