"""Judging by the engine: what the model itself says, the newest text first, a batch in pieces."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

import pytest

from rnntui.engine.client import Engine, EngineError
from rnntui.engine.parts import Settings
from rnntui.engine.protocol import Error, Event, Frame, Judged
from rnntui.engine.sentiment_client import AT_ONCE, pieces
from rnntui.inference.loading import load_sentiment
from tests.conftest import MakeModel
from tests.engine.conftest import Play
from tests.engine.helpers import events_of
from tests.engine.judge import make_judge

TEXTS = [
    "The film wasn't good",
    "<br />a café — not bad!",
    "good bad film " * 3,
    "zebra " * 3 + "the film was awful . " * 12,  # four windows, and a piece
]


@pytest.mark.parametrize("network", [{}, {"bidirectional": True}, {"reads": "window"}])
def test_a_text_has_the_model_s_own_verdict_and_its_words_their_places(
    play: Play, home: Path, network: dict[str, object]
):
    folder = make_judge(home, **network)
    model = load_sentiment(folder)

    async def scene(engine: Engine) -> list[Judged | None]:
        return [await engine.sentiment.judge("judge", text) for text in TEXTS]

    for text, judged in zip(TEXTS, play(scene), strict=True):
        expected = model.classify(text, trace=True)
        assert judged and judged.verdict and judged.trace and expected.trace is not None
        assert judged.verdict.score == pytest.approx(expected.score, abs=1e-5)
        assert judged.verdict.known == expected.known
        places = zip(judged.trace.begins, judged.trace.ends, strict=True)
        assert [text[a:b] for a, b in places] == [word.text for word in expected.trace]
        assert judged.trace.scores == pytest.approx([w.score for w in expected.trace], abs=1e-4)
        assert judged.trace.shares == pytest.approx([w.share for w in expected.trace], abs=1e-4)


def test_a_text_that_changes_is_judged_as_if_it_were_new(play: Play, home: Path):
    model = load_sentiment(make_judge(home))
    long = TEXTS[3]
    edits = [long[:30], long, f"{long} good", f"great {long}", long.replace("awful", "bad", 1), ""]

    async def scene(engine: Engine) -> list[float]:
        found = [await engine.sentiment.judge("judge", text) for text in edits]
        return [each.verdict.score for each in found if each and each.verdict]

    assert play(scene) == pytest.approx([model.classify(text).score for text in edits], abs=1e-5)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", "there is no word in it; the score is the prior"),
        ("zebra", "the model knows none of its words; the score is the prior"),
        ("good", "one word is little to go by"),
        ("zebra crossing was good", "2 of 4 words are unknown to the model"),
        ("good film " * 25, "read in 3 windows of 20"),
        ("good film", None),
    ],
)
def test_what_a_verdict_rests_on_is_told(play: Play, home: Path, text: str, note: str | None):
    make_judge(home)

    async def scene(engine: Engine) -> Judged | None:
        return await engine.sentiment.judge("judge", text)

    judged = play(scene)
    assert judged.notes == ((note,) if note else ())
    if not judged.verdict.known:
        assert judged.verdict.score == pytest.approx(0.25)


def test_the_newest_text_counts(play: Play, home: Path):
    make_judge(home)

    async def scene(engine: Engine) -> list[Judged | None]:
        asked = [engine.sentiment.judge("judge", "good film " * n) for n in (9000, 9001, 9002, 3)]
        return await asyncio.gather(*asked)

    *older, newest = play(scene)
    assert older == [None] * 3
    assert newest.verdict.words == 6


def test_a_batch_comes_in_pieces_and_can_be_left(play: Play, home: Path):
    model = load_sentiment(make_judge(home))
    texts = [f"{'good ' * (i % 5)}film{' bad' * (i % 3)}" for i in range(AT_ONCE * 2 + 3)]

    async def scene(engine: Engine) -> tuple[list[int], list[float], int]:
        found = [piece async for piece in engine.sentiment.judge_many("judge", texts)]
        async for _ in engine.sentiment.judge_many("judge", texts):
            break
        judged = await engine.sentiment.judge("judge", "good", trace=False)
        assert judged and judged.verdict and judged.trace is None
        scores = [verdict.score for piece in found for verdict in piece]
        return [len(piece) for piece in found], scores, judged.verdict.words

    sizes, scores, words = play(scene)
    assert sizes == [AT_ONCE, AT_ONCE, 3] and words == 1
    assert scores == pytest.approx([v.score for v in model.classify_many(texts)], abs=1e-5)


def test_pieces_leave_nothing_out_and_long_texts_go_alone():
    texts = ["x" * 300_000, "a", "b", "y" * 199_999, "c"]
    assert [list(piece) for piece in pieces(texts)] == [[texts[0]], ["a", "b"], [texts[3], "c"]]
    assert pieces([]) == []


def test_a_model_that_writes_does_not_judge_and_the_other_way_round(
    play: Play, home: Path, make_model: MakeModel
):
    make_model()
    make_judge(home)

    async def scene(engine: Engine) -> list[Event]:
        with pytest.raises(EngineError, match="tiny is a model for text; name one that judges"):
            await engine.sentiment.judge("tiny", "x")
        with pytest.raises(EngineError, match="tiny is a model for text"):
            _ = [piece async for piece in engine.sentiment.judge_many("tiny", ["x"])]
        facts = await engine.load("judge")
        assert (facts.task, facts.unit, facts.symbols) == ("sentiment", "word", 12)
        return await events_of(engine.generate("judge", "x", Settings(length=5)))

    error, *_ = play(scene)
    assert isinstance(error, Error) and error.what == "judge is a model for sentiment"


def test_a_run_tells_its_score_word_by_word_and_writes_the_same_text(
    play: Play, home: Path, make_model: MakeModel
):
    make_model(symbols=tuple("abdfgilmow ."))
    make_judge(home)
    make_judge(home, "both", bidirectional=True)

    async def scene(engine: Engine) -> tuple[list[Event], list[Event], list[Event]]:
        for judge in ("judge", "both"):  # else the text may end before it is there
            await engine.load(judge)
        settings = Settings(length=3000, pace=6000)
        plain = await events_of(engine.generate("tiny", "film", settings, seed=1))
        judged = Settings(length=3000, pace=6000, sentiment="judge")
        scored = await events_of(engine.generate("tiny", "film", judged, seed=1))
        wrong = Settings(length=50, sentiment="both")
        return plain, scored, await events_of(engine.generate("tiny", "film", wrong, seed=1))

    plain, scored, wrong = play(scene)

    def text(events: list[Event]) -> str:
        return "".join(event.text for event in events if isinstance(event, Frame))

    assert text(plain) == text(scored)
    assert not [s for e in plain if isinstance(e, Frame) for s in e.sentiment]
    scores = [s for e in scored if isinstance(e, Frame) for s in e.sentiment]
    assert len(scores) > 3 and all(math.isfinite(s) and 0 < s < 1 for s in scores)
    said = [event.what for event in wrong if isinstance(event, Error)]
    assert said == ["both has to read a text anew after each word"]
    assert len(text(wrong)) == 50
