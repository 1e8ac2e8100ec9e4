"""The mode over a real engine and a small model: the replies of `rnntui chat`, all of them kept."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rnntui.inference.chat.conversation import Conversation
from rnntui.inference.chat.replying import ReplySettings
from rnntui.inference.models import load
from rnntui.store import open_store
from rnntui.tui.app import Launch, RnntuiApp
from rnntui.tui.chat.screen import ChatScreen
from tests.engine.judge import make_judge
from tests.engine.test_talking import talker

SAID = ("Hello there", "and then", "Good morning")


def test_it_replies_as_the_command_does_and_keeps_it(home: Path) -> None:
    folder = talker(home)
    make_judge(home)
    model = load(str(folder))
    alone = Conversation(model, 9)
    settings = ReplySettings(model.sampling(), candidates=8, relevance=0.5)
    for text in SAID[:2]:
        alone.say(text)
        alone.reply(settings)
    alone.edit(1, SAID[2])
    alone.reply(settings)

    async def whole() -> None:
        app = RnntuiApp(Launch(model="talker", mode="chat", knobs={"seed": 9, "pace": 0.0}))
        async with app.run_test(size=(100, 30)) as pilot, asyncio.timeout(120):
            screen = app.screen
            assert isinstance(screen, ChatScreen)
            while screen.talker.facts is None or not screen.talker.judge:
                await pilot.pause(0.02)
            for number, text in enumerate(SAID, 1):
                if number == 3:
                    await pilot.press("up", "up", "up", "up", "e")
                screen.editor.load(text)
                await pilot.press("enter")
                replies = []
                while len(replies) < number or screen.talker.replying:
                    await pilot.pause(0.02)
                    turns = screen.talker.talk.turns
                    replies = [t for t in turns if t.role == "model" and t.finished]
            while any(turn.sentiment is None for turn in screen.talker.talk.path[:1]):
                await pilot.pause(0.02)
            await pilot.press("ctrl+q")

    asyncio.run(whole())
    expected = [alone.turn(number) for number in range(1, len(alone) + 1)]
    with open_store() as store:
        (session,) = store.sessions()
        kept = store.load(session.id)
    assert [turn.text for turn in kept.turns] == [turn.text for turn in expected]
    assert [turn.text for turn in kept.path] == [turn.text for turn in alone.path()]
    assert [turn.author.seed for turn in kept.turns if turn.role == "model"] == [
        turn.reply.seed for turn in expected if turn.reply
    ]
    assert session.author.model == "talker" and len(session.author.revision) == 64
