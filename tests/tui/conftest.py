"""The app over a scripted engine: no process, no model, the same keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

from rnntui.tui.app import RnntuiApp
from rnntui.tui.screens.write import WriteScreen
from tests.scripted.engine import ScriptedEngine, Step

# An app parses its style sheets in 20 to 60 ms; for hundreds of apps in one process once will do.
_parse = Stylesheet._parse_rules
_parsed: dict[object, list[RuleSet]] = {}


def _parse_once(sheet: Stylesheet, css: str, **how: Any) -> list[RuleSet]:
    key = (css, *how.values(), frozenset(sheet._variables.items()))
    if key not in _parsed:
        _parsed[key] = _parse(sheet, css, **how)
    return _parsed[key]


Stylesheet._parse_rules = _parse_once  # type: ignore[method-assign]

Scene = Callable[["Stage"], Awaitable[None]]


class Stage:
    """The opened app, its Write screen, and the engine behind it."""

    def __init__(self, pilot: Pilot[Any], app: RnntuiApp, engine: ScriptedEngine) -> None:
        self.pilot, self.app, self.engine = pilot, app, engine

    @property
    def screen(self) -> WriteScreen:
        """The Write screen."""
        assert isinstance(self.app.screen, WriteScreen)
        return self.app.screen

    @property
    def text(self) -> str:
        """What the transcript shows."""
        return self.screen.transcript.text

    @property
    def manuscript(self) -> str:
        """What the writer holds; never anything else than what is shown."""
        return self.screen.writer.manuscript.text

    @property
    def status(self) -> str:
        """The line above the footer."""
        return self.screen.desk.status.text

    @property
    def notice(self) -> str:
        """The notice, "" while hidden."""
        notice = self.screen.desk.notice
        return str(notice.render()) if notice.display else ""

    async def press(self, *keys: str) -> None:
        """Press keys and let everything settle."""
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        """Let events, workers and frames arrive."""
        for _ in range(5):
            await self.pilot.pause()

    async def feed(self, *steps: Step) -> None:
        """Let the newest run go on."""
        self.engine.feed(self.engine.runs[-1], *steps)
        await self.settle()


@pytest.fixture
def play(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Open the app with scripts for its runs, play a scene, and close it."""
    monkeypatch.chdir(tmp_path)

    def run(
        scene: Scene,
        *scripts: Sequence[Step],
        size: tuple[int, int] = (120, 34),
        **engine: Any,
    ) -> None:
        async def whole() -> None:
            scripted = ScriptedEngine(*scripts, **engine)
            app = RnntuiApp(engine=scripted)
            scripted._on_death = app.engine_died.publish
            async with app.run_test(size=size, notifications=True) as pilot:
                stage = Stage(pilot, app, scripted)
                await stage.settle()
                await scene(stage)

        asyncio.run(whole())

    return run
