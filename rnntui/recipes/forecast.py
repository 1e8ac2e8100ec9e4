"""What a recipe for a series may say."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rnntui.checkpoints.config import Cell, Network
from rnntui.checkpoints.forecasting import Cycle, Level, Periods, Scaling, Transform
from rnntui.data.series.levels import LEVELS
from rnntui.errors import RecipeError
from rnntui.recipes.keys import SHARE, Device, Precision, TrainingKeys


class ForecastRecipe(
    TrainingKeys,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="task",
    tag="forecast",
):
    """The keys of a recipe for a series."""

    cell: Annotated[Cell, Meta(description="recurrent cell")] = "gru"
    layers: Annotated[int, Meta(ge=1, le=32, description="recurrent layers")] = 1
    hidden: Annotated[int, Meta(ge=1, le=65536, description="units in each layer")] = 32
    dropout: Annotated[float, SHARE, Meta(description="between layers, one mask for all steps")] = (
        0.0
    )
    output_dropout: Annotated[float, SHARE, Meta(description="before the head")] = 0.1
    batch_size: Annotated[int, Meta(ge=1, le=1 << 20, description="windows side by side")] = 32
    epochs: Annotated[int, Meta(ge=0, le=1_000_000, description="readings of the series")] = 40
    lr: Annotated[float, Meta(gt=0, le=1e3, description="learning rate at its highest")] = 5e-3
    warmup: Annotated[int, Meta(ge=0, description="steps from zero to the full rate")] = 20
    split: Annotated[
        tuple[float, float, float],
        Meta(description="shares of train, validation (calibration too) and test, in time"),
    ] = (0.65, 0.15, 0.2)
    ema: Annotated[float, SHARE, Meta(description="decay of the averaged weights; 0 for none")] = (
        0.98
    )
    precision: Annotated[Precision, Meta(description="auto measures which is faster")] = "fp32"
    threads: Annotated[
        int, Meta(ge=0, le=4096, description="CPU threads; 0 measures which number is fastest")
    ] = 1
    device: Annotated[Device, Meta(description="small networks are fastest on a CPU")] = "cpu"

    corpus: Annotated[tuple[str, ...], Meta(description="a named series, or a CSV")] = ()
    column: Annotated[str, Meta(description="the column to forecast, where there are several")] = ""
    date_column: Annotated[
        str, Meta(description="the column of dates; empty finds it, none takes rows as steps")
    ] = ""
    date_format: Annotated[
        str, Meta(description="as strftime has it, %d/%m/%Y; empty finds it")
    ] = ""
    delimiter: Annotated[str, Meta(description="of the file: , ; | or tab; empty finds it")] = ""
    decimal: Annotated[str, Meta(description="of the file: . or , ; empty finds it")] = ""
    encoding: Annotated[str, Meta(description="of the file, latin-1 say; empty finds it")] = ""
    missing: Annotated[
        Literal["interpolate", "last", "drop", "refuse"],
        Meta(description="what becomes of missing values and gaps"),
    ] = "interpolate"
    duplicates: Annotated[
        Literal["refuse", "first", "last", "mean"],
        Meta(description="which of several values at one time counts"),
    ] = "refuse"
    frequency: Annotated[
        str, Meta(description="D, B, W, M, h, 15min ...; empty finds it, none takes rows as steps")
    ] = ""
    covariates: Annotated[
        tuple[str, ...], Meta(description="other columns the network reads, none for none")
    ] = ()
    window: Annotated[Periods, Meta(description="periods a forecast reads")] = 48
    horizon: Annotated[Periods, Meta(description="periods it forecasts at once")] = 12
    season: Annotated[
        int, Meta(ge=0, le=1 << 16, description="periods in a season; 0 as inferred, 1 for none")
    ] = 0
    scaling: Annotated[Scaling, Meta(description="what each window is divided by, for itself")] = (
        "standard"
    )
    transform: Annotated[Transform, Meta(description="what each value goes through first")] = "none"
    difference: Annotated[
        bool, Meta(description="subtract the value one season before, after the transform")
    ] = False
    anchor: Annotated[bool, Meta(description="forecast relative to the window's last value")] = (
        False
    )
    normalise: Annotated[
        bool, Meta(description="then bring all windows to mean 0 and deviation 1 together")
    ] = True
    cycles: Annotated[
        tuple[Cycle, ...], Meta(description="clocks to read: season, year, month, week, day")
    ] = ()
    lags: Annotated[
        tuple[Periods, ...], Meta(description="read the values so many periods before, too")
    ] = ()
    loss: Annotated[
        Literal["quantile", "mse"], Meta(description="learn quantiles, or the mean alone")
    ] = "quantile"
    levels: Annotated[
        tuple[Level, ...], Meta(description="quantiles that are learned, 0.5 among them")
    ] = LEVELS
    calibrate: Annotated[
        bool, Meta(description="widen or narrow the band until validation agrees with it")
    ] = True
    truncate: Annotated[
        int, Meta(ge=0, le=1 << 16, description="periods back-propagation reaches; 0 for all")
    ] = 0
    show_at: Annotated[
        int, Meta(ge=0, description="epochs until forecasts are shown beside what came; and at end")
    ] = 10

    def network(self) -> Network:
        """The shape of the network this recipe trains."""
        return msgspec.structs.replace(
            super().network(), reads="window", window=self.window, pooling="last"
        )

    def check(self) -> None:
        """Raise RecipeError where keys that are fine alone contradict each other."""
        super().check()
        for wrong, what, fix in self._contradictions():
            if wrong:
                raise RecipeError(what, fix)

    def _contradictions(self) -> tuple[tuple[bool, str, str], ...]:
        """(whether it is one, what, what to do) of each."""
        levels = self.levels
        ratio = self.scaling == "last"
        return (
            (
                self.tied or bool(self.embedding),
                "tied or embedding of a network that reads numbers",
                "leave them out: they are for symbols",
            ),
            (
                0.5 not in levels or any(a >= b for a, b in pairwise(levels)),
                f"levels = {list(levels)}",
                "give growing ones with 0.5 among them",
            ),
            (
                len(levels) < 3 and self.loss == "quantile",
                f"levels = {list(levels)} make no band",
                "give one below 0.5 and one above it, or set loss to mse",
            ),
            (
                ratio and self.transform != "none",
                f"scaling = 'last' with transform = {self.transform!r}",
                "a ratio is of the values as they are: leave one of them out",
            ),
            (
                ratio and self.difference,
                "scaling = 'last' with difference = true: it would divide by a difference",
                "choose another scaling, such as none",
            ),
            (
                self.difference and 1 <= self.season < self.horizon,
                f"difference = true with a season of {self.season} and a horizon of {self.horizon}",
                "set horizon to the season at most",
            ),
            (
                bool(self.truncate) and self.bidirectional,
                "truncate with bidirectional = true",
                "the backward direction has no past to cut: leave one of them out",
            ),
            (
                self.calibrate and not self.split[1] and self.loss == "quantile",
                "calibrate needs a validation part, and the split has none",
                "give split a validation share, or --no-calibrate",
            ),
            (
                len(self.corpus) > 1,
                f"{len(self.corpus)} files",
                "name one series; other columns of its file come by --covariates",
            ),
        )
