"""`rnntui forecast`: a column of a CSV continued, its band, and how far to trust it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnntui.cli.given import not_empty
from rnntui.cli.output import print_json, say
from rnntui.errors import BadOption

if TYPE_CHECKING:
    from rnntui.data.series.series import Series
    from rnntui.inference.forecast.interface import Forecaster
    from rnntui.inference.forecast.model import ForecastModel
    from rnntui.inference.forecast.origins import Plan
    from rnntui.inference.forecast.scores import Backtest
    from rnntui.training.forecasting import Fitter

LEVELS = "0.025,0.1,0.25,0.5,0.75,0.9,0.975"


@dataclass(frozen=True)
class Asked:
    """What the options say."""

    model: str
    file: str
    horizon: int
    levels: tuple[float, ...]
    fit: bool
    chosen: dict[str, Any]
    """Recipe keys for --fit."""
    reading: dict[str, Any]
    """Of `SeriesOptions`."""
    backtest: bool
    every: int
    refit: bool
    fraction: float
    seed: int
    fixed_band: bool


def forecast(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="[MODEL] FILE",
            help="A name or folder (default: djia-gru), and a CSV or a named series.",
            show_default=False,
        ),
    ],
    column: Annotated[str, typer.Option(help="The column to forecast, by name or number.")] = "",
    horizon: Annotated[
        int, typer.Option(help="Steps ahead.", show_default="as many as the model gives at once")
    ] = 0,
    levels: Annotated[str, typer.Option(help="Quantiles, with commas between.")] = LEVELS,
    fit: Annotated[
        bool, typer.Option("--fit", help="Train a small network on this series first.")
    ] = False,
    cell: Annotated[str, typer.Option(help="Of --fit: rnn, lstm or gru.")] = "",
    window: Annotated[int, typer.Option(help="Of --fit: periods that a forecast reads.")] = 0,
    epochs: Annotated[int, typer.Option(help="Of --fit: readings of the series.")] = 0,
    backtest: Annotated[
        bool, typer.Option("--backtest", help="Score it on the last part, beside baselines.")
    ] = False,
    every: Annotated[int, typer.Option(help="Of --backtest: steps between origins.")] = 0,
    refit: Annotated[
        bool, typer.Option("--refit", help="Of --backtest with --fit: fit anew at each origin.")
    ] = False,
    fraction: Annotated[
        float, typer.Option(help="Of --backtest: the first part, which is never scored.")
    ] = 0.8,
    fixed_band: Annotated[
        bool,
        typer.Option(
            "--fixed-band",
            help="Leave the band as wide as learned; else it follows how the last ones held.",
        ),
    ] = False,
    plot: Annotated[bool, typer.Option("--plot", help="Draw history, median and band.")] = False,
    csv: Annotated[
        str, typer.Option(help="Write the forecast into a CSV; - prints it.", callback=not_empty)
    ] = "",
    season: Annotated[int, typer.Option(help="Steps in a season; 0 finds it, 1 is none.")] = 0,
    frequency: Annotated[str, typer.Option(help="D, B, W, M, h, 15min ...; empty finds it.")] = "",
    date_column: Annotated[str, typer.Option(help="The column of dates, or none.")] = "",
    date_format: Annotated[str, typer.Option(help="As strftime has it: %d/%m/%Y.")] = "",
    covariate: Annotated[
        list[str] | None, typer.Option(help="Another column to read beside; may be repeated.")
    ] = None,
    delimiter: Annotated[str, typer.Option(help="Of the file: , ; | or tab.")] = "",
    decimal: Annotated[str, typer.Option(help="Of the file: . or ,")] = "",
    encoding: Annotated[str, typer.Option(help="Of the file: latin-1, say.")] = "",
    missing: Annotated[
        str, typer.Option(help="Missing values: interpolate, last, drop, refuse.")
    ] = "interpolate",
    duplicates: Annotated[
        str, typer.Option(help="Several values at one time: refuse, first, last, mean.")
    ] = "refuse",
    seed: Annotated[int, typer.Option(min=0, help="Of sampled paths, and of --fit.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Continue a series, with a band for how sure that is.

    Beyond the steps that a model gives at once, paths are sampled.
    """
    asked = Asked(
        *_places(names, fit),
        horizon,
        _levels(levels),
        fit,
        _chosen(fit, cell=cell, window=window, epochs=epochs, season=season) | {"seed": seed},
        {
            "column": column,
            "date_column": date_column,
            "date_format": date_format,
            "covariates": tuple(covariate or ()),
            "delimiter": delimiter,
            "decimal": decimal,
            "encoding": encoding,
            "missing": missing,
            "duplicates": duplicates,
            "frequency": frequency,
            "season": season,
        },
        backtest,
        every,
        refit,
        fraction,
        seed,
        fixed_band,
    )
    if refit and not (fit and backtest):
        raise BadOption("--refit fits a network anew", "give --fit and --backtest with it")
    if horizon < 0:
        raise BadOption(f"--horizon is {horizon}", "choose 1 or more, or 0 for the model's own")
    if csv == "-" and (json or plot or backtest):
        raise BadOption("--csv - prints a CSV and nothing else", "name a file, or ask for it alone")
    _run(asked, plot, csv, json)


