"""Pictures of the Models mode, for scripts/screenshots: over a Hub on loopback with shipped models.

The Hub is the one of the tests, and it sends slowly, so that a download is seen under way.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from rnntui.tui.app import Launch, RnntuiApp
from rnntui.tui.models.compare import CompareModels
from rnntui.tui.models.push import PushForm
from rnntui.tui.models.screen import ModelsScreen

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.hub.server import Hub, paced  # noqa: E402
from tests.hub.store import User  # noqa: E402

PICTURES = (
    ("models", (120, 34), "textual-dark"),
    ("models-80x24", (80, 24), "textual-light"),
    ("models-card", (80, 24), "textual-dark"),
    ("models-compare", (100, 30), "textual-light"),
    ("models-push", (100, 30), "textual-dark"),
)
"""Name, size, theme."""

_OFFERED = (
    ("anna/pirate-lstm", "shakespeare-lstm", 1204, 12, False),
    ("karl/elsinore", "hamlet-gru", 310, 3, False),
    ("sea/dow-gru", "djia-gru", 77, 0, True),
)
"""Name there, name here, downloads, likes, whether it is gated."""
_RATE = 1_500_000
"""Bytes a second."""


async def take_models(folder: Path) -> None:
    """Take every picture of the mode.

    Args:
        folder: where they go.
    """
    hub = Hub()
    for name, shipped, downloads, likes, gated in _OFFERED:
        source = ROOT / "pretrained" / shipped
        files = {path.name: path.read_bytes() for path in source.iterdir() if path.is_file()}
        hub.add(name, files, downloads=downloads, likes=likes, gated=gated)
    hub.users["hf_anna"] = User("anna")
    hub.fail(r"GET /lfs/", paced(_RATE), times=10**9)
    with hub.running(), tempfile.TemporaryDirectory() as cache:
        os.environ |= {"HF_ENDPOINT": hub.url, "HF_HOME": cache, "HF_TOKEN": "hf_anna"}
        for picture in PICTURES:
            await _take(folder, *picture)


async def _take(folder: Path, name: str, size: tuple[int, int], theme: str) -> None:
    app = RnntuiApp(Launch(mode="models"))
    async with app.run_test(size=size) as pilot, asyncio.timeout(120):
        app.theme = theme
        screen = app.screen
        assert isinstance(screen, ModelsScreen)
        while not screen.shelf.listed:
            await pilot.pause(0.05)
        if name in ("models", "models-80x24"):
            await pilot.press("h", "enter")
            while not screen.shelf.offers:
                await pilot.pause(0.05)
            await pilot.press("enter")
            while not any(
                each.done > each.total / 4 for each in screen.shelf.transfers if each.total
            ):
                await pilot.pause(0.05)
        elif name == "models-card":
            await pilot.press("v")
            await pilot.pause(1.5)
            await pilot.press("pagedown")  # from the facts to the card
        elif name == "models-compare":
            await pilot.press("down", "down", "down", "space", "space", "c")
            while not isinstance(app.screen, CompareModels):
                await pilot.pause(0.05)
        else:
            await pilot.press("u", *"anna/mine", "ctrl+j")
            while not (isinstance(form := app.screen, PushForm) and form.packed):
                await pilot.pause(0.05)
        await pilot.pause(1.5)
        (folder / f"{name}.svg").write_text(app.export_screenshot(), "utf-8")
        await app.engine.close()
