"""Messages of forecasting: what series there are, one of them read, continued, and tested.

Files are read where the engine is. Of a long series its end is sent: what is drawn.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from rnntui.engine.parts import Count, Part
from rnntui.engine.protocol.base import Event, Request

LONGEST_SHOWN = 20_000
"""Values of a series that are sent, its last ones: a screen has two hundred columns."""
MOST_COLUMNS = 2_000
"""Columns of a file that are listed."""


class Source(Part, frozen=True):
    """A column of a file, and how it is to be read; "" finds a thing out."""

    file: str
    """The path of a CSV where the engine is, or a named series."""
    column: str = ""
    """Its name, or its number from 1."""
    date_column: str = ""
    """The column of dates, or none."""
    date_format: str = ""
    """As strftime has it: %d/%m/%Y."""
    delimiter: str = ""
    """, ; | or tab."""
    decimal: str = ""
    """A point or a comma."""
    encoding: str = ""
    """Of its text, where it is neither UTF-8 nor UTF-16 nor Windows-1252."""
    missing: Literal["interpolate", "last", "drop", "refuse"] = "interpolate"
    """What becomes of missing values and gaps."""
    duplicates: Literal["refuse", "first", "last", "mean"] = "refuse"
    """Which of several values at one time counts."""
    frequency: str = ""
    """D, B, W, M, h, 15min and so on."""
    season: Count = 0
    """Steps in a season; 0 finds it, 1 is none."""


class NamedSeries(Part, frozen=True):
    """A series that has a name."""

    name: str
    """What to open it by."""
    about: str
    """What it is."""
    here: bool
    """Whether it is on the engine's machine; else opening it downloads it."""


class ColumnOfNumbers(Part, frozen=True):
    """A column of a file, as a list shows it."""

    name: str
    """Its header."""
    count: Count
    """Values that are there."""
    missing: Count
    """Values that are not."""
    low: float
    """The lowest."""
    high: float
    """The highest."""
    line: tuple[float | None, ...]
    """Its course in at most 64 means, from 0 for the lowest value to 1; null in gaps."""


class Chart(Part, frozen=True):
    """A series as it is drawn."""

    name: str
    """What messages call it."""
    column: str
    """The column of the file."""
    values: tuple[float, ...]
    """Its last values, complete and in order."""
    times: tuple[str, ...]
    """Of each value; empty where the file has no dates."""
    before: Count
    """Values before those that were sent."""
    filled: tuple[int, ...]
    """Places among `values` that the file does not have."""
    frequency: str
    """"" for none."""
    season: Count
    """Steps; 1 for none."""
    notes: tuple[str, ...]
    """What was mended and by which rule, a sentence each."""


class Row(Part, frozen=True):
    """Scores of one forecaster; null where nothing could be measured."""

    name: str
    """The forecaster."""
    mae: float | None
    """Mean absolute error, in the series' units."""
    rmse: float | None
    """Root mean squared error."""
    mase: float | None
    """MAE by that of repeating the last season in the fitted part."""
    crps: float | None
    """Mean quantile loss."""
    coverage_50: float | None
    """Share of values inside the band of 50 %."""
    coverage_80: float | None
    """Likewise of 80 %."""
    coverage_95: float | None
    """Likewise of 95 %."""


class Lane(Part, frozen=True):
    """What was forecast so many steps ahead, beside what came; one entry an origin."""

    step: int
    """From 1."""
    times: tuple[str, ...]
    """Of the values that were forecast, or their places in the series."""
    actual: tuple[float | None, ...]
    """What came; null where it was filled in."""
    median: tuple[float, ...]
    """The forecast."""
    low: tuple[float, ...]
    """Lower end of the band of 80 %."""
    high: tuple[float, ...]
    """Upper end."""
    naive: tuple[float, ...]
    """The last value known."""


class Report(Part, frozen=True):
    """What a backtest found."""

    verdict: str
    """In plain words, against repeating the last value."""
    seasonal_verdict: str
    """Against repeating the last season; "" without one."""
    skill: float | None
    """1 - MAE / MAE of repeating the last value; null where that does not err."""
    skill_interval: tuple[float, ...]
    """Its two ends, 95 %; empty with too few origins."""
    origins: Count
    """Forecasts that were scored."""
    every: Count
    """Steps from one origin to the next."""
    horizon: Count
    """Steps ahead."""
    train_until: str
    """The last time that the model was fitted on; "" where it says none."""
    rows: tuple[Row, ...]
    """The model first, then the baselines."""
    lanes: tuple[Lane, ...]
    """The first step ahead, and the last."""
    notes: tuple[str, ...]
    """What was left out, a sentence each."""