def _places(names: list[str], fit: bool) -> tuple[str, str]:
    """Return model and file."""
    if len(names) > 2:
        raise BadOption(f"{len(names)} names", "give a model and a file, or a file alone")
    if len(names) == 2 and not names[0]:
        raise BadOption("MODEL is empty", "give it a value or leave it out")
    if len(names) == 2 and fit:
        raise BadOption("--fit trains a model, and one is named", "leave one of them out")
    return (names[0], names[1]) if len(names) == 2 else ("", names[0])


def _levels(text: str) -> tuple[float, ...]:
    try:
        found = sorted({float(part) for part in text.replace(",", " ").split()})
    except ValueError:
        found = []
    if not found or not 0 < found[0] <= found[-1] < 1:
        raise BadOption(f"--levels is {text!r}", "give numbers between 0 and 1: 0.1,0.5,0.9")
    return tuple(found)


def _chosen(fit: bool, **keys: Any) -> dict[str, Any]:
    """Return the recipe keys that were given."""
    chosen = {key: value for key, value in keys.items() if value}
    for key in ("cell", "window", "epochs"):
        if key in chosen and not fit:
            raise BadOption(f"--{key} is of a network that is fitted", "give --fit with it")
    if chosen.get("cell", "gru") not in ("rnn", "lstm", "gru"):
        raise BadOption(f"--cell is {chosen['cell']!r}", "choose rnn, lstm or gru")
    for key in ("window", "epochs"):
        if not 0 <= chosen.get(key, 0) <= 65_536:
            raise BadOption(f"--{key} is {chosen[key]}", "give a number from 1 to 65536")
    return chosen


def _run(asked: Asked, plot: bool, csv: str, json: bool) -> None:
    from rnntui.inference.blas import hold_to_one_thread

    hold_to_one_thread()  # before NumPy is imported, which reads it once
    from rnntui.cli import forecast_output as output
    from rnntui.inference.forecast.model import LONGEST
    from rnntui.inference.forecast.origins import Plan
    from rnntui.inference.forecast.remarks import remarks_on

    if asked.horizon > LONGEST:  # before a network is fitted for it
        raise BadOption(
            f"a horizon of {asked.horizon:,} steps", f"ask for one from 1 to {LONGEST:,}"
        )
    # Refused here, if at all: before anything is read or fitted.
    plan = Plan(asked.horizon or 1, asked.every, asked.fraction, asked.refit)
    target = output.csv_target(csv, asked.file) if csv else None
    model = None if asked.fit else _load(asked)
    series = _series(asked, model)
    for note in series.notes:
        say(f"note: {note}")
    tested = plan.fitted_part(len(series)) if asked.backtest else None
    fitter = _fitter(asked, series) if asked.fit else None
    if model is None:
        assert fitter
        # A model that is tested may not have seen the part that it is tested on.
        model = fitter.fit(series if tested is None else series.head(tested))
    model = replace(model, adapts=not asked.fixed_band)
    horizon = asked.horizon or model.network.horizon
    said = model.forecast(series, horizon, asked.levels)
    for remark in remarks_on(model, series, horizon, tested):
        say(f"note: {remark}")
    plan = replace(plan, horizon=horizon)
    tested_by = fitter if asked.refit and fitter else model
    found = _backtest(plan, tested_by, series) if asked.backtest else None
    if csv:
        output.write_csv(target, series, said)
    if json:
        print_json(output.document(model, series, said, found))
        return
    if plot:
        output.draw_forecast(series, said)
    elif not csv:
        output.print_forecast(series, said)
    if found:
        output.print_backtest(found, series)


def _load(asked: Asked) -> ForecastModel:
    from rnntui.checkpoints.library import DEFAULTS, default_model
    from rnntui.inference.loading import load_forecaster

    model = asked.model or default_model(DEFAULTS["forecast"])
    return replace(load_forecaster(model), seed=asked.seed)


def _series(asked: Asked, model: ForecastModel | None) -> Series:
    """Read the series, and beside it the columns that a model reads."""
    from rnntui.cli.data import fetch
    from rnntui.data.series.options import SeriesOptions
    from rnntui.data.series.reading import load_series

    reading = dict(asked.reading)
    if model is not None:
        wanted = [*reading["covariates"], *model.series.covariates]
        reading["covariates"] = tuple(dict.fromkeys(wanted))
    return load_series(asked.file, SeriesOptions(**reading), fetch=fetch, say=say)


def _fitter(asked: Asked, series: Series) -> Fitter:
    from rnntui.extras import require_torch

    require_torch("fitting a network")
    from rnntui.training.events import Finished, Started
    from rnntui.training.forecasting import Fitter

    def watch(event: object) -> None:
        if isinstance(event, Started):
            say(
                f"fitting a network of {event.parameters:,} parameters on {event.data.name}: "
                f"{event.data.parts[0]:,} + {event.data.parts[1]:,} windows"
            )
            for warning in event.warnings:
                if warning not in series.notes:
                    say(f"note: {warning}")
        elif isinstance(event, Finished):
            say(f"fitted in {event.seconds:.0f} s")

    return Fitter(asked.chosen, asked.horizon, watch)


def _backtest(plan: Plan, forecaster: Forecaster, series: Series) -> Backtest:
    from rnntui.cli.evaluate import progress
    from rnntui.inference.forecast.backtest import backtest

    found = backtest(forecaster, series, plan, progress)
    for note in found.notes:
        say(f"note: {note}")
    return found


__all__ = ["forecast"]
