"""What the mode shows of a backtest: picture, table, and the verdict in plain words. Headless."""

from __future__ import annotations

from rnntui.display import one_line
from rnntui.engine.protocol.forecast import Lane, Report
from rnntui.tui.forecast.picture import (
    HISTORY,
    MEDIAN,
    MIDDLE,
    NAIVE,
    SHADES,
    Band,
    Curve,
    Picture,
)
from rnntui.tui.forecast.sheet import marked, number

KEY = f"── what came   ╌╌ forecast   ·· last known value   {SHADES[MIDDLE]} 80 % band"


def places(lane: Lane, shown: int) -> int:
    """Return how many origins are in sight of those there are; 0 for all."""
    return min(len(lane.times), shown) if shown else len(lane.times)


def picture(lane: Lane, shown: int, cursor: int | None = None) -> Picture:
    """Return what was forecast beside what came.

    Args:
        lane: so many steps ahead.
        shown: origins in sight, the last ones; 0 for all.
        cursor: a place in sight that is read.
    """
    count = places(lane, shown)
    begin = len(lane.times) - count
    times = lane.times[begin:]
    at = [*([] if cursor is None else [cursor]), *marked(count, count - 1)]
    marks = [(place, times[place]) for place in at]
    return Picture(
        len(times),
        (
            Curve(lane.naive[begin:], NAIVE, "dotted"),
            Curve(lane.median[begin:], MEDIAN, "dashed"),
            Curve(lane.actual[begin:], HISTORY),
        ),
        (Band(lane.low[begin:], lane.high[begin:], MIDDLE),),
        tuple(marks),
        None,
        cursor,
    )


def reading(lane: Lane, shown: int, place: int) -> str:
    """Return what stands at a place of a backtest."""
    place += len(lane.times) - places(lane, shown)
    span = max(lane.naive) - min(lane.naive)
    came = lane.actual[place]
    said = [
        lane.times[place],
        "filled in" if came is None else f"came {number(came, span)}",
        f"forecast {number(lane.median[place], span)}",
        f"80 %: {number(lane.low[place], span)} to {number(lane.high[place], span)}",
        f"last known {number(lane.naive[place], span)}",
    ]
    return " · ".join(said)


def verdicts(report: Report) -> list[str]:
    """Return the backtest in plain words, a line each: against the last value, the last season.

    The interval is told in short; the help says what it is.
    """
    interval = report.skill_interval
    sign = "·" if not interval else "✓" if interval[0] > 0 else "✗"
    said = [f"{sign} {_short(report.verdict)}"]
    return [*said, f"  {_short(report.seasonal_verdict)}"] if report.seasonal_verdict else said


def _short(verdict: str) -> str:
    return (
        verdict.replace("its errors are ", "errors ")
        .replace("95 % interval of the skill: ", "")
        .replace(" % to ", " to ")
    )


def scores(report: Report) -> list[str]:
    """Return the table: a line for each forecaster, under a heading."""
    longest = max(len(row.name) for row in report.rows)
    width = min(max(longest, 8), 22)
    heads = ("MAE", "RMSE", "MASE", "CRPS", "in 50 %", "in 80 %", "in 95 %")
    lines = [" " * width + "".join(f"{head:>9}" for head in heads)]
    for row in report.rows:
        errors = (row.mae, row.rmse, row.mase, row.crps)
        held = (row.coverage_50, row.coverage_80, row.coverage_95)
        cells = [_error(value) for value in errors] + [_held(value) for value in held]
        name = one_line(row.name, width)
        lines.append(f"{name:{width}}" + "".join(f"{cell:>9}" for cell in cells))
    return lines


def _error(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _held(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def about(report: Report, step: int) -> str:
    """Return what was tested."""
    every = "" if report.every == 1 else f", {report.every:,} apart"
    until = f" after {report.train_until}" if report.train_until else ""
    return f"backtest: {report.origins:,} origins{every}{until} · shown: {step:,} ahead"
