"""Curves can be read and told apart, in any size and whatever the numbers are."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rnntui.tui.train.canvas import Series, draw, linear, logarithmic
from rnntui.tui.train.curves import Curve, Plot, legend

FALLING = [(float(x), 4.0 / (x + 1) + 1.0) for x in range(21)]


def text(*series: Series, width: int = 60, height: int = 12, **how: object) -> list[str]:
    """The rows of a plot, as text."""
    rows = draw(series, width, height, **how)  # type: ignore[arg-type]
    return ["".join(piece for piece, _ in row) for row in rows]


def test_every_row_has_the_width_that_was_asked_for():
    for width in (12, 33, 80):
        for height in (3, 8, 30):
            rows = text(Series(FALLING), width=width, height=height)
            assert [len(row) for row in rows] == [width] * height


def test_a_falling_curve_falls_from_the_left_to_the_right():
    rows = text(Series(FALLING))
    first = [next(x for x, c in enumerate(row) if "⠀" < c <= "⣿") for row in rows[:-1]]
    assert first == sorted(first)
    assert first[-1] > first[0]


def test_ticks_are_round_numbers_at_their_heights():
    rows = text(Series([(0, 1.0), (10, 5.0)]), height=13)
    assert [row.split("┤")[0].strip() for row in rows if "┤" in row] == ["5", "4", "3", "2", "1"]
    assert rows[0].lstrip().startswith("5 ┤")
    assert rows[-1].split("─")[0].strip() == "└0"


def test_lines_differ_without_colour():
    flat = [(float(x), 1.0) for x in range(100)]
    solid, dashed, dotted = (text(Series(flat, line)) for line in ("solid", "dashed", "dotted"))
    assert solid != dashed != dotted != solid
    assert sum(row.count("o") for row in text(Series(flat, mark="o"))) > 2


def test_marks_stand_at_the_end_of_each_curve():
    rows = text(Series(FALLING, mark="a"), Series([(x, y + 2) for x, y in FALLING], mark="b"))
    assert {row[-1] for row in rows} >= {"a", "b"}


def test_a_logarithmic_axis_leaves_out_what_has_no_logarithm():
    points = [(0.0, 1.0), (1.0, 0.0), (2.0, -1.0), (3.0, 1e-6)]
    rows = text(Series(points, mark="x"), log=True)
    assert sum(row.count("x") for row in rows) == 2
    assert any("1e-3 ┤" in row for row in rows)


def test_early_points_do_not_press_the_rest_to_the_bottom():
    steep = [(0.0, 100.0), *((float(x), 2.0 - x / 100) for x in range(5, 101))]
    ticks = [row.split("┤")[0].strip() for row in text(Series(steep), early=True) if "┤" in row]
    assert max(map(float, ticks)) <= 2.0
    assert any(row.split("┤")[0].strip() == "100" for row in text(Series(steep)) if "┤" in row)


def test_seconds_are_written_as_times():
    rows = text(Series([(0.0, 1.0), (7200.0, 2.0)]), time=True, unit="seconds")
    assert "1:00:00" in rows[-1]
    assert rows[-1].endswith(" seconds")


@pytest.mark.parametrize("points", [[], [(0.0, math.nan)], [(0.0, math.inf)], [(1.0, -2.0)]])
def test_nothing_to_draw_is_blank_or_a_point(points):
    assert len(text(Series(points, mark="x"))) == 12


numbers = st.floats(allow_nan=True, allow_infinity=True, width=32)


@example([(0.0, 50000004.0), (0.0, 4.00400430703575e16)], False, False)
@given(st.lists(st.tuples(numbers, numbers), max_size=20), st.booleans(), st.booleans())
def test_any_numbers_are_drawn(points, log, early):
    points = sorted(points, key=lambda point: (math.isnan(point[0]), point[0]))
    rows = text(Series(points, mark="x"), log=log, early=early, width=40, height=8)
    assert all(len(row) == 40 for row in rows)


@given(st.floats(1e-30, 1e30), st.floats(1e-30, 1e30), st.integers(2, 30))
def test_axes_have_ticks_inside_their_range(one, other, count):
    low, high = sorted((one, other))
    for axis in (linear((low, high), count), logarithmic((low, high), count)):
        assert 1 <= len(axis.ticks) <= 4 * count + 4
        slack = (axis.high - axis.low) * 1e-6
        assert all(axis.low - slack <= tick <= axis.high + slack for tick in axis.ticks)
        assert all(axis.label(tick) for tick in axis.ticks)


def test_the_legend_gives_up_values_before_names():
    curves = tuple(Curve(Series([(0, 1)], mark=m), f"run-{m}", "1.234") for m in "abc")
    plot = Plot("Loss", curves)
    whole = "".join(piece for piece, _ in legend(plot, 80))
    assert "─a─ run-a 1.234" in whole
    narrow = "".join(piece for piece, _ in legend(plot, 45))
    assert "─c─ run-c" in narrow
    assert "1.234" not in narrow
