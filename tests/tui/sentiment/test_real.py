"""The mode over a real engine and a small model: the same verdicts as the command line's."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from rnntui.engine.protocol import Verdict
from rnntui.inference.loading import load_sentiment
from rnntui.tui.app import Launch, RnntuiApp
from rnntui.tui.sentiment.judged import in_words
from rnntui.tui.sentiment.screen import SentimentScreen
from tests.engine.judge import make_judge

TEXT = "The film wasn't <br />good — not great!\nzebra"


def test_what_it_shows_is_what_the_model_says(home: Path) -> None:
    model = load_sentiment(make_judge(home))

    async def whole() -> None:
        app = RnntuiApp(Launch(model="judge", mode="sentiment"))
        async with app.run_test(size=(100, 30)) as pilot, asyncio.timeout(90):
            screen = app.screen
            assert isinstance(screen, SentimentScreen)
            screen.editor.insert(TEXT)
            while not screen.editor.words:
                await pilot.pause(0.02)
            expected = model.classify(TEXT, trace=True)
            assert expected.trace is not None
            assert [w.text for w in screen.editor.words] == [w.text for w in expected.trace]
            shares = [word.share for word in screen.editor.words]
            assert shares == pytest.approx([w.share for w in expected.trace], abs=1e-4)
            assert screen.verdict.text.startswith(in_words(Verdict(expected.score, 1, 1)))
            assert screen.verdict.text.endswith(
                "· 10 words · 3 of 10 words are unknown to the model"
            )
            assert app.judge == "judge"
            await app.engine.close()

    asyncio.run(whole())
