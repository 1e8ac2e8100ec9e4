"""What the app asks of series and of models that forecast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from rnntui.engine.chat_client import AsksAndTells
from rnntui.engine.interface import clean
from rnntui.engine.protocol.forecast import (
    Backtest,
    Backtested,
    Catalogue,
    Catalogued,
    Fan,
    Forecast,
    Forecasted,
    GiveUp,
    HowFar,
    NamedSeries,
    Open,
    Opened,
    Report,
    SoFar,
    Source,
    Survey,
    Surveyed,
)

LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
"""The ends of the bands of 50, 80, 90 and 95 %, and the median: all that may be shown, asked for
together, so that another band needs no other forecast."""


class Series:
    """Series read, continued and tested by an engine.

    Args:
        asks: the engine.
    """

    def __init__(self, asks: AsksAndTells) -> None:
        self._asks = asks

    async def catalogue(self) -> tuple[NamedSeries, ...]:
        """Return the series that have a name."""
        return (await self._asks.ask(Catalogue(self._asks.number()), Catalogued)).series

    async def survey(self, source: Source) -> Surveyed:
        """Return the columns of a file.

        Raises:
            EngineError: it cannot be read.
        """
        return await self._asks.ask(Survey(self._asks.number(), _clean(source)), Surveyed)

    async def open(self, source: Source) -> Opened:
        """Read a series.

        Raises:
            EngineError: it cannot be read.
        """
        return await self._asks.ask(Open(self._asks.number(), _clean(source)), Opened)

    async def forecast(
        self,
        model: str,
        source: Source,
        horizon: int = 0,
        window: int = 0,
        levels: Sequence[float] = LEVELS,
    ) -> Fan | None:
        """Continue a series; None when a newer call came first.

        Args:
            model: a name of the library or a folder.
            source: the series.
            horizon: steps; 0 for as many as the model gives at once.
            window: periods that it reads; 0 for as many as it learned with.
            levels: of the quantiles, growing.

        Raises:
            EngineError: the model cannot be loaded, or cannot continue this series.
        """
        request = Forecast(
            self._asks.number(), clean(model), _clean(source), horizon, window, tuple(levels)
        )
        return (await self._asks.ask(request, Forecasted)).fan

    async def backtest(
        self, model: str, source: Source, horizon: int = 0, window: int = 0
    ) -> Report | None:
        """Score a model beside baselines; None when it was given up. Arguments as `forecast`.

        Raises:
            EngineError: the series is too short, another backtest is being made, and so on.
        """
        number = self._asks.number()
        request = Backtest(number, clean(model), _clean(source), horizon, window)
        return (await self._asks.ask(request, Backtested)).report

    async def how_far(self) -> tuple[int, int]:
        """Return how many origins of the backtest are done, and of how many."""
        answer = await self._asks.ask(HowFar(self._asks.number()), SoFar)
        return answer.done, answer.origins

    def give_up(self) -> None:
        """Give the backtest up."""
        self._asks.tell(GiveUp())


def _clean(source: Source) -> Source:
    kept = {
        name: clean(value)
        for name, value in msgspec.structs.asdict(source).items()
        if isinstance(value, str)
    }
    return msgspec.structs.replace(source, **kept)


class Forecasts(Protocol):
    """What the app needs: `Series` has it, and so has the tests' own."""

    async def catalogue(self) -> tuple[NamedSeries, ...]:
        """Return the series that have a name."""

    async def survey(self, source: Source) -> Surveyed:
        """Return the columns of a file."""

    async def open(self, source: Source) -> Opened:
        """Read a series."""

    async def forecast(
        self,
        model: str,
        source: Source,
        horizon: int = 0,
        window: int = 0,
        levels: Sequence[float] = LEVELS,
    ) -> Fan | None:
        """Continue a series."""

    async def backtest(
        self, model: str, source: Source, horizon: int = 0, window: int = 0
    ) -> Report | None:
        """Score a model."""

    async def how_far(self) -> tuple[int, int]:
        """Return how far the backtest is."""

    def give_up(self) -> None:
        """Give the backtest up."""
