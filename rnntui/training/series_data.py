"""What a run on a series learns from: the series, its parts in time, and its scales. No torch.

The parts are cut by the values they forecast: a window of the validation part may reach back into
the training part, as it will when the model is used, and never forward.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.forecasting import Scaling, SeriesConfig
from rnntui.data.finding import Fetch
from rnntui.data.series.options import SeriesOptions
from rnntui.data.series.reading import load_series
from rnntui.data.series.series import Series
from rnntui.data.splits import bounds, check_split
from rnntui.errors import CorpusError, RecipeError
from rnntui.inference.forecast.frames import Frames
from rnntui.inference.forecast.measured import after_measured, measured_values
from rnntui.recipes.forecast import ForecastRecipe


@dataclass(frozen=True)
class SeriesData:
    """A series in three parts, and how it is scaled."""

    series: Series
    season: int
    scaling: Scaling
    config: SeriesConfig
    train: NDArray[np.int64]
    """Origins of the training part's windows: how many values are known. As in a backtest, none
    comes right after a filled value, and each has a measured value ahead."""
    val: NDArray[np.int64]
    """Those of the validation part."""
    test_points: int
    """Values of the test part, which no window of the others reaches."""
    notes: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """Of everything that is learned from."""
        digest = hashlib.sha256()
        for row in (self.series.values, *self.series.covariates.values()):
            digest.update(row.tobytes())
        if self.series.times is not None:
            digest.update(self.series.times.tobytes())
        return digest.hexdigest()


def series_of(recipe: ForecastRecipe, fetch: Fetch | None = None) -> Series:
    """Read the series a recipe names.

    Args:
        recipe: with one file or name.
        fetch: gets what is named and not here.

    Raises:
        CorpusError: there is none, or it cannot be read.
    """
    if not recipe.corpus:
        raise CorpusError(
            "there is no series to learn from", "name a CSV, or a series of `rnntui data list`"
        )
    options = SeriesOptions(
        column=recipe.column,
        date_column=recipe.date_column,
        date_format=recipe.date_format,
        covariates=recipe.covariates,
        delimiter=recipe.delimiter,
        decimal=recipe.decimal,
        encoding=recipe.encoding,
        missing=recipe.missing,
        duplicates=recipe.duplicates,
        frequency=recipe.frequency,
        season=recipe.season,
    )
    return load_series(recipe.corpus[0], options, fetch=fetch)


def prepare(recipe: ForecastRecipe, series: Series) -> SeriesData:
    """Divide a series as a recipe says, and measure its scales on the training part.

    Raises:
        CorpusError: it is too short, or constant.
        RecipeError: the recipe asks of it what it has not.
    """
    check_split(recipe.split)
    season = recipe.season or series.season
    notes = list(series.notes)
    scaling, transform = _possible(recipe, series, notes)
    if recipe.difference and season < max(2, recipe.horizon):
        raise RecipeError(
            f"difference = true with a season of {season} and a horizon of {recipe.horizon}",
            "give --season at least the horizon, or --no-difference",
        )
    known = bounds(len(series), recipe.split, "val")[1]
    config = SeriesConfig(
        column=series.column,
        frequency=series.frequency,
        transform=transform,  # type: ignore[arg-type]
        difference=recipe.difference,
        anchor=recipe.anchor,
        cycles=recipe.cycles,
        lags=recipe.lags,
        covariates=recipe.covariates,
        train_until="" if series.times is None else str(series.times[known - 1]),
        train_points=known,
    )
    frames = Frames(recipe.window, recipe.horizon, season, scaling, config)
    train = _origins(frames, *bounds(len(series), recipe.split, "train"))
    val = _origins(frames, *bounds(len(series), recipe.split, "val"))
    _check_length(recipe, series, frames, train, val)
    if series.filled is not None:
        count = len(train) + len(val)
        train, val = (_measured_ahead(frames, series, origins) for origins in (train, val))
        _check_measured(recipe, series, frames, train, val)
        if left_out := count - len(train) - len(val):
            windows = "window" if left_out == 1 else "windows"
            notes.append(f"{left_out:,} {windows} right after or before filled values left out")
    if np.ptp(series.values[: train[-1]]) == 0:
        raise CorpusError(
            f"{series.name} is constant in its training part", "there is nothing to learn"
        )
    return SeriesData(
        series, season, scaling, _measured(recipe, frames, series, train), train, val,
        len(series) - known, tuple(notes),
    )  # fmt: skip


def _possible(recipe: ForecastRecipe, series: Series, notes: list[str]) -> tuple[Scaling, str]:
    """Return scaling and transform, others where the values do not allow the recipe's."""
    least = float(series.values[: bounds(len(series), recipe.split, "val")[1]].min())
    scaling, transform = recipe.scaling, recipe.transform
    if scaling == "last" and least <= 0:
        scaling = "standard"
        notes.append(
            f"a window cannot be divided by its last value where values are not positive (the "
            f"least is {least:g}): divided by its standard deviation instead"
        )
    if (transform == "log" and least <= 0) or (transform == "sqrt" and least < 0):
        notes.append(f"no {transform} of {least:g}: the values are taken as they are")
        transform = "none"
    return scaling, transform


