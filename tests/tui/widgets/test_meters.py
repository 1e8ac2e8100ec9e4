"""Meters that do not jump, and the line of figures."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from rnntui.tui.widgets.meters import COLUMNS_A_PUSH, KEEP, SMOOTH, Meter


class Bench(App[None]):
    """A meter alone."""

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Meter("Surprise", maximum=8.0, unit="nats")


def drive(script: Callable[[Meter], None], width: int = 44) -> None:
    """Run a script on a meter."""

    async def session() -> None:
        bench = Bench()
        async with bench.run_test(size=(width, 3)) as pilot:
            await pilot.pause()
            script(bench.query_one(Meter))
            await pilot.pause()

    asyncio.run(session())


def test_it_shows_label_line_value_and_unit():
    def script(meter):
        for value in (0.0, 1.0, 2.0, 7.9, 100.0, -1.0):
            meter.push([value])
        assert meter.render_line(0).text == " Surprise                  ▁▂▃██▁ 18.32 nats"

    drive(script)


def test_without_values_it_says_so():
    drive(lambda meter: assert_line(meter, f" Surprise  {' ' * 22} –{' ' * 9}"))


def assert_line(meter: Meter, line: str) -> None:
    """The meter shows this."""
    assert meter.render_line(0).text == line


def test_old_columns_stay_as_they_are_when_a_larger_value_comes():
    def script(meter):
        meter.push([1.0, 2.0, 3.0])
        before = meter.render_line(0).text[11:33].strip()
        meter.push([8.0])
        assert meter.render_line(0).text[11:33].strip() == before + "█"

    drive(script)


@pytest.mark.parametrize("width", [1, 10, 22, 30, 200])
def test_it_is_one_line_of_any_width(width):
    def script(meter):
        meter.push([1.0] * 5)
        assert len(meter.render_line(0).text) == width
        assert meter.size.height == 1

    drive(script, width)


def test_many_values_at_once_move_it_by_a_few_columns_of_their_means():
    meter = Meter("x", maximum=1)
    meter.push([0.0] * 50 + [1.0] * 50)
    assert list(meter.columns) == [0, 0, 1, 1]
    assert meter.value == 0.5


@given(st.lists(st.floats(-1e6, 1e6), max_size=30))
def test_a_push_adds_no_more_than_its_columns_and_keeps_the_mean_between_the_ends(values):
    meter = Meter("x", maximum=1)
    meter.push(values)
    assert len(meter.columns) == min(len(values), COLUMNS_A_PUSH)
    if values:
        assert min(values) - 1e-6 <= meter.value <= max(values) + 1e-6
    else:
        assert meter.value is None


def test_what_is_no_number_is_left_out():
    meter = Meter("x", maximum=1)
    meter.push([math.nan, math.inf, 0.5])
    meter.push([math.nan])
    assert list(meter.columns) == [0.5]


def test_it_remembers_no_more_than_it_can_show_and_can_forget():
    meter = Meter("x", maximum=1)
    for _ in range(KEEP + 10):
        meter.push([0.5])
    assert len(meter.columns) == KEEP
    meter.clear()
    assert meter.value is None and not meter.columns


def test_the_value_is_the_mean_of_the_last_columns_or_the_last_alone():
    smooth, quick = Meter("x", maximum=1), Meter("x", maximum=1, smooth=1)
    for i in range(100):
        smooth.push([float(i)])
        quick.push([float(i)])
    assert smooth.value == pytest.approx(99 - (SMOOTH - 1) / 2)
    assert quick.value == 99
