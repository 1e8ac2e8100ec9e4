"""The Models mode over a scripted engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from rnntui.engine.parts import Listed
from rnntui.engine.protocol.sharing import Offer
from rnntui.tui.models.screen import ModelsScreen
from tests.scripted.sharing import ScriptedSharing
from tests.tui.conftest import Stage

OWN = Listed("mine", "own", "text", 900, 1_800, "/m/mine", {}, "", figure="1.500 nats (validation)")
SHIPPED = Listed("shakespeare-lstm", "shipped", "text", 3_300_000, 6_600_000, "/m/s", {}, "",
                 figure="1.402 nats (test)")  # fmt: skip
JUDGE = Listed("imdb-lstm", "shipped", "sentiment", 2_000_000, 8_000_000, "/m/imdb", {}, "",
               figure="88.4 % right (validation)")  # fmt: skip
BROKEN = Listed("broken", "own", "?", 0, 0, "/m/broken", {}, "there is no config.json")
LISTED = (SHIPPED, JUDGE, OWN, BROKEN)
OFFER = Offer("anna/tiny", "text", 1204, 12, "2026-11-01", False, False, False)
OFFERS = (OFFER, msgspec.structs.replace(OFFER, name="bob/gated", gated=True, downloads=3, likes=0))

Play = Callable[..., None]


class Shelves:
    """The opened mode, and the scripted Hub behind it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        assert isinstance(stage.app.screen, ModelsScreen)
        self.screen = stage.app.screen
        assert isinstance(stage.engine.sharing, ScriptedSharing)
        self.hub = stage.engine.sharing

    @property
    def shown(self) -> str:
        """What stands on the screen, without the blanks at the ends of lines."""
        strips = self.stage.app.screen._compositor.render_strips(self.stage.app.size)
        return "\n".join(strip.text.rstrip() for strip in strips)

    @property
    def notice(self) -> str:
        """The notice, "" while hidden."""
        notice = self.screen.notice
        return str(notice.render()) if notice.display else ""

    @property
    def chosen(self) -> str:
        """The model with the highlight."""
        row = self.screen.models.chosen
        return row.name if row else ""

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.stage.press(*keys)

    async def until(self, true: Callable[[], object]) -> None:
        """Wait for something."""
        async with asyncio.timeout(60):
            while not true():
                await self.stage.pilot.pause(0.02)

    async def shows(self, *texts: str) -> None:
        """Wait until texts stand on the screen."""
        await self.until(lambda: all(text in self.shown for text in texts))


def visit(
    play: Play,
    scene: Callable[[Shelves], Awaitable[None]],
    *,
    listed: tuple[Listed, ...] = LISTED,
    size: tuple[int, int] = (120, 34),
) -> None:
    """Open the mode and play a scene."""

    async def whole(stage: Stage) -> None:
        await stage.press("f7")
        shelves = Shelves(stage)
        shelves.hub.offers = OFFERS
        await shelves.shows("On the Hub")
        await scene(shelves)

    play(whole, listed=listed, size=size)
