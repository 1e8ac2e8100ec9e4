"""Playing a scene with a real engine: one for most tests, as starting one takes half a second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rnntui.engine.client import Engine

Scene = Callable[[Engine], Awaitable[Any]]
Play = Callable[..., Any]


class Theatre:
    """An event loop, and an engine that stays; its home is a link to that of the test."""

    def __init__(self, link: Path) -> None:
        self.runner = asyncio.Runner()
        self.link = link
        self.engine = Engine()

    async def enter(self, home: Path) -> Engine:
        """Move the engine into a test's home, and let it forget the models of the last one."""
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(home)
        if not self.engine.alive:
            await self.engine.restart()
        for listed in await self.engine.models():
            await self.engine.unload(listed.name)
        return self.engine

    async def leave(self) -> None:
        """Stop what a scene left running."""
        for run in list(self.engine._runs.values()):
            run.stop()


@pytest.fixture(scope="session")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with asyncio.Runner() as runner:
        theatre = Theatre(tmp_path_factory.mktemp("engine") / "home")
        theatre.runner = runner
        yield theatre
        runner.run(theatre.engine.close())


@pytest.fixture
def play(theatre: Theatre, home: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Play a scene with an engine, and return what it returns.

    With any option the scene gets an engine of its own; with `start=False` one not yet started.
    """

    async def own(scene: Scene, start: bool, command: str | None, options: Any) -> Any:
        engine = Engine(command, **options)
        if start:
            await engine.start()
        try:
            async with asyncio.timeout(25):
                return await scene(engine)
        finally:
            await engine.close()

    async def shared(scene: Scene) -> Any:
        with monkeypatch.context() as patch:
            patch.setenv("RNNTUI_HOME", str(theatre.link))
            engine = await theatre.enter(home)
        try:
            async with asyncio.timeout(25):
                return await scene(engine)
        finally:
            await theatre.leave()

    def run(
        scene: Scene, *, command: str | None = None, start: bool = True, alone: bool = False,
        **options: Any,
    ) -> Any:  # fmt: skip
        if alone or command or options or not start:
            return theatre.runner.run(own(scene, start, command, options))
        return theatre.runner.run(shared(scene))

    return run
