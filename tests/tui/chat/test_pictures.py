"""What stands on the Chat screens, cell by cell, as text: at 80x24 and at 160x45."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from rnntui.tui.chat.sessions import SessionsScreen
from tests.tui.test_pictures import SIZES, lines

from .stage import ChatStage, Play, chatting

LONG = "Have you seen any good films lately? I saw one about a whale, and it was far too long."


@pytest.mark.parametrize("size", SIZES)
def test_a_conversation(play: Play, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async def scene(stage: ChatStage) -> None:
        stage.screen.talker.judge = "judge"
        await stage.say(LONG)
        await stage.press("ctrl+r")
        await stage.until(lambda: stage.said[-1].startswith("reply 1"))
        await stage.say("a great film\x1b[31m")
        await stage.until(lambda: stage.screen.messages._shown[-1].mood)
        await stage.press("up")
        await stage.stage.settle()
        assert lines(stage.stage) == snapshot
        await stage.press("ctrl+t")
        assert lines(stage.stage) == snapshot

    chatting(play, scene, size=size)


@pytest.mark.parametrize("size", SIZES)
def test_the_sessions(play: Play, snapshot: SnapshotAssertion, size: tuple[int, int],
                      monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("rnntui.tui.chat.session_list.moment", lambda time: "14:05")

    async def scene(stage: ChatStage) -> None:
        await stage.say(LONG)
        await stage.press("ctrl+n")
        await stage.say("a great film")
        await stage.press("ctrl+f")
        screen = stage.app.screen
        assert isinstance(screen, SessionsScreen)
        await stage.until(lambda: screen.listed.rows)
        await stage.stage.settle()
        assert lines(stage.stage) == snapshot
        await stage.press(*"film")
        await stage.until(lambda: "places" in screen.status.text)
        await stage.stage.settle()
        assert lines(stage.stage) == snapshot

    chatting(play, scene, size=size)
