"""Forecasting as the engine serves it: series read, continued, and models tested on them.

On two threads: a backtest takes a minute, and meanwhile a knob that is turned is answered at once.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import ClassVar, TypeVar

import msgspec
import numpy as np

from rnntui.data.series.levels import LEVELS
from rnntui.data.series.mending import shown
from rnntui.data.series.series import Series
from rnntui.engine.pipes import Helper
from rnntui.engine.protocol import Request
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
    Lane,
    Open,
    Opened,
    Report,
    Row,
    SoFar,
    Survey,
    Surveyed,
)
from rnntui.engine.series_shelf import (
    Shelf,
    chart,
    learned,
    named_series,
    times_ahead,
    written,
)
from rnntui.engine.service import Service, Tools
from rnntui.errors import BadOption
from rnntui.inference.forecast.backtest import backtest
from rnntui.inference.forecast.model import ForecastModel
from rnntui.inference.forecast.origins import Plan
from rnntui.inference.forecast.remarks import remarks_on
from rnntui.inference.forecast.scores import Backtest as Found
from rnntui.inference.forecast.scores import Origins, Scores

_Result = TypeVar("_Result")


class _GivenUp(Exception):
    """The backtest is no longer wanted."""


@dataclass
class _Test:
    """A backtest that is being made."""

    request: int
    done: int = 0
    origins: int = 0
    given_up: threading.Event = field(default_factory=threading.Event)

    def progress(self, done: int, origins: int) -> None:
        """Take how far it is; raises _GivenUp where it is no longer wanted."""
        self.done, self.origins = done, origins
        if self.given_up.is_set():
            raise _GivenUp


class Forecasting(Service):
    """Answers what is asked of series."""

    takes: ClassVar[tuple[type[Request], ...]] = (
        Catalogue, Survey, Open, Forecast, Backtest, HowFar, GiveUp,
    )  # fmt: skip

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._thread = Helper(tools.inbox)
        self._tests = Helper(tools.inbox)
        self._shelf, self._test_shelf = Shelf(), Shelf()  # each lives on its thread
        self._asked: Forecast | None = None
        self._test: _Test | None = None

    def handle(self, request: Request) -> None:
        """Take a request."""
        match request:
            case Catalogue():
                self._answer(request.request, lambda: Catalogued(request.request, named_series()))
            case Survey():
                self._answer(
                    request.request,
                    lambda: Surveyed(request.request, *self._shelf.columns(request.source)),
                )
            case Open():
                self._answer(request.request, lambda: self._opened(request))
            case Forecast():
                self._forecast(request)
            case Backtest():
                self._backtest(request)
            case HowFar():
                test = self._test
                far = (test.done, test.origins) if test else (0, 0)
                self.tools.send(SoFar(request.request, *far))
            case GiveUp():
                if self._test:
                    self._test.given_up.set()

    def _answer(self, request: int, work: Callable[[], object]) -> None:
        """Do some work on the thread, and send what comes of it."""

        def then(result: object) -> None:
            if isinstance(result, Exception):
                self.tools.fail(result, request)
            else:
                self.tools.send(result)  # type: ignore[arg-type]

        self._thread.submit(work, then)

    def _opened(self, request: Open) -> Opened:
        drawn = chart(self._shelf.series(request.source))
        return Opened(request.request, drawn, learned(drawn.name))

    # ---- continuing ----

    def _forecast(self, request: Forecast) -> None:
        if self._asked:
            self.tools.send(Forecasted(self._asked.request, None))
        self._asked = request

        def answer(result: Fan | Exception | None) -> None:
            if self._asked is not request:
                return  # a newer one came, and this one has its answer
            self._asked = None
            if isinstance(result, Exception):
                self.tools.fail(result, request.request)
            else:
                self.tools.send(Forecasted(request.request, result))

        def work(model: ForecastModel) -> Fan | None:
            if self._asked is not request:
                return None
            return _fan(self._shelf, model, request)

        def then(result: ForecastModel | Exception) -> None:
            if isinstance(result, ForecastModel):
                self.tools.yield_to_the_screen()
                self._thread.submit(lambda: work(result), answer)
            else:
                answer(result)

        self.tools.host.want(request.model, ForecastModel, then)

    # ---- testing ----

    def _backtest(self, request: Backtest) -> None:
        if self._test:
            raise BadOption("a backtest is being made", "wait for it, or give it up")
        test = self._test = _Test(request.request)

        def answer(result: Report | Exception) -> None:
            self._test = None
            if isinstance(result, _GivenUp) or test.given_up.is_set():
                self.tools.send(Backtested(request.request, None))
            elif isinstance(result, Exception):
                self.tools.fail(result, request.request)
            else:
                self.tools.send(Backtested(request.request, result))

        def then(result: ForecastModel | Exception) -> None:
            if isinstance(result, ForecastModel):
                self.tools.yield_to_the_screen()
                self._tests.submit(lambda: _tested(self._test_shelf, result, request, test), answer)
            else:
                answer(result)

        self.tools.host.want(request.model, ForecastModel, then)


def reading(model: ForecastModel, window: int) -> ForecastModel:
    """Return a model that reads windows of another length; 0 leaves it as it learned.

    A recurrent network reads any number of steps; scores tell what it is worth with another.
    """
    if window in (0, model.config.network.window):
        return model
    network = msgspec.structs.replace(model.config.network, window=window)
    return replace(model, config=msgspec.structs.replace(model.config, network=network))


def _fan(shelf: Shelf, model: ForecastModel, request: Forecast) -> Fan:
    series = shelf.series(request.source, model.series.covariates)
    asked = reading(model, request.window)
    horizon = request.horizon or model.network.horizon
    said = asked.forecast(series, horizon, request.levels)
    until = model.train_until
    return Fan(
        model.name,
        model.network.horizon,
        model.config.network.window or 0,
        times_ahead(series, horizon),
        said.levels,
        tuple(tuple(row) for row in said.values.tolist()),
        tuple(remarks_on(asked, series, horizon)),
        shown(until) if isinstance(until, np.datetime64) else "",
    )


def _tested(shelf: Shelf, model: ForecastModel, request: Backtest, test: _Test) -> Report:
    series = shelf.series(request.source, model.series.covariates)
    horizon = request.horizon or model.network.horizon
    # AutoETS cannot be given up half way; `rnntui forecast --backtest` has it.
    plan = Plan(horizon, auto_ets=False)
    return report(backtest(reading(model, request.window), series, plan, test.progress), series)


def report(found: Found, series: Series) -> Report:
    """Return a backtest as the app shows it."""
    own = Scores(
        *(found.mae, found.rmse, found.mase, found.crps),
        *(found.coverage_50, found.coverage_80, found.coverage_95),
    )
    rows = [_row(found.forecaster, own)]
    rows += [_row(row.name, row.scores) for row in found.baselines if row.scores]
    steps = dict.fromkeys((1, found.horizon))
    return Report(
        found.verdict,
        found.seasonal_verdict,
        found.skill,
        tuple(found.skill_interval or ()),
        found.origins,
        found.every,
        found.horizon,
        "" if found.train_until is None else str(found.train_until),
        tuple(rows),
        tuple(_lane(found.all_origins, series, step) for step in steps),
        found.notes,
    )


def _row(name: str, scores: Scores) -> Row:
    return Row(name, **scores.plain())


def _lane(origins: Origins, series: Series, step: int) -> Lane:
    places = origins.at + step - 1
    times = [str(at) for at in places] if series.times is None else written(series.times[places])
    low, high = (origins.quantiles[:, LEVELS.index(level), step - 1] for level in (0.1, 0.9))
    actual = origins.actual[:, step - 1].tolist()
    return Lane(
        step,
        tuple(times),
        tuple(None if math.isnan(value) else value for value in actual),
        tuple(origins.median[:, step - 1].tolist()),
        tuple(low.tolist()),
        tuple(high.tolist()),
        tuple(origins.naive[:, step - 1].tolist()),
    )
