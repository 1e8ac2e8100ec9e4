"""Forecasting without a model or a file: a rising series with a season, continued as it was."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence

from rnntui.engine.forecast_client import LEVELS
from rnntui.engine.interface import EngineError
from rnntui.engine.protocol.forecast import (
    Chart,
    ColumnOfNumbers,
    Fan,
    Lane,
    NamedSeries,
    Opened,
    Report,
    Row,
    Source,
    Surveyed,
)

OWN_HORIZON, OWN_WINDOW, LENGTH = 12, 24, 120


def value(place: int) -> float:
    """The series at a place, from 0."""
    return round(100 + place + 20 * math.sin(place * math.pi / 6), 3)


def month(place: int) -> str:
    """The time of a place."""
    return f"{1990 + place // 12}-{place % 12 + 1:02}-01"


class ScriptedForecast:
    """The client's interface; what it was asked is kept."""

    def __init__(self) -> None:
        self.opened: list[Source] = []
        """The series read, in order."""
        self.asked: list[tuple[str, Source, int, int]] = []
        """The forecasts: model, series, horizon, window."""
        self.problem: EngineError | None = None
        """What any reading and forecast ends in."""
        self.columns = ("passengers", "freight")
        """Of every file."""
        self.holds = asyncio.Event()
        """Backtests wait for it."""
        self.holds.set()
        self.verdict = "better than repeating the last value: its errors are 50.0 % smaller"
        self.given_up = False

    async def catalogue(self) -> tuple[NamedSeries, ...]:
        """Two series, one of which is here."""
        return (
            NamedSeries("airline-passengers", "monthly passengers", True),
            NamedSeries("sunspots", "monthly sunspots", False),
        )

    async def survey(self, source: Source) -> Surveyed:
        """Every file has the same columns."""
        if self.problem:
            raise self.problem
        listed = tuple(
            ColumnOfNumbers(name, LENGTH, 0, 80.0, 240.0, tuple(k / 63 for k in range(64)))
            for name in self.columns
        )
        only = "passengers" if source.file == "airline-passengers" else ""
        return Surveyed(0, listed, only or (self.columns[0] if len(self.columns) == 1 else ""))

    async def open(self, source: Source) -> Opened:
        """Read a series at once."""
        if self.problem:
            raise self.problem
        self.opened.append(source)
        name = source.file.rpartition("/")[2].partition(".")[0]
        chart = Chart(
            name, source.column, tuple(map(value, range(LENGTH))),
            tuple(map(month, range(LENGTH))), 0, (7,), "M", source.season or 12,
            ("a value missing, filled by a straight line; never scored",),
        )  # fmt: skip
        return Opened(0, chart, "airline-gru" if name == "airline-passengers" else "")

    async def forecast(
        self, model: str, source: Source, horizon: int = 0, window: int = 0,
        levels: Sequence[float] = LEVELS,
    ) -> Fan | None:  # fmt: skip
        """Continue the series; its band grows with the square root of the step."""
        self.asked.append((model, source, horizon, window))
        if self.problem:
            raise self.problem
        steps = range(horizon or OWN_HORIZON)
        rows = tuple(
            tuple(value(LENGTH + h) + 30 * (level - 0.5) * math.sqrt(h + 1) for h in steps)
            for level in levels
        )
        times = tuple(month(LENGTH + h) for h in steps)
        return Fan(
            model.rpartition("/")[2], OWN_HORIZON, OWN_WINDOW, times, tuple(levels), rows,
            (), "1998-12-01",
        )  # fmt: skip

    async def backtest(
        self, model: str, source: Source, horizon: int = 0, window: int = 0
    ) -> Report | None:
        """Report at once, or when it no longer holds; None when given up."""
        await self.holds.wait()
        if self.given_up:
            self.given_up = False
            return None
        name = model.rpartition("/")[2]
        steps = horizon or OWN_HORIZON
        places = range(96, LENGTH - steps)
        lanes = tuple(
            Lane(
                step,
                tuple(month(p + step - 1) for p in places),
                tuple(value(p + step - 1) for p in places),
                tuple(value(p + step - 1) + 2 for p in places),
                tuple(value(p + step - 1) - 8 for p in places),
                tuple(value(p + step - 1) + 12 for p in places),
                tuple(value(p - 1) for p in places),
            )
            for step in (1, steps)
        )
        rows = (
            Row(name, 10.0, 12.0, 0.8, 7.5, 0.5, 0.81, 0.96),
            Row("naive", 20.0, 25.0, 1.6, 15.0, 0.4, 0.7, 0.9),
        )
        return Report(
            self.verdict, "", 0.5, (0.4, 0.6), len(places), 1, steps, "1997-12-01", rows,
            lanes, (),
        )  # fmt: skip

    async def how_far(self) -> tuple[int, int]:
        """Half way."""
        return 6, 12

    def give_up(self) -> None:
        """End the backtest that holds."""
        self.given_up = True
        self.holds.set()