def _origins(frames: Frames, begin: int, end: int) -> NDArray[np.int64]:
    return np.arange(max(begin, frames.need), end - frames.horizon + 1)


def _measured_ahead(
    frames: Frames, series: Series, origins: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return those right after a measured value and with one among what comes."""
    origins = after_measured(series, origins)
    return origins[_ahead(frames, series, origins).any(1)]


def _ahead(frames: Frames, series: Series, origins: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which of the values that come were measured: (B, H)."""
    assert series.filled is not None
    measured: NDArray[np.bool_] = ~series.filled[origins[:, None] + np.arange(frames.horizon)]
    return measured


def _check_length(
    recipe: ForecastRecipe,
    series: Series,
    frames: Frames,
    train: NDArray[np.int64],
    val: NDArray[np.int64],
) -> None:
    """Raise CorpusError, naming the length that would do, where a part holds no window."""
    if len(train) >= 2 and (len(val) or not recipe.split[1]):
        return
    need = int((frames.need + recipe.horizon + 2) / recipe.split[0]) + 1
    if recipe.split[1]:
        need = max(need, int((recipe.horizon + 1) / recipe.split[1]) + 1)
    raise CorpusError(
        f"{series.name} has {len(series):,} values, too few for windows of {frames.need} and "
        f"{recipe.horizon} steps ahead in each part",
        f"it needs about {need:,}; shorten --window or --horizon, or bring more",
    )


def _check_measured(
    recipe: ForecastRecipe,
    series: Series,
    frames: Frames,
    train: NDArray[np.int64],
    val: NDArray[np.int64],
) -> None:
    """Raise CorpusError where filled values leave too little, or a step that nothing teaches."""
    never = np.flatnonzero(~_ahead(frames, series, train).any(0)) + 1
    if len(never):
        steps = "step" if never[0] == 1 else "steps"
        what = f"of the training part none was measured {never[0]} {steps} after another"
    elif len(train) < 2:
        what = "too little of the training part is left"
    elif recipe.split[1] and not len(val):
        what = "nothing of the validation part is left"
    else:
        return
    count = np.isnan(measured_values(series)).sum()
    raise CorpusError(
        f"{count:,} of {len(series):,} values of {series.name} are filled in, not measured: {what}",
        "choose --missing drop, or bring a series with fewer gaps",
    )


def _measured(
    recipe: ForecastRecipe, frames: Frames, series: Series, train: NDArray[np.int64]
) -> SeriesConfig:
    """Return the configuration with the scales of the training windows."""
    windows = frames.scale(series.values[train[:, None] + np.arange(-frames.need, 0)])
    spread = float(windows.window.std(1).mean()) if frames.scaling == "last" else 1.0
    found = {"spread": spread if spread > 0 else 1.0}
    if recipe.normalise:
        unit = float(windows.window.std())
        found |= {"shift": float(windows.window.mean()), "unit": unit if unit > 1e-12 else 1.0}
    return msgspec.structs.replace(frames.series, **found)
