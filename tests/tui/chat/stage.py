"""The Chat mode opened over a scripted engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from rnntui.engine.parts import Listed
from rnntui.store.records import Conversation
from rnntui.tui.chat.screen import ChatScreen
from tests.scripted.chat import ScriptedTalk
from tests.scripted.engine import FACTS
from tests.tui.conftest import Stage

Play = Callable[..., None]
Scene = Callable[["ChatStage"], Awaitable[None]]

TALKER = Listed("chat-lstm", "shipped", "text", 400, 800, "/models/chat", {}, "", chat=True)
TALKS = msgspec.structs.replace(FACTS, chat=True, revision="abc", suggested={"temperature": 0.7})


class ChatStage:
    """The screen, and what a person does on it."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.app = stage, stage.app
        assert isinstance(stage.app.screen, ChatScreen)
        self.screen = stage.app.screen
        assert isinstance(stage.engine.talk, ScriptedTalk)
        self.talk = stage.engine.talk

    @property
    def said(self) -> list[str]:
        """The branch, as it is shown."""
        return [shown.turn.text for shown in self.screen.messages._shown]

    @property
    def notice(self) -> str:
        """What the notice says, "" while hidden."""
        return str(self.screen.notice.render()) if self.screen.notice.display else ""

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.stage.press(*keys)

    async def say(self, text: str) -> None:
        """Type a message, send it, and wait for the whole reply."""
        self.screen.set_focus(self.screen.editor)
        self.screen.editor.load(text)
        await self.stage.pilot.press("enter")
        await self.until(lambda: self.said and self.screen.messages._shown[-1].turn.finished
                         and self.said[-1] != text and not self.screen.talker.replying)  # fmt: skip

    async def until(self, true: Callable[[], object]) -> None:
        """Wait for something."""
        async with asyncio.timeout(60):
            while not true():
                await self.stage.pilot.pause(0.02)

    async def kept(self) -> Conversation:
        """What the store has of the conversation, once all has reached it."""
        keeping = self.screen.talker.keeping
        return await self.app.archive.ask(lambda store: store.load(keeping.session or 0))


def chatting(play: Play, scene: Scene, **options: Any) -> None:
    """Open the mode and play a scene; replies come at once."""

    async def whole(stage: Stage) -> None:
        stage.app.chat_knobs = stage.app.chat_knobs.put("pace", 0.0).put("seed", 40)
        await stage.press("f3")
        await stage.settle()
        await scene(ChatStage(stage))
        await stage.app.archive.close(60)

    options = {"facts": TALKS, "listed": (TALKER,), **options}
    play(whole, **options)
