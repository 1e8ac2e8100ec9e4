"""What stands on the screen, cell by cell, as text: at 80x24 and at 160x45.

After a change that is meant: pytest --snapshot-update.
"""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.tui.models.stage import Play, Shelves, visit

SIZES = [(80, 24), (160, 45)]


@pytest.mark.parametrize("size", SIZES)
def test_the_list(play: Play, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async def scene(shelves: Shelves) -> None:
        if size[0] > 80:
            await shelves.shows("▏ shakespeare-lstm", "It writes.")
        assert shelves.shown == snapshot

    visit(play, scene, size=size)


@pytest.mark.parametrize("size", SIZES)
def test_the_hub(play: Play, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press("space", "h", "enter")
        await shelves.shows("2 found")
        await shelves.press("enter")
        await shelves.until(lambda: shelves.hub.moving)
        shelves.hub.progress("anna/tiny", 500_000, 1_000_000, 250_000.0)
        await shelves.shows("50 %", "x cancel  v")
        if size[0] > 80:
            await shelves.shows("▏ anna/tiny", "It writes.")
        assert shelves.shown == snapshot

    visit(play, scene, size=size)


def test_the_card_at_80_columns(play: Play, snapshot: SnapshotAssertion) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press("v")
        await shelves.shows("It writes.")
        assert shelves.shown == snapshot

    visit(play, scene, size=(80, 24))


def test_the_form_of_a_push_at_80_columns(play: Play, snapshot: SnapshotAssertion) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press("down", "down", "u", *"anna/mine", "ctrl+j")
        await shelves.shows("the card begins:")
        assert shelves.shown == snapshot

    visit(play, scene, size=(80, 24))


def test_two_compared_at_80_columns(play: Play, snapshot: SnapshotAssertion) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press("space", "space", "c")
        await shelves.shows("parameters")
        assert shelves.shown == snapshot

    visit(play, scene, size=(80, 24))
