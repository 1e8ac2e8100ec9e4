"""Pictures of the Forecast mode, for scripts/screenshots: the fan, and what a backtest found."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rnntui.data.finding import place
from rnntui.data.named import corpora
from rnntui.engine.protocol.forecast import Source
from rnntui.tui.app import Launch, RnntuiApp
from rnntui.tui.forecast.screen import ForecastScreen

PICTURES = (
    ("forecast", (120, 34), "textual-dark", "airline-passengers", ("}", "}", "right", "right")),
    ("forecast-80x24", (80, 24), "textual-light", "airline-passengers", ("b",)),
    ("forecast-price", (120, 34), "textual-light", "djia", ("b",)),
)
"""Name, size, theme, series, and the keys pressed before the picture is taken."""


async def take_forecasts(folder: Path) -> None:
    """Take each picture whose series is here."""
    for name, size, theme, series, keys in PICTURES:
        if place(corpora()[series]) == "here":
            await _take(folder / f"{name}.svg", size, theme, series, keys)


async def _take(
    path: Path, size: tuple[int, int], theme: str, series: str, keys: tuple[str, ...]
) -> None:
    app = RnntuiApp(Launch(mode="forecast"))
    async with app.run_test(size=size) as pilot, asyncio.timeout(120):
        app.theme = theme
        screen = app.screen
        assert isinstance(screen, ForecastScreen)
        screen.open(Source(series))
        while not (screen.desk.sheet and screen.desk.sheet.fan):
            await pilot.pause(0.02)
        await pilot.press(*keys)
        while "b" in keys and not screen.desk.tests:
            await pilot.pause(0.02)
        await pilot.pause(0.5)
        path.write_text(app.export_screenshot(), "utf-8")
        await app.engine.close()
