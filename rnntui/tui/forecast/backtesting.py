"""A backtest of what the Forecast mode shows: one at a time, told how far it is, and ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rnntui.engine.client import Client, EngineError
from rnntui.engine.protocol.forecast import Source
from rnntui.tui.forecast.desk import ForecastDesk

Asked = tuple[str, Source, int, int]
"""What is tested: a model, a series, a horizon and a window, 0 where the model has the say."""

_LOOKED = 0.3
"""Seconds between two looks at how far it is."""


class Backtesting:
    """Backtests by the engine, shown on a desk.

    Args:
        desk: where they are shown.
        engine: what makes them.
    """

    def __init__(self, desk: ForecastDesk, engine: Client) -> None:
        self._desk = desk
        self._engine = engine
        self.goes = False
        """Whether one is being made."""

    async def make(self, shown: Callable[[], Asked]) -> None:
        """Score the model on the last part of the series, beside simple forecasts.

        Args:
            shown: what the mode shows. It is asked again at the end: by then something else may
                be in sight, and the scores are not of that.

        Raises:
            EngineError: the engine refused, or died.
        """
        asked = shown()
        self.goes = True
        self._desk.say("testing ...")
        progress = asyncio.create_task(self._tell_progress())
        try:
            report = await self._engine.series.backtest(*asked)
        finally:
            self.goes = False
            progress.cancel()
            self._desk.read()
        notice = self._desk.notice
        if report is None:
            notice.note("the test was ended")
        elif asked == shown():
            notice.hide()
            self._desk.take_report(report)
        else:
            notice.note(f"{asked[0]}: {report.verdict}")

    def give_up(self) -> None:
        """End the one that goes; `make` returns soon after."""
        self._engine.series.give_up()

    async def _tell_progress(self) -> None:
        while True:
            await asyncio.sleep(_LOOKED)
            try:
                done, origins = await self._engine.series.how_far()
            except EngineError:
                return
            far = f"{done:,} of {origins:,} origins" if origins else "reading"
            if origins and done == origins:
                far = "simple forecasts beside it"
            self._desk.say(f"testing: {far} · Esc ends it")
