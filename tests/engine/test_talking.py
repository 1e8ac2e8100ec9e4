"""Replies by the engine: those of the conversation alone, on every branch; given up at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from rnntui.checkpoints.folder import write_checkpoint
from rnntui.engine.chat_client import Manner
from rnntui.engine.client import Engine, EngineError
from rnntui.engine.parts import Sampling
from rnntui.engine.protocol import Replied, Said
from rnntui.inference.chat.conversation import Conversation
from rnntui.inference.chat.replying import ReplySettings
from rnntui.inference.models import load
from tests.conftest import MakeModel
from tests.engine.conftest import Play
from tests.engine.judge import make_judge
from tests.inference.chat.talkers import talker_config, talker_weights

MANNER = Manner(Sampling(temperature=0.8), candidates=4, relevance=0.4)


def talker(home: Path, *, template: bool = True) -> Path:
    """Write a small random model that can be talked with, and return its folder."""
    config = talker_config(template=template)
    folder = home / "data" / "runs" / "talker"
    write_checkpoint(folder, config, talker_weights(config))
    return folder


def branch(conversation: Conversation) -> list[Said]:
    """The turns that are being followed."""
    return [Said(turn.role, turn.text) for turn in conversation.path()]


@pytest.mark.parametrize("template", [True, False])
def test_a_conversation_is_the_same_as_without_an_engine(play: Play, home: Path, template: bool):
    model = load(str(talker(home, template=template)))
    alone = Conversation(model, 5)
    settings = ReplySettings(model.sampling(temperature=0.8), candidates=4, relevance=0.4)

    async def scene(engine: Engine) -> None:
        async def both(number: int, *avoid: str) -> None:
            asked = list(branch(alone))
            if asked[-1].role == "model":
                asked.pop()
            answer = await engine.talk.reply(
                "talker", asked, MANNER, seed=5, number=number, avoid=avoid
            )
            expected = alone.reply(settings)
            assert answer and expected.reply
            assert answer.seed == expected.reply.seed
            assert [c.text for c in answer.candidates] == [
                c.text for c in expected.reply.candidates
            ]
            assert [c.score for c in answer.candidates] == pytest.approx(
                [c.score for c in expected.reply.candidates], abs=1e-4
            )

        alone.say("Hello there")
        await both(0)
        first = alone.path()[-1]
        await both(1, first.text)  # another reply to the same
        alone.say("and then")
        await both(2)
        alone.edit(1, "Good morning")
        await both(3)
        alone.go_to(first.id)  # the state of the first branch, exactly
        alone.say("and you")
        await both(4)

    play(scene)


def test_what_it_cannot_read_is_told(play: Play, home: Path):
    talker(home)

    async def scene(engine: Engine) -> Replied | None:
        with pytest.raises(EngineError, match="knows none of the message's characters"):
            await engine.talk.reply("talker", [Said("you", "日本語")], MANNER, seed=1, number=0)
        with pytest.raises(EngineError, match="nothing to reply to"):
            await engine.talk.reply("talker", [Said("model", "x")], MANNER, seed=1, number=0)
        turns = [Said("you", "日本語"), Said("model", "what"), Said("you", "a 7 b" + "x" * 3000)]
        return await engine.talk.reply("talker", turns, MANNER, seed=1, number=0)

    replied = play(scene)
    assert len(replied.candidates) == 4
    assert any("its last 2,000 are read" in note for note in replied.notes)


def test_the_newest_question_counts_and_any_can_be_given_up(play: Play, home: Path):
    talker(home)

    async def scene(engine: Engine) -> tuple[Replied | None, Replied | None, Replied | None]:
        def ask(candidates: int) -> asyncio.Task[Replied | None]:
            said = [Said("you", "Hello " * 300)]
            manner = Manner(candidates=candidates)
            return asyncio.create_task(engine.talk.reply("talker", said, manner, seed=1, number=0))

        older, newer = ask(256), ask(2)
        first = await asyncio.gather(older, newer)
        given_up = ask(256)
        await asyncio.sleep(0)
        engine.talk.hush()
        return (*first, await given_up)

    older, newer, given_up = play(scene)
    assert older is None and given_up is None
    assert newer and len(newer.candidates) == 2


def test_a_model_that_judges_does_not_talk(play: Play, home: Path, make_model: MakeModel):
    make_judge(home)
    make_model()

    async def scene(engine: Engine) -> None:
        with pytest.raises(EngineError, match="judge is a model for sentiment"):
            await engine.talk.reply("judge", [Said("you", "x")], MANNER, seed=1, number=0)
        facts = await engine.load("tiny")
        assert not facts.chat and len(facts.revision) == 64
        talker(home)
        facts = await engine.load("talker")
        assert facts.chat and not facts.suggested
        listed = {model.name: model.chat for model in await engine.models()}
        assert listed["talker"] and not listed["tiny"]

    play(scene)
