"""The mode over a real engine, a file on the disk, and a model that ships; and a fit that runs."""

from __future__ import annotations

import asyncio
import math
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from rnntui.data.series.options import SeriesOptions
from rnntui.data.series.reading import read_series
from rnntui.engine.protocol.forecast import Source
from rnntui.inference.loading import load_forecaster
from rnntui.tui.app import Launch, RnntuiApp
from rnntui.tui.forecast.fit_process import Fit
from rnntui.tui.forecast.fitting import arguments, planned
from rnntui.tui.forecast.screen import ForecastScreen


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """Twelve years of months."""
    rows = [
        f"{2000 + k // 12}-{k % 12 + 1:02},{300 + 2 * k + 40 * math.sin(k * math.pi / 6):.3f}"
        for k in range(144)
    ]
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(["month,sales", *rows]) + "\n")
    return path


def test_what_it_shows_is_what_the_model_says_and_its_test_ends_in_words(
    home: Path, sales: Path
) -> None:
    model = load_forecaster("airline-gru")
    series = read_series(sales, SeriesOptions(column="sales"))

    async def whole() -> None:
        app = RnntuiApp(Launch(model="airline-gru", mode="forecast"))
        async with app.run_test(size=(120, 34)) as pilot, asyncio.timeout(120):
            screen = app.screen
            assert isinstance(screen, ForecastScreen)
            desk = screen.desk
            screen.open(Source(str(sales)), chosen=True)
            while not (desk.sheet and desk.sheet.fan):
                await pilot.pause(0.02)
            fan = desk.sheet.fan
            said = model.forecast(series, 12, fan.levels)
            assert np.allclose(fan.rows, said.values)
            assert fan.times[0] == "2012-01-01"
            await pilot.press("b")
            while not desk.tests:
                await pilot.pause(0.02)
            assert desk.report and desk.report.rows[1].name == "naive"
            assert "repeating the last value" in desk.verdict.render().plain  # type: ignore[union-attr]
            await app.engine.close()

    asyncio.run(whole())


def test_a_fit_is_a_training_that_is_followed_to_its_model(home: Path, sales: Path) -> None:
    if find_spec("torch") is None:  # not imported here: only the training process needs it
        pytest.skip("there is no PyTorch")
    plan = planned("mine", "gru", "6", "2")
    fit = Fit(plan, arguments(Source(str(sales), "sales"), plan, 3))

    async def follow() -> None:
        async with asyncio.timeout(120):
            goes = True
            while goes:
                goes = fit.goes
                fit.look()
                await asyncio.sleep(0.05)

    asyncio.run(follow())
    assert not fit.launch.failed and "epoch 2 of 2" in fit.said()
    model = load_forecaster(fit.checkpoint)
    assert (model.network.horizon, model.config.network.window) == (3, 6)
    assert model.series.column == "sales"
