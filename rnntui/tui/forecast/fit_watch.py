"""Following a fit on the screen: its loss, and the forecast of what it has learned so far."""

from __future__ import annotations

import asyncio

import msgspec

from rnntui.engine.client import Client, EngineError
from rnntui.engine.protocol.forecast import Source
from rnntui.tui.forecast.desk import ForecastDesk
from rnntui.tui.forecast.fit_process import Fit
from rnntui.tui.forecast.sheet import levels
from rnntui.tui.train import plots

_LOOKED = 0.3
"""Seconds between two looks."""


async def follow(fit: Fit, source: Source, desk: ForecastDesk, engine: Client) -> None:
    """Draw a fit until it ends.

    Args:
        fit: that has begun.
        source: the series it is fitted to.
        desk: where it is drawn.
        engine: which forecasts with the best network so far.
    """
    goes = True
    while goes:
        goes = fit.goes  # looked at first, so that the last words are read
        if await asyncio.to_thread(fit.look):
            desk.loss.show(plots.loss(fit.seen, "epochs"))
            await _forecast_so_far(fit, source, desk, engine)
        desk.say(fit.said())
        await asyncio.sleep(_LOOKED if goes else 0)


async def _forecast_so_far(fit: Fit, source: Source, desk: ForecastDesk, engine: Client) -> None:
    """Let the best network so far forecast; one half written is met at the next look."""
    shown = desk.sheet.chart if desk.sheet else None
    if not fit.checkpoint or shown is None:
        return
    try:
        await engine.load(fit.checkpoint)
        fan = await engine.series.forecast(
            fit.checkpoint, source, desk.turned("horizon"), levels=levels(desk.band)
        )
    except EngineError:
        return
    # Another series may have been opened meanwhile.
    if fan and desk.sheet and desk.sheet.chart is shown and shown.column == source.column:
        desk.take(msgspec.structs.replace(fan, model=fit.plan.name))
