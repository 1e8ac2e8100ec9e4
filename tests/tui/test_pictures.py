"""What stands on the screen, cell by cell, as text: at 80x24 and at 160x45.

Text, not SVG: it can be read in a review, does not change with the release that draws it, and
meaning is nowhere in colours alone. After a change that is meant: pytest --snapshot-update.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from rnntui.engine.parts import Alternative, Figures, Listed
from rnntui.engine.protocol import Frame

from .conftest import Stage

Play = Callable[..., None]
SIZES = [(80, 24), (160, 45)]
TEXT = "What say you to my lord of Norfolk's death?\nI'll to the crown, and therefore be not so\n"


def frame() -> Frame:
    """A frame with all its figures."""
    nats = tuple(0.2 + 3 * (k % 7 == 0) for k in range(len(TEXT)))
    entropy = tuple(0.5 + 0.1 * (k % 9) for k in range(len(TEXT)))
    figures = Figures(nats, (1,) * len(TEXT), entropy)
    bars = (Alternative(" ", 0.61, 0.7), Alternative("\n", 0.2, 0.3), Alternative("\x1b", 0.1, 0.0))
    return Frame(0, 0, TEXT, len(TEXT), 98.4, 1.21, figures, bars)


def lines(stage: Stage) -> str:
    """What stands on the screen, without the blanks at the ends of lines."""
    strips = stage.app.screen._compositor.render_strips(stage.app.size)
    return "\n".join(strip.text.rstrip() for strip in strips)


def look(play: Play, snapshot: SnapshotAssertion, size: tuple[int, int], *keys: str) -> None:
    """Press keys and compare what is there."""
    listed = (
        Listed("shakespeare-lstm", "shipped", "text", 3_300_000, 6_700_000, "/models/s",
               {}, "", figure="1.402 nats (test)"),
        Listed("broken", "own", "?", 0, 0, "/models/b", {}, "no config.json"),
    )  # fmt: skip

    async def scene(stage: Stage) -> None:
        await stage.press(*keys)
        assert lines(stage) == snapshot

    play(scene, [frame()], [" One"], [" Two"], [" Three"], [" Four"], size=size, listed=listed)


@pytest.mark.parametrize("size", SIZES)
def test_write(play: Play, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    look(play, snapshot, size)


def test_write_with_its_panel_open_at_80_columns(play: Play, snapshot: SnapshotAssertion) -> None:
    look(play, snapshot, (80, 24), "p")


@pytest.mark.parametrize("size", SIZES)
def test_the_help(play: Play, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    look(play, snapshot, size, "f1")


def test_the_model_picker(play: Play, snapshot: SnapshotAssertion) -> None:
    look(play, snapshot, (80, 24), "ctrl+o")


def test_the_prompt(play: Play, snapshot: SnapshotAssertion) -> None:
    look(play, snapshot, (80, 24), "i", *"Hail", "enter", *"[b]")
