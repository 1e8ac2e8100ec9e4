"""Pictures of the Sentiment mode, for scripts/screenshots: a verdict, and many reviews at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rnntui.tui.app import Launch, RnntuiApp
from rnntui.tui.sentiment.screen import SentimentScreen

REVIEW = (
    "The first half hour is slow, the jokes fall flat and the hero is a bore. Then the train "
    "leaves the station, and from there on it is a joy: tense, funny, beautifully shot. I have "
    "rarely seen a film recover so well. Not perfect, but wonderful company for a rainy evening."
)
PICTURES = (
    ("sentiment", (120, 34), "textual-dark"),
    ("sentiment-80x24", (80, 24), "textual-light"),
)
"""Name, size and theme."""


async def take_sentiment(folder: Path) -> None:
    """Take each picture, with the default model that judges."""
    for name, size, theme in PICTURES:
        await _take(folder / f"{name}.svg", size, theme)


async def _take(path: Path, size: tuple[int, int], theme: str) -> None:
    app = RnntuiApp(Launch(mode="sentiment"))
    async with app.run_test(size=size) as pilot, asyncio.timeout(120):
        app.theme = theme
        screen = app.screen
        assert isinstance(screen, SentimentScreen)
        screen.editor.load_text(REVIEW)
        while not screen.words.option_count:
            await pilot.pause(0.02)
        await pilot.pause(0.5)
        path.write_text(app.export_screenshot(), "utf-8")
        await app.engine.close()
