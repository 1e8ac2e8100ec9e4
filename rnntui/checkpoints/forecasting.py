"""What `config.json` says of a forecaster: how a series becomes what the network reads, and back.

All of it is arithmetic that another program can redo: `docs/format.md` writes the formulas down.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Literal

import msgspec

Scaling = Literal["last", "standard", "mean-absolute", "none"]
"""What a window is divided by: its last value (after subtracting it), its standard deviation (after
subtracting its mean), the mean of its absolute values, or nothing."""
Transform = Literal["none", "log", "sqrt"]
"""What every value goes through first."""
Cycle = Literal["season", "year", "month", "week", "day"]
"""A clock the network may see: the place in the season by counting, or in the calendar by time."""

Level = Annotated[float, msgspec.Meta(gt=0, lt=1)]
Periods = Annotated[int, msgspec.Meta(ge=1, le=1 << 16)]

BAND = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
"""The levels of a point forecaster's band, taken from its residuals."""


class SeriesConfig(msgspec.Struct, frozen=True):
    """The way from a series to the network's input, and from its output back."""

    column: str = ""
    """What it was trained on, for people."""
    frequency: str = ""
    """Likewise."""
    transform: Transform = "none"
    difference: bool = False
    """Whether the value one season before is subtracted from each, after the transform."""
    anchor: bool = False
    """Whether outputs are relative to the window's last value."""
    cycles: tuple[Cycle, ...] = ()
    """Each a sine and a cosine among the inputs, after the value."""
    lags: tuple[Periods, ...] = ()
    """Each the value so many periods before, among the inputs, after the cycles."""
    covariates: tuple[str, ...] = ()
    """Other columns among the inputs, last, each standardised over the window."""
    shift: float = 0.0
    """Mean of the scaled training windows; subtracted, then divided by `unit`."""
    unit: float = 1.0
    """Their standard deviation."""
    spread: float = 1.0
    """The mean standard deviation of a training window scaled by "last". What such a window is
    divided by, times its own standard deviation, where it holds values that are not positive."""
    persistence: tuple[float, ...] = ()
    """(horizon - 1,): correlation of the errors, as normal scores, of each step and the next one;
    by it paths are drawn."""
    offsets: tuple[tuple[float, ...], ...] = ()
    """(horizon, len(BAND)): of point forecasters, what is added to the forecast for each level."""
    train_until: str = ""
    """The time of the last value that training or calibration saw; "" where the series has none."""
    train_points: int = 0
    """How many values those are."""


def no_forecaster(
    scaling: str | None,
    quantiles: tuple[float, ...] | None,
    horizon: int | None,
    season: int | None,
    series: SeriesConfig | None,
) -> str:
    """Return why these fields are no forecaster's, "" where they are."""
    if scaling is None or quantiles is None or horizon is None or series is None:
        return "a forecaster must say its scaling, quantiles, horizon and series"
    if any(a >= b for a, b in pairwise(quantiles)):
        return "quantiles must grow"
    if quantiles and 0.5 not in quantiles:
        return "quantiles must hold the median, 0.5"
    if not quantiles and len(series.offsets) not in (0, horizon):
        return "a point forecaster's band must have a row for each step"
    if any(len(row) != len(BAND) for row in series.offsets):
        return f"a point forecaster's band must have {len(BAND)} levels"
    if series.difference and (season is None or season < horizon):
        return "a seasonal difference needs a season of at least the horizon"
    if "season" in series.cycles and season is None:
        return "a cycle of the season needs one"
    if series.transform != "none" and scaling == "last":
        return "a ratio to the last value needs values as they are"
    if series.difference and scaling == "last":
        return "a ratio to the last value makes no sense of differences"
    if len(series.persistence) not in (0, horizon - 1):
        return "persistence must have a number for each step but the first"
    numbers = (series.shift, series.unit, series.spread, *series.persistence)
    if not all(map(math.isfinite, numbers)) or min(series.unit, series.spread) <= 0:
        return "the scales of a series must be finite and positive"
    if any(abs(value) > 1 for value in series.persistence):
        return "persistence must lie between -1 and 1"
    rows = series.offsets
    if any(not math.isfinite(value) for row in rows for value in row):
        return "a band's offsets must be finite"
    return ""