class Catalogue(Request, frozen=True):
    """Ask which series have a name. Answered by `catalogued`."""

    request: int
    """Comes back in the answer."""


class Survey(Request, frozen=True):
    """Ask what columns a file has. Answered by `surveyed`."""

    request: int
    """Comes back in the answer."""
    source: Source
    """The file; its column is not looked at."""


class Open(Request, frozen=True):
    """Read one series. Answered by `opened`."""

    request: int
    """Comes back in the answer."""
    source: Source
    """What to read."""


class Forecast(Request, frozen=True):
    """Continue a series. Answered by `forecasted`; a newer one replaces it, answered with null."""

    request: int
    """Comes back in the answer."""
    model: str
    """Loaded first when it is not yet."""
    source: Source
    """The series."""
    horizon: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    """Steps; 0 for as many as the model gives at once."""
    window: Annotated[int, msgspec.Meta(ge=0, le=65_536)] = 0
    """Periods that the network reads; 0 for as many as it learned with."""
    levels: tuple[float, ...] = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
    """Growing, between 0 and 1."""


class Backtest(Request, frozen=True):
    """Score a model on a series beside baselines. Answered by `backtested`; one at a time."""

    request: int
    """Comes back in the answer."""
    model: str
    """Loaded first when it is not yet."""
    source: Source
    """The series."""
    horizon: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    """As of `forecast`."""
    window: Annotated[int, msgspec.Meta(ge=0, le=65_536)] = 0
    """As of `forecast`."""


class HowFar(Request, frozen=True):
    """Ask how far a backtest is. Answered by `sofar`."""

    request: int
    """Comes back in the answer."""


class GiveUp(Request, frozen=True):
    """Give the backtest up that is being made. Nothing if there is none."""


class Catalogued(Event, frozen=True):
    """Answers `catalogue`."""

    request: int
    """The request it answers."""
    series: tuple[NamedSeries, ...]
    """Those first that are here."""


class Surveyed(Event, frozen=True):
    """Answers `survey`."""

    request: int
    """The request it answers."""
    columns: tuple[ColumnOfNumbers, ...]
    """The columns of numbers, at most 2,000."""
    column: str
    """The one a named series is known for, or the only one; else ""."""


class Opened(Event, frozen=True):
    """Answers `open`."""

    request: int
    """The request it answers."""
    chart: Chart
    """The series."""
    model: str
    """A model of the library that learned a series of this name; "" for none."""


class Fan(Part, frozen=True):
    """A forecast. H steps, Q levels."""

    model: str
    """Who made it."""
    own_horizon: int
    """Steps it gives at once; beyond, paths are sampled."""
    own_window: int
    """Periods it learned to read."""
    times: tuple[str, ...]
    """(H,): of the steps, or their places in the series from 0."""
    levels: tuple[float, ...]
    """(Q,)."""
    rows: tuple[tuple[float, ...], ...]
    """(Q, H): quantiles, which never cross."""
    notes: tuple[str, ...]
    """What is to be said of it."""
    train_until: str
    """The last time it learned from; "" where it says none."""


class Forecasted(Event, frozen=True):
    """Answers `forecast`."""

    request: int
    """The request it answers."""
    fan: Fan | None
    """Null where a newer request came first."""


class Backtested(Event, frozen=True):
    """Answers `backtest`."""

    request: int
    """The request it answers."""
    report: Report | None
    """Null where it was given up."""


class SoFar(Event, frozen=True):
    """Answers `howfar`."""

    request: int
    """The request it answers."""
    done: Count
    """Origins that are done."""
    origins: Count
    """Of how many; 0 before that is known, and where no backtest is being made."""


Requests = Catalogue | Survey | Open | Forecast | Backtest | HowFar | GiveUp
"""What can be asked of series."""

Events = Catalogued | Surveyed | Opened | Forecasted | Backtested | SoFar
"""What is answered."""
