"""Forecasting by the engine: what the model itself says, the newest first, a test that can end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import numpy as np
import pytest

from rnntui.data.series.options import SeriesOptions
from rnntui.data.series.reading import read_series
from rnntui.engine.client import Engine, EngineError
from rnntui.engine.forecasting import reading
from rnntui.engine.protocol.forecast import Fan, Source
from rnntui.inference.loading import load_forecaster
from tests.engine.conftest import Play

MODEL = "airline-gru"


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """Ten years of months, with a gap and a column of text beside two of numbers."""
    months = [f"{2000 + k // 12}-{k % 12 + 1:02}" for k in range(120)]
    random = np.random.default_rng(0)
    rows = [
        f"{time},{300 + k + 40 * np.sin(k * np.pi / 6) + random.normal():.2f},{k % 7},north"
        for k, time in enumerate(months)
    ]
    rows[50] = "2004-03,,3,north"
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(["month,sales,staff,region", *rows]) + "\n")
    return path


def test_a_file_s_columns_and_one_of_them(play: Play, sales: Path):
    async def scene(engine: Engine) -> None:
        found = await engine.series.survey(Source(str(sales)))
        assert [(each.name, each.count, each.missing) for each in found.columns] == [
            ("sales", 119, 1), ("staff", 120, 0),
        ]  # fmt: skip
        assert found.column == "" and len(found.columns[0].line) == 64
        assert all(0 <= place <= 1 for place in found.columns[0].line if place is not None)
        opened = await engine.series.open(Source(str(sales), "sales"))
        chart = opened.chart
        assert (chart.frequency, chart.season, chart.filled) == ("M", 12, (50,))
        assert chart.times[0] == "2000-01-01" and len(chart.values) == len(chart.times) == 120
        assert "missing" in " ".join(chart.notes)

    play(scene)


def test_a_series_is_continued_as_the_model_itself_does(play: Play, sales: Path):
    model, series = load_forecaster(MODEL), read_series(sales, SeriesOptions(column="sales"))

    async def scene(engine: Engine) -> list[Fan | None]:
        source = Source(str(sales), "sales")
        return [
            await engine.series.forecast(MODEL, source, horizon, window)
            for horizon, window in ((0, 0), (30, 0), (6, 10))
        ]

    for fan, (horizon, window) in zip(play(scene), ((12, 0), (30, 0), (6, 10)), strict=True):
        assert fan and fan.own_horizon == 12
        said = reading(model, window).forecast(series, horizon, fan.levels)
        assert np.allclose(fan.rows, said.values)
        assert fan.times[0] == "2010-01-01" and len(fan.times) == horizon
        assert ("sampled" in " ".join(fan.notes)) == (horizon > 12)


def test_of_many_turns_of_a_knob_the_last_is_answered(play: Play, sales: Path):
    async def scene(engine: Engine) -> list[Fan | None]:
        source = Source(str(sales), "sales")
        await engine.series.forecast(MODEL, source)
        return await asyncio.gather(
            *(engine.series.forecast(MODEL, source, horizon) for horizon in range(40, 60))
        )

    fans = play(scene)
    assert fans[-1] and len(fans[-1].times) == 59
    assert fans[:-1] == [None] * 19


def test_a_backtest_tells_how_far_it_is_ends_when_told_and_has_the_baselines(
    play: Play, sales: Path
):
    async def scene(engine: Engine) -> None:
        source = Source(str(sales), "sales")
        report = await engine.series.backtest(MODEL, source, 3)
        assert report and [row.name for row in report.rows] == [
            MODEL, "naive", "seasonal naive", "drift",
        ]  # fmt: skip
        assert report.origins == 22 and report.verdict and report.rows[0].mae
        assert [lane.step for lane in report.lanes] == [1, 3]
        assert report.lanes[1].actual[-1] == pytest.approx(_last(sales))
        assert await engine.series.how_far() == (0, 0)
        long = asyncio.ensure_future(engine.series.backtest(MODEL, source, 20))
        await asyncio.sleep(0)
        with pytest.raises(EngineError, match="a backtest is being made"):
            await engine.series.backtest(MODEL, source)
        engine.series.give_up()
        assert await long is None

    play(scene)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (Source("no-such-series"), "there is no series"),
        (Source("missing.csv"), "does not exist"),
        (Source("{sales}", "region"), "is no number"),
        (Source("{sales}", "sales", missing="refuse"), "has no value"),
        (Source("{sales}", "sales", delimiter="x"), "delimiter"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_in_a_line(
    play: Play, sales: Path, source: Source, said: str
):
    path = source.file.format(sales=sales)

    async def scene(engine: Engine) -> None:
        with pytest.raises(EngineError, match=said) as caught:
            await engine.series.open(msgspec.structs.replace(source, file=path))
        assert "\n" not in str(caught.value) and caught.value.fix

    play(scene)


def test_a_horizon_out_of_range_a_short_series_and_a_model_that_writes_are_refused(
    play: Play, sales: Path, tmp_path: Path
):
    short = tmp_path / "short.csv"
    short.write_text("value\n1\n2\n3\n4\n")

    async def scene(engine: Engine) -> None:
        source = Source(str(sales), "sales")
        with pytest.raises(EngineError, match="a horizon of 20,000 steps"):
            await engine.series.forecast(MODEL, source, 20_000)
        with pytest.raises(EngineError, match="has 4 values"):
            await engine.series.forecast(MODEL, Source(str(short)))
        with pytest.raises(EngineError, match="name one that forecasts"):
            await engine.series.forecast("names-gru", source)
        assert await engine.series.forecast(MODEL, source)  # it goes on

    play(scene)


def _last(path: Path) -> float:
    return float(path.read_text().splitlines()[-1].split(",")[1])
