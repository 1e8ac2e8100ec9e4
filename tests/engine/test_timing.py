"""Pace, size of a frame, measured speed: plain arithmetic on a clock of the test's own."""

from __future__ import annotations

import math

import pytest

from rnntui.engine.timing import FRAMES_PER_SECOND, FrameSize, Pace, Speed


def simulate(pace: Pace, seconds: float, now: float = 0.0, written: int = 0) -> tuple[int, int]:
    """Write as the loop would; returns characters and frames."""
    end, frames = now + seconds, 0
    while max(now, pace.due(written)) < end:
        now = max(now, pace.due(written))
        written += pace.allowed(now, written)
        frames += 1
    return written, frames


@pytest.mark.parametrize("rate", [0.5, 3, 30, 100, 1234])
def test_the_pace_is_kept_to_the_character_and_frames_stay_few(rate: float):
    pace = Pace()
    pace.turn(rate, 0.0, 0)
    written, frames = simulate(pace, 20)
    assert written == pytest.approx(20 * rate, abs=rate / 30 + 2)
    assert frames <= 20 * 30 + 1


def test_a_run_held_up_does_not_catch_up_in_a_rush():
    pace = Pace()
    pace.turn(100, 0.0, 0)
    pace.allowed(0.0, 0)
    assert pace.allowed(60.0, 1) <= 11
    assert pace.due(12) > 60.0


def test_a_pace_turned_in_mid_run_holds_from_there():
    pace = Pace()
    pace.turn(100, 0.0, 0)
    written, _ = simulate(pace, 1)
    pace.turn(10, 1.0, written)
    after, _ = simulate(pace, 10, 1.0, written)
    assert after - written == pytest.approx(100, abs=2)
    pace.turn(0, 11.0, after)
    assert pace.due(after) == -math.inf


def test_frames_grow_from_one_character_to_the_time_they_should_take():
    size, sizes = FrameSize(), []
    for _ in range(12):
        sizes.append(size.count)
        size.took(size.count * 1e-4, size.count, 1 / FRAMES_PER_SECOND)
    assert sizes[:4] == [1, 2, 4, 8]
    assert sizes[-1] == 250
    size.took(10.0, 250, 1 / FRAMES_PER_SECOND)  # another process had the core
    assert size.count == 125


def test_speed_is_that_of_the_last_second_and_survives_a_rest():
    speed = Speed(0.0)
    for step in range(1, 200):
        at = speed.at(step / 40, step * 10)
    assert at == pytest.approx(400, rel=0.05)
    speed.at(100.0, 2000)
    assert speed.at(100.5, 2100) == pytest.approx(200, rel=0.2)
