"""Every screen takes the terminal's size, whatever happens to Textual's timer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rnntui.tui.app import RnntuiApp

from .conftest import Stage


def test_a_size_is_taken_though_the_timer_that_hands_it_on_never_rings(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = RnntuiApp.set_timer

    def forgetful(self: RnntuiApp, delay: float, *args: Any, **options: Any) -> Any:
        return usual(self, 3600 if delay < 0.01 else delay, *args, **options)

    async def scene(stage: Stage) -> None:
        await stage.press("o")  # a screen in front of the one that writes
        monkeypatch.setattr(RnntuiApp, "set_timer", forgetful)
        await stage.pilot.resize_terminal(150, 44)
        screens = stage.app.screen_stack
        for _ in range(200):
            if all(screen.size == (150, 44) and screen.has_class("-wide") for screen in screens):
                break
            await stage.pilot.pause(0.05)
        assert [tuple(screen.size) for screen in screens] == [(150, 44)] * 2
        assert all(screen.has_class("-wide") for screen in screens)

    play(scene)
