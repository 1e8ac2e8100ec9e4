"""What `rnntui forecast` prints, draws and writes."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from rnntui.cli.output import print_table, print_text
from rnntui.cli.targets import check_target, is_same_file
from rnntui.data.series.finding import find_series
from rnntui.data.series.series import Series
from rnntui.display import one_line
from rnntui.drawing import Band, Curve, draw
from rnntui.errors import BadOption, RnntuiError
from rnntui.files import write_atomically
from rnntui.inference.forecast.interface import Forecast
from rnntui.inference.forecast.model import ForecastModel
from rnntui.inference.forecast.scores import Backtest, Scores
from rnntui.paths import expanded

_HISTORY = 3
"""Of a drawing: so many times the horizon of history, at least."""
_LEAST = 48


def times_of(series: Series, horizon: int) -> list[str]:
    """The times of the steps ahead, or their places in the series, from 0."""
    later = series.future_times(horizon)
    if later is None:
        return [str(len(series) + step) for step in range(horizon)]
    return [_time(time) for time in later]


def _time(time: Any) -> str:
    return str(time).removesuffix("T00:00:00")


def document(
    model: ForecastModel, series: Series, said: Forecast, found: Backtest | None
) -> dict[str, Any]:
    """Return what --json prints."""
    made: dict[str, Any] = {
        "model": model.name,
        "series": series.name,
        "column": series.column,
        "horizon": said.horizon,
        "times": times_of(series, said.horizon),
        "median": said.median.tolist(),
        "quantiles": {
            f"{level:g}": row.tolist() for level, row in zip(said.levels, said.values, strict=True)
        },
        "notes": list(series.notes),
    }
    return made | ({"backtest": found.to_json()} if found else {})


def print_forecast(series: Series, said: Forecast) -> None:
    """Print a row for each step."""
    rows = [
        (time, *(f"{value:.6g}" for value in values))
        for time, values in zip(times_of(series, said.horizon), said.values.T, strict=True)
    ]
    print_table(("time", *(f"{level:g}" for level in said.levels)), rows)


def csv_target(csv: str, file: str) -> Path | None:
    """Return where --csv writes, None for standard output; checked before anything is computed.

    Args:
        csv: the option.
        file: the series that is read, as it was named.

    Raises:
        BadOption: it is the series, or another file that no forecast wrote.
        FileProblem: it cannot be written.
    """
    if csv == "-":
        return None
    path = expanded(csv)
    if is_same_file(path, _file_of(file)):
        raise BadOption(f"--csv is {csv}, the series that is read", "name another file")
    check_target(path, "--csv", _is_csv_of_ours)
    return path


def _file_of(series: str) -> Path:
    """Where a series is; one that is not here yet is told of by whoever reads it."""
    try:
        return find_series(series)[0]
    except RnntuiError:
        return expanded(series)


def _is_csv_of_ours(head: bytes, _: bytes) -> bool:
    """Whether a file begins as `write_csv` has it: with the word time, and levels of quantiles."""
    first, *levels = head.decode("utf-8-sig", "replace").partition("\n")[0].strip().split(",")
    try:
        return first == "time" and all(0 < float(level) < 1 for level in levels)
    except ValueError:
        return False


def write_csv(path: Path | None, series: Series, said: Forecast) -> None:
    """Write a row for each step: its time, and each quantile; None is standard output."""
    lines = [",".join(["time", *(f"{level:g}" for level in said.levels)])]
    for time, values in zip(times_of(series, said.horizon), said.values.T, strict=True):
        lines.append(",".join([time, *(repr(float(value)) for value in values)]))
    text = "\n".join(lines) + "\n"
    if path is None:
        print_text(text)
    else:
        write_atomically(path, text)


def draw_forecast(series: Series, said: Forecast) -> None:
    """Draw a forecast as wide as the terminal is, 80 columns where there is none."""
    width = min(120, shutil.get_terminal_size((80, 24)).columns) if sys.stdout.isatty() else 80
    print_text(drawing(series, said, width))


def drawing(series: Series, said: Forecast, width: int) -> str:
    """Return the end of the history, the median and the bands, as text."""
    shown = min(len(series), max(_HISTORY * said.horizon, _LEAST))
    history: list[float | None] = list(series.values[-shown:].tolist())
    ahead: list[float | None] = [None] * shown
    bands, named = [], []
    for place, mark in enumerate("░▒"[: max(0, (len(said.levels) - 1) // 2)]):
        low, high = said.values[place].tolist(), said.values[-1 - place].tolist()
        bands.append(Band(mark, ahead + low, ahead + high))
        share = said.levels[-1 - place] - said.levels[place]
        named.append(f"{mark} {100 * share:.0f} % of outcomes")
    begins = series.times[-shown] if series.times is not None else len(series) - shown
    empty: list[float | None] = [None] * said.horizon
    picture = draw(
        bands,
        [Curve("•", history + empty), Curve("o", ahead + said.median.tolist())],
        width=width,
        height=18,
        begin=_time(begins)[:16],
        end=times_of(series, said.horizon)[-1][:16],
    )
    key = ", ".join(["• history", "o median", *named])
    return f"{one_line(series.name, 30)} {one_line(series.column, 30)}: {key}\n{picture}"


def print_backtest(found: Backtest, series: Series) -> None:
    """Print the scores beside the baselines', and what they come to in plain words."""
    print_text(
        f"\nbacktest: {found.origins:,} origins, {found.every} apart, each {found.horizon} "
        f"steps ahead, after {found.train_until}\n"
    )
    header = ("", "MAE", "RMSE", "MASE", "CRPS", "50 %", "80 %", "95 %")
    own = Scores(
        *(found.mae, found.rmse, found.mase, found.crps),
        *(found.coverage_50, found.coverage_80, found.coverage_95),
    )
    rows = [_row(found.forecaster, own)]
    rows += [_row(row.name, row.scores) for row in found.baselines if row.scores]
    print_table(header, rows)
    left_out = [f"{row.name}: {row.note}" for row in found.baselines if row.note]
    print_text("".join(f"{line}\n" for line in left_out))
    print_text(f"\n{found.verdict}\n" + (f"{found.seasonal_verdict}\n" if found.seasonal_verdict
                                         else ""))  # fmt: skip


def _row(name: str, scores: Scores) -> tuple[str, ...]:
    def number(value: float | None) -> str:
        return "-" if value is None else f"{value:.4g}"

    def share(value: float | None) -> str:
        return "-" if value is None else f"{value:.1%}"

    return (
        one_line(name, 24),
        *(number(v) for v in (scores.mae, scores.rmse, scores.mase, scores.crps)),
        *(share(v) for v in (scores.coverage_50, scores.coverage_80, scores.coverage_95)),
    )
