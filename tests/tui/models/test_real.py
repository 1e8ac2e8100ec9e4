"""The mode over a real engine, the real client and the loopback Hub: found, fetched, opened."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from rnntui.tui.app import Launch, RnntuiApp
from rnntui.tui.models.screen import ModelsScreen
from rnntui.tui.screens.write import WriteScreen
from tests.hub.conftest import hub
from tests.hub.models import model_files
from tests.hub.server import Hub, held

__all__ = ["hub"]


def test_a_model_is_found_fetched_beside_another_and_opened(hub: Hub, tmp_path: Path) -> None:
    files = model_files(tmp_path / "made")
    gate = threading.Event()
    hub.add("anna/tiny", files, downloads=9)
    hub.add("bob/slow", files)
    hub.fail("GET /api/resolve-cache/models/bob/slow/", held(gate), times=9)

    async def whole() -> None:
        app = RnntuiApp(Launch(mode="models"))
        async with app.run_test(size=(120, 30)) as pilot, asyncio.timeout(120):
            screen = app.screen
            assert isinstance(screen, ModelsScreen)

            async def until(true: object) -> None:
                assert callable(true)
                while not true():
                    await pilot.pause(0.02)

            await until(lambda: screen.shelf.listed)
            assert not hub.asked  # nobody did
            await pilot.press("h", "enter")
            await until(lambda: screen.shelf.offers)
            await until(lambda: "It writes." in screen.about.text)
            screen.fetch("bob/slow")
            await pilot.press("enter")
            await until(lambda: any(row.name == "tiny" for row in screen.models.here))
            await until(lambda: [t.model for t in screen.shelf.transfers] == ["bob/slow"])
            await pilot.press("x")
            await until(lambda: not screen.shelf.transfers)
            chosen = screen.models.chosen
            assert chosen and chosen.name == "tiny"
            await pilot.press("enter")
            await until(lambda: isinstance(app.screen, WriteScreen))
            write = app.screen
            assert isinstance(write, WriteScreen)
            await until(lambda: write.writer.facts and write.writer.facts.name == "anna/tiny")
            await until(lambda: write.writer.manuscript.characters > 20)
            gate.set()
            await app.engine.close()

    try:
        asyncio.run(whole())
    finally:
        gate.set()
