"""The Chat mode by its keys, over a scripted engine and a real store."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from rnntui.engine.child import Death
from rnntui.engine.client import EngineError
from rnntui.engine.parts import Facts
from rnntui.tui.chat.others import Others
from tests.scripted.engine import ScriptedEngine

from .stage import TALKER, TALKS, ChatStage, Play, chatting


def test_a_conversation_is_answered_and_kept(play: Play) -> None:
    async def scene(stage: ChatStage) -> None:
        await stage.say("hello")
        assert stage.said == ["hello", "reply 0 to hello"]
        await stage.say("[b]more[/b] \x1b[31m")
        assert stage.said[2:] == ["[b]more[/b] \x1b[31m", "reply 1 to [b]more[/b] \x1b[31m"]
        assert [said.role for said in stage.talk.asked[1]] == ["you", "model", "you"]
        assert stage.talk.numbers == [(40, 0), (40, 1)]
        assert stage.talk.manners[0].sampling.temperature == 0.7  # as the model suggests
        assert (stage.talk.manners[0].candidates, stage.talk.manners[0].relevance) == (8, 0.5)
        kept = await stage.kept()
        assert [turn.text for turn in kept.path] == stage.said
        assert all(turn.finished for turn in kept.turns)
        author = kept.session.author
        assert (author.revision, author.seed, author.settings["relevance"]) == ("abc", 40, 0.5)
        assert [c.text for c in kept.path[1].candidates][1] == "second reply 0 to hello"
        assert kept.path[1].candidates[0].figures == {"here": 1.1, "alone": 1.5}

    chatting(play, scene)


def test_another_reply_and_another_message_are_branches_that_stay(play: Play) -> None:
    async def scene(stage: ChatStage) -> None:
        await stage.say("hello")
        await stage.press("ctrl+r")
        await stage.until(lambda: stage.said == ["hello", "reply 1 to hello"])
        messages = stage.screen.messages
        assert messages._shown[1].branch == "‹2/2›"
        await stage.press("up", "left")
        assert stage.said == ["hello", "reply 0 to hello"]
        await stage.press("i")
        await stage.say("more")
        await stage.press("up", "up", "up", "up", "e")
        assert stage.screen.editor.value == "hello"
        await stage.say("good morning")
        assert stage.said == ["good morning", "reply 3 to good morning"]
        await stage.press("up", "up", "right")
        assert stage.said == ["hello", "reply 0 to hello", "more", "reply 2 to more"]
        kept = await stage.kept()
        assert [turn.text for turn in kept.path] == stage.said
        assert len(kept.turns) == 7

    chatting(play, scene)


def test_the_candidates_have_their_scores_and_one_can_be_chosen(play: Play) -> None:
    async def scene(stage: ChatStage) -> None:
        await stage.press("ctrl+t")
        assert "no candidates" in stage.notice
        await stage.say("hello")
        await stage.press("ctrl+t")
        assert isinstance(stage.app.screen, Others)
        options = stage.app.screen.query_one("OptionList").options  # type: ignore[attr-defined]
        rows = [str(option.prompt) for option in options]
        assert rows[0].startswith("✓  1  −0.90  here 1.10  alone 1.50")
        assert "dropped: empty" in rows[2]
        await stage.press("down", "enter")
        assert stage.said == ["hello", "second reply 0 to hello"]
        assert stage.screen.messages._shown[1].branch == "‹2/2›"
        await stage.press("ctrl+t", "up", "enter")  # back to the first: no third branch
        assert stage.screen.messages._shown[1].branch == "‹1/2›"
        assert len((await stage.kept()).turns) == 3

    chatting(play, scene)


def test_a_reply_is_stopped_while_it_is_drawn_and_while_it_is_shown(play: Play) -> None:
    async def scene(stage: ChatStage) -> None:
        stage.talk.thinking = asyncio.Event()
        stage.screen.editor.load("hello")
        await stage.press("enter")
        assert stage.screen.messages.thinking
        await stage.press("escape")
        await stage.until(lambda: not stage.screen.messages.thinking)
        assert stage.said == ["hello"]
        stage.talk.thinking = None
        knobs = stage.screen.talker.knobs.put("pace", 1.0)  # a letter a second
        stage.screen.talker.knobs = knobs
        await stage.press("ctrl+r")
        await stage.until(lambda: len(stage.said) == 2 and stage.said[1])
        await stage.press("ctrl+c")
        assert not stage.screen.talker.replying
        part = stage.said[1]
        assert "reply 1 to hello".startswith(part) and len(part) < 10
        kept = await stage.kept()
        assert kept.path[1].text == part
        assert kept.path[1].stopped and kept.path[1].finished
        assert stage.screen.messages._shown[1].end == "■"

    chatting(play, scene)


def test_typing_on_while_a_reply_comes_keeps_what_was_shown(play: Play) -> None:
    async def scene(stage: ChatStage) -> None:
        stage.screen.talker.knobs = stage.screen.talker.knobs.put("pace", 5.0)
        stage.screen.editor.load("hello")
        await stage.press("enter")
        await stage.until(lambda: len(stage.said) == 2 and stage.said[1])
        stage.screen.talker.knobs = stage.screen.talker.knobs.put("pace", 0.0)
        await stage.say("next")
        assert stage.said[0::2] == ["hello", "next"]
        assert [turn.text for turn in (await stage.kept()).path] == stage.said

    chatting(play, scene)


def test_each_message_has_its_sentiment(play: Play) -> None:
    async def scene(stage: ChatStage) -> None:
        mood = stage.screen.mood
        assert not mood.display
        stage.screen.talker.judge = "imdb-lstm"
        await stage.say("a great film")
        messages = stage.screen.messages
        await stage.until(lambda: all(shown.mood for shown in messages._shown))
        assert messages._shown[0].mood == "+ 0.88"
        path = stage.screen.talker.talk.path
        assert mood.display and list(mood.columns) == [turn.sentiment for turn in path]
        assert (await stage.kept()).path[0].sentiment == pytest.approx(0.8808, abs=1e-4)
        await stage.press("ctrl+t", "down", "enter")  # another candidate
        assert messages._shown[1].branch == "‹2/2›"
        await stage.until(lambda: messages._shown[1].mood)
        assert (await stage.kept()).path[1].sentiment == pytest.approx(0.8808, abs=1e-4)

    chatting(play, scene)


def test_a_model_without_a_template_says_so(play: Play) -> None:
    async def scene(stage: ChatStage) -> None:
        assert "no model that learned dialogues is here" in stage.notice
        assert "train text --recipe chat-lstm" in stage.notice
        assert "it continues your text" in stage.notice
        assert "no dialogue template" in stage.screen.status.text
        await stage.say("hello")
        assert stage.said[1] == "reply 0 to hello"

    chatting(play, scene, facts=msgspec.structs.replace(TALKS, chat=False), listed=())


def test_what_fails_is_a_line_and_what_was_typed_stays(play: Play) -> None:
    async def scene(stage: ChatStage) -> None:
        stage.talk.failure = EngineError("the model knows none of it", "say it otherwise")
        stage.screen.editor.load("日本")
        await stage.press("enter")
        await stage.until(lambda: stage.notice)
        assert stage.notice == "✗ the model knows none of it; say it otherwise"
        assert stage.said == ["日本"]
        stage.talk.failure = None
        stage.talk.notes = ("é is read as e",)
        await stage.say("café")
        assert stage.notice == "· é is read as e"
        await stage.press("enter")  # nothing typed: nothing said
        assert len(stage.said) == 3

    chatting(play, scene)


def test_without_a_model_nothing_is_lost(play: Play) -> None:
    async def scene(stage: ChatStage) -> None:
        stage.screen.editor.load("hello")
        await stage.press("enter")
        assert "no model is loaded" in stage.notice
        assert stage.screen.editor.value == "hello"

    chatting(play, scene, facts=EngineError("it is damaged", "fetch it again"))


def test_an_engine_that_dies_takes_nothing_along(play: Play) -> None:
    async def scene(stage: ChatStage) -> None:
        await stage.say("hello")
        engine = stage.stage.engine
        engine._die(Death("exited", -9, ()))
        await stage.stage.settle()
        assert "Ctrl+E" in stage.notice
        await stage.press("ctrl+e")
        await stage.until(lambda: not stage.notice)
        await stage.say("more")
        assert stage.said[-1] == "reply 1 to more"

    chatting(play, scene)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_knobs_turn_by_keys_at_every_size(play: Play, size: tuple[int, int]) -> None:
    async def scene(stage: ChatStage) -> None:
        await stage.say("hello")
        await stage.press("escape", "right_square_bracket")
        assert stage.screen.talker.knobs.written("temperature") == "0.75"
        assert stage.screen.side.display == (size[0] > 80)
        await stage.press("p")
        assert stage.screen.side.display != (size[0] > 80)
        knobs = stage.screen.knobs
        knobs.set("candidates", "3")
        knobs.set("relevance", "0.2")
        await stage.stage.settle()
        await stage.press("ctrl+r")
        await stage.until(lambda: len(stage.talk.manners) == 2)
        manner = stage.talk.manners[1]
        assert (manner.candidates, manner.relevance) == (3, 0.2)
        assert manner.sampling.temperature == 0.75
        assert "temp 0.75 · cand 3 · relev 0.20" in stage.screen.status.text
        assert stage.app.knobs["temperature"].source == "model"  # the Write mode has its own

    chatting(play, scene, size=size)


def test_every_mode_is_a_key_away_while_typing(play: Play) -> None:
    async def scene(stage: ChatStage) -> None:
        stage.screen.editor.load("typed")
        await stage.press("f7")
        assert stage.app.current_mode == "models"
        await stage.press("f3")
        assert stage.screen.editor.value == "typed" and stage.screen.editor.has_focus
        await stage.press("f6")
        assert stage.app.current_mode == "train"

    chatting(play, scene)


def test_what_is_sent_before_the_model_is_loaded_is_said_then(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = asyncio.Event()
    usual = ScriptedEngine.load

    async def slow(self: ScriptedEngine, model: str) -> Facts:
        if model == TALKER.folder:
            await loaded.wait()
        return await usual(self, model)

    monkeypatch.setattr(ScriptedEngine, "load", slow)

    async def scene(stage: ChatStage) -> None:
        stage.screen.editor.load("hello")
        await stage.press("enter")
        assert "as soon as the model is loaded" in stage.screen.status.text
        loaded.set()
        await stage.until(lambda: stage.said == ["hello", "reply 0 to hello"])
        assert stage.screen.editor.value == ""

    chatting(play, scene)


def test_a_draft_comes_back_when_an_older_message_was_said_anew(play: Play) -> None:
    async def scene(stage: ChatStage) -> None:
        await stage.say("hello")
        editor = stage.screen.editor
        editor.load("a draft")
        await stage.press("escape", "up", "e")
        assert editor.value == "hello"
        editor.load("good morning")
        await stage.press("enter")
        await stage.until(lambda: stage.said == ["good morning", "reply 1 to good morning"])
        assert editor.value == "a draft"
        await stage.press("escape", "up", "e", "ctrl+n")
        assert (editor.value, stage.said, stage.screen.editing) == ("a draft", [], None)

    chatting(play, scene)


def test_a_conversation_left_while_a_reply_is_shown_is_done_with(play: Play) -> None:
    async def scene(stage: ChatStage) -> None:
        stage.screen.talker.judge = "/models/judge"
        stage.screen.talker.knobs = stage.screen.talker.knobs.put("pace", 5.0)
        stage.screen.editor.load("hello")
        await stage.press("enter")
        await stage.until(lambda: len(stage.said) == 2 and stage.said[1])
        await stage.press("ctrl+n")
        assert stage.said == []
        await stage.stage.pilot.pause(0.1)
        assert "KeyError" not in str([n.message for n in stage.app._notifications])

    chatting(play, scene)


def test_quitting_from_another_mode_ends_the_reply(play: Play) -> None:
    async def scene(stage: ChatStage) -> None:
        stage.screen.talker.knobs = stage.screen.talker.knobs.put("pace", 5.0)
        stage.screen.editor.load("hello")
        await stage.press("enter")
        await stage.until(lambda: len(stage.said) == 2 and stage.said[1])
        await stage.press("f2", "ctrl+q")
        assert not stage.screen.talker.replying
        assert stage.screen.talker.talk.path[-1].finished

    chatting(play, scene)
