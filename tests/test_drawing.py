"""Curves and bands in plain text: as wide as asked, later marks over earlier ones."""

from __future__ import annotations

import pytest

from rnntui.drawing import Band, Curve, draw


def test_a_curve_rises_inside_its_frame():
    picture = draw([], [Curve("o", range(40))], width=50, height=5, begin="first", end="last")
    lines = picture.splitlines()
    assert max(map(len, lines)) == 50 and len(lines) == 7
    assert lines[0].rstrip().endswith("o") and lines[0].lstrip().startswith("39")
    assert lines[4].startswith("     0.0 │oooo")
    assert lines[-1].split() == ["first", "last"]


def test_curves_lie_over_bands_and_what_is_missing_stays_empty():
    nothing = [None] * 10
    picture = draw(
        [Band("░", nothing + [0.0] * 10, nothing + [4.0] * 10)],
        [Curve("•", [2.0] * 10 + nothing), Curve("o", nothing + [2.0] * 10)],
        width=30,
        height=5,
    )
    rows = [line.partition("│")[2] for line in picture.splitlines()[:5]]
    assert rows[2] == "•" * 10 + "o" * 10
    assert rows[0] == rows[4] == " " * 10 + "░" * 10


@pytest.mark.parametrize("values", [[5.0] * 8, [], [None, None], [1e300, -1e300], [0.0]])
def test_whatever_the_values_it_draws(values):
    picture = draw([], [Curve("o", values)], width=40, height=6)
    assert all(len(line) <= 40 for line in picture.splitlines())


def test_many_values_share_a_column():
    band = Band("░", [0.0] * 1000, [1.0 + (i == 500) for i in range(1000)])
    picture = draw([band], [], width=30, height=5)
    top = picture.splitlines()[0].partition("│")[2]
    assert top.count("░") == 1
