"""Pictures of forecasts, and the words beside them."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from rnntui.engine.protocol.forecast import Chart, Fan, Report, Source
from rnntui.tui.forecast import tested
from rnntui.tui.forecast.picture import Drawn, Picture, draw
from rnntui.tui.forecast.sheet import Sheet, bands_of, has, levels, number, sparkline
from tests.scripted.forecast import LENGTH, ScriptedForecast, month, value


def made() -> tuple[Chart, Fan, Report]:
    """A series, its forecast, its backtest."""

    async def ask() -> tuple[Chart, Fan, Report]:
        engine, source = ScriptedForecast(), Source("sales.csv", "passengers")
        fan, report = await engine.forecast("mine", source), await engine.backtest("mine", source)
        assert fan and report
        return (await engine.open(source)).chart, fan, report

    return asyncio.run(ask())


def text(drawn: Drawn) -> list[str]:
    return ["".join(piece for piece, _ in row) for row in drawn.rows]


def test_bands_are_told_apart_by_their_glyphs_and_widen_with_the_step() -> None:
    chart, fan, _ = made()
    drawn = draw(Sheet(chart, fan, 95, 36).picture(), 100, 24)
    lines = text(drawn)
    assert {len(line) for line in lines} == {100}
    whole = "\n".join(lines)
    assert all(whole.count(glyph) > 5 for glyph in "░▒▓")
    now = next(line.index("┊") for line in lines if "┊" in line)
    before = "".join(line[:now] for line in lines)
    assert not set("░▒▓") & set(before)
    columns = [sum(line[x] in "░▒▓" for line in lines[:-1]) for x in range(now + 1, 100)]
    assert sum(columns[-5:]) > sum(columns[:5]) > 0
    assert lines[-1].strip().startswith(f"└{month(LENGTH - 36)}")
    assert lines[-1].endswith(month(LENGTH + 11))


def test_a_place_under_the_mouse_is_the_place_that_is_drawn_there() -> None:
    chart, fan, _ = made()
    sheet = Sheet(chart, fan, 80, 36)
    drawn = draw(sheet.picture(), 80, 20)
    assert drawn.place(0) == 0 and drawn.place(79) == sheet.length - 1 == 47
    for place in (0, 10, 35, 36, 47):
        lines = text(draw(sheet.picture(place), 80, 20))
        column = next(line.index("◆") for line in lines if "◆" in line)
        assert drawn.place(column) == place
        assert sheet.time(place) in lines[-1]


def test_a_picture_without_values_says_so_and_a_tiny_one_is_empty() -> None:
    assert "no series" in "\n".join(text(draw(Picture(empty="no series"), 40, 9)))
    chart, fan, _ = made()
    assert len(draw(Sheet(chart, fan).picture(), 10, 3).rows) == 3


def test_a_constant_series_of_one_value_is_drawn() -> None:
    chart, _, _ = made()
    one = msgspec.structs.replace(chart, values=(5.0,), times=())
    assert any("◆" in line for line in text(draw(Sheet(one, None).picture(0), 60, 12)))


def test_the_words_of_a_place() -> None:
    chart, fan, _ = made()
    sheet = Sheet(chart, fan, 80, 0)
    assert sheet.known == LENGTH
    assert sheet.reading(7).endswith("filled in, not measured")
    assert sheet.reading(LENGTH - 1) == f"{month(LENGTH - 1)} · {number(value(119), sheet.span)}"
    ahead = sheet.reading(LENGTH)
    assert ahead.startswith(f"{month(LENGTH)} · 1 ahead · median 220 · 80 %: 208 to 232")
    assert sheet.summary().endswith(f"on to {month(LENGTH + 11)}")
    assert "season 12" in sheet.heading() and "passengers" in sheet.heading()


def test_a_band_needs_its_levels_and_the_median_has_no_band() -> None:
    _, fan, _ = made()
    assert [share for share, _ in bands_of(95)] == [95, 80, 50]
    assert [share for share, _ in bands_of(50)] == [50] and bands_of(0) == []
    assert has(fan, 95) and has(fan, 0) and not has(fan, 70)
    assert 0.15 in [round(level, 6) for level in levels(70)]


@pytest.mark.parametrize(
    ("interval", "said", "sign"),
    [
        ((0.4, 0.6), "better than repeating the last value: its errors are 50.0 % smaller", "✓"),
        ((-0.1, 0.1), "no better than repeating the last value", "✗"),
        ((-0.2, -0.1), "worse than repeating the last value", "✗"),
        ((), "too few origins (3) to tell", "·"),
    ],
)
def test_a_verdict_is_plain_and_has_its_sign(
    interval: tuple[float, ...], said: str, sign: str
) -> None:
    _, _, report = made()
    report = msgspec.structs.replace(report, verdict=said, skill_interval=interval)
    assert tested.verdicts(report)[0].startswith(f"{sign} {said[:9]}")


def test_the_table_and_the_picture_of_a_backtest() -> None:
    _, _, report = made()
    table = tested.scores(report)
    assert len(table) == 3 and len({len(line) for line in table}) == 1
    assert "naive" in table[2] and "20" in table[2] and "81.0%" in table[1]
    lane = report.lanes[1]
    lines = text(draw(tested.picture(lane, 0, 3), 80, 14))
    assert "▒" in "".join(lines) and "◆" in "".join(lines) and lane.times[3] in lines[-1]
    said = tested.reading(lane, 0, 3)
    assert said.startswith(f"{lane.times[3]} · came ") and "forecast" in said
    assert tested.places(lane, 5) == 5 and tested.reading(lane, 5, 4).startswith(lane.times[-1])


def test_a_sparkline_has_blanks_in_gaps() -> None:
    assert sparkline((0.0, None, 1.0), 3) == "▁ █"
    assert sparkline((), 3) == ""


@pytest.mark.parametrize(
    ("number_of", "span", "said"),
    [
        (28008.4, 1200.0, "28,008"),
        (0.12344, 0.5, "0.1234"),
        (-3.2, 40.0, "−3.2"),
        (7.0, 0.0, "7.000"),
    ],
)
def test_numbers_have_the_digits_that_matter(number_of: float, span: float, said: str) -> None:
    assert number(number_of, span) == said
