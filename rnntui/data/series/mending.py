"""Making rows a series: in order, one value a time, no step missing. Everything done is said.

The order of the steps is that of the functions. What is filled in is marked, so that no score
counts it: a straight line between two values knows the later one. Covariates are not marked, and
so never filled from what comes later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from rnntui.data.series.calendar import after
from rnntui.data.series.frequency import frequency_of, positions
from rnntui.data.series.options import SeriesOptions
from rnntui.errors import CorpusError

Values = NDArray[np.float64]
Times = NDArray[np.datetime64]
Line = Callable[[int], int]
"""The line of the file that holds a row."""

_LONGEST = 4
"""How many times longer than its rows a series may become by filling gaps."""
_BEFORE = "filled with the value before"


@dataclass(frozen=True, eq=False)
class Rows:
    """What a file says, and then less and less of its disorder."""

    file: str
    values: Values
    """(rows, columns): the series first, then its covariates; NaN where nothing stands."""
    times: Times | None
    """(rows,) in seconds; None without dates."""
    numbers: NDArray[np.int64]
    """(rows,): which row of the file each is; -1 for one that it does not have."""
    frequency: str = ""
    filled: NDArray[np.bool_] | None = None
    """(rows,): where the series' own value is not the file's."""
    notes: tuple[str, ...] = field(default=())

    def part(self, kept: NDArray[np.bool_] | NDArray[np.int64], *notes: str) -> Rows:
        """Return some of the rows."""
        return replace(
            self,
            values=self.values[kept],
            times=None if self.times is None else self.times[kept],
            numbers=self.numbers[kept],
            filled=None if self.filled is None else self.filled[kept],
            notes=(*self.notes, *notes),
        )


def mend(rows: Rows, options: SeriesOptions, line: Line) -> Rows:
    """Return rows in order and complete, with `frequency`, `filled` and what was done.

    Raises:
        CorpusError: a rule says to refuse, or nothing is left.
    """
    if rows.times is not None:
        rows = _without_dateless(rows)
        rows = _in_order(rows)
        rows = _once_each(rows, options, line)
        rows = _on_grid(rows, options)
    rows = _trimmed(rows)
    return _filled(rows, options, line)


def _without_dateless(rows: Rows) -> Rows:
    assert rows.times is not None
    missing = np.isnat(rows.times)
    if not missing.any():
        return rows
    return rows.part(~missing, f"{_rows(missing.sum())} without a date left out")


def _in_order(rows: Rows) -> Rows:
    assert rows.times is not None
    steps = np.diff(rows.times).astype(np.int64)
    if (steps >= 0).all():
        return rows
    if (steps <= 0).all():
        # Turned round, not sorted: of equal times the later row stays the later.
        return rows.part(np.arange(len(rows.times))[::-1], "the newest came first; turned round")
    order = np.argsort(rows.times, kind="stable")
    moved = int((steps < 0).sum())
    places = "a place" if moved == 1 else f"{moved:,} places"
    return rows.part(order, f"out of order in {places}; sorted by time")


def _once_each(rows: Rows, options: SeriesOptions, line: Line) -> Rows:
    """Leave one row a time. Equal rows are one; of others the rule says which."""
    times = rows.times
    assert times is not None
    first = np.concatenate([[True], np.diff(times).astype(np.int64) != 0])
    if first.all():
        return rows
    groups = np.cumsum(first) - 1
    begins = np.flatnonzero(first)
    same = (rows.values == rows.values[begins][groups]) | (
        np.isnan(rows.values) & np.isnan(rows.values[begins][groups])
    )
    twice = int((~first).sum())
    if same.all():
        return rows.part(first, f"{_rows(twice)} repeated word for word, left out")
    if options.duplicates == "refuse":
        other = int(np.flatnonzero(~same.all(1))[0])
        one = int(begins[groups[other]])
        lines = sorted(line(int(rows.numbers[row])) for row in (one, other))
        raise CorpusError(
            f"lines {lines[0]} and {lines[1]} of {rows.file} give different values "
            f"for {shown(times[other])}",
            "say which counts: --duplicates first, last or mean",
        )
    note = f"{_rows(twice)} at times that were there already; --duplicates {options.duplicates}"
    if options.duplicates == "first":
        return rows.part(first, note)
    if options.duplicates == "last":
        return rows.part(np.concatenate([first[1:], [True]]), note)
    known = ~np.isnan(rows.values)
    sums = np.add.reduceat(np.where(known, rows.values, 0.0), begins)
    counts = np.add.reduceat(known.astype(np.float64), begins)
    means = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
    return replace(rows.part(first, note), values=means)


def _on_grid(rows: Rows, options: SeriesOptions) -> Rows:
    """Find the frequency, and put a row without values wherever the times skip a step."""
    times = rows.times
    assert times is not None
    if options.frequency == "none" or len(times) < 2:
        return rows
    frequency = options.frequency or frequency_of(times)
    if not frequency:
        return replace(rows, notes=(*rows.notes, "times are irregular: each row is one step"))
    at = positions(times, frequency)
    if at is None:
        if options.frequency:
            raise CorpusError(
                f"the dates of {rows.file} do not all lie on --frequency {frequency}",
                "name another, or none to take rows as steps",
            )
        return replace(rows, notes=(*rows.notes, "times are irregular: each row is one step"))
    rows = replace(rows, frequency=frequency)
    gaps = int(at[-1]) + 1 - len(times)
    if frequency == "B":
        absent = int(np.busday_count(*times[[0, -1]].astype("datetime64[D]"))) + 1 - len(times)
        days = "a weekday has" if absent == 1 else f"{absent:,} weekdays have"
        note = f"{days} no row: taken for holidays, not for gaps"
        return replace(rows, notes=(*rows.notes, note)) if absent > 0 else rows
    if not gaps or options.missing == "drop":
        note = f"the dates skip {_steps(gaps)}, left out as --missing drop says"
        return replace(rows, notes=(*rows.notes, note)) if gaps else rows
    if gaps > (_LONGEST - 1) * len(times):
        note = f"the dates skip {_steps(gaps)}, more than there are: each row is one step"
        return replace(rows, frequency="", notes=(*rows.notes, note))
    values = np.full((int(at[-1]) + 1, rows.values.shape[1]), np.nan)
    values[at] = rows.values
    numbers = np.full(len(values), -1)
    numbers[at] = rows.numbers
    grid = np.concatenate([times[:1], after(times[:1], frequency, int(at[-1]))])
    grid[at] = times  # month by month from 28 February, the 31st is known from the rest
    note = f"the dates skip {_steps(gaps)}, the first after {shown(_before_gap(times, at))}"
    return replace(rows, values=values, times=grid, numbers=numbers, notes=(*rows.notes, note))


def _before_gap(times: Times, at: NDArray[np.int64]) -> np.datetime64:
    before: np.datetime64 = times[int(np.argmax(np.diff(at) > 1))]
    return before


def _trimmed(rows: Rows) -> Rows:
    """Leave out rows at both ends that have no value: there is nothing to fill them from."""
    known = np.flatnonzero(~np.isnan(rows.values[:, 0]))
    if not len(known):
        raise CorpusError(f"{rows.file} has no value in that column", "name another by --column")
    cut = len(rows.values) - 1 - int(known[-1] - known[0])
    if not cut:
        return rows
    kept = np.arange(known[0], known[-1] + 1)
    return rows.part(kept, f"{_rows(cut)} without a value at the ends left out")


def _filled(rows: Rows, options: SeriesOptions, line: Line) -> Rows:
    missing = np.isnan(rows.values)
    if not missing.any():
        return rows
    if options.missing == "refuse":
        row = int(np.flatnonzero(missing.any(1))[0])
        number = int(rows.numbers[row])
        where = f"line {line(number)} of {rows.file} has no value" if number >= 0 else ""
        if rows.times is not None and not where:
            where = f"{rows.file} has nothing for {shown(rows.times[row])}"
        raise CorpusError(where, "fill it, or choose --missing interpolate, last or drop")
    if options.missing == "drop":
        kept = np.flatnonzero(~missing.any(1))
        return rows.part(kept, f"{_rows(len(missing) - len(kept))} with missing values left out")
    # A forecast reads covariates up to its origin, also in a gap whose end it cannot know.
    filled = np.column_stack([rows.values[:, 0], *map(_repeated, rows.values.T[1:])])
    begin = _first_whole(filled, rows.file)
    if begin:
        note = f"{_rows(begin)} before the covariates' first values left out"
        rows = rows.part(np.arange(begin, len(filled)), note)
    missing, filled, notes = missing[begin:], filled[begin:], list(rows.notes)
    interpolates = options.missing == "interpolate"
    filled[:, 0] = (_bridged if interpolates else _repeated)(filled[:, 0])
    count, *others = missing.sum(0).tolist()
    if count:
        how = "filled by a straight line" if interpolates else _BEFORE
        notes.append(f"{_values(count)} missing, {how}; never scored")
    if sum(others):
        notes.append(f"{_values(sum(others))} of covariates missing, {_BEFORE}")
    return replace(rows, values=filled, filled=missing[:, 0] if count else None, notes=tuple(notes))


def _first_whole(values: Values, file: str) -> int:
    """Return the first row where nothing is missing."""
    whole = ~np.isnan(values).any(1)
    if not whole.any():
        raise CorpusError(
            f"a covariate of {file} has no value before the series ends",
            "name another by --covariate",
        )
    return int(whole.argmax())


def _bridged(column: Values) -> Values:
    """Fill a column by straight lines between its values."""
    known = np.flatnonzero(~np.isnan(column))
    return np.interp(np.arange(len(column)), known, column[known])


def _repeated(column: Values) -> Values:
    """Fill a column with the value before; NaN stays where there is none."""
    at = np.where(np.isnan(column), 0, np.arange(len(column)))
    return column[np.maximum.accumulate(at)]


def shown(time: np.datetime64) -> str:
    """Return a time for people: without a time of day where it is midnight."""
    return str(time).removesuffix("T00:00:00").replace("T", " ")


def _rows(count: int) -> str:
    return "a row" if count == 1 else f"{count:,} rows"


def _steps(count: int) -> str:
    return "a step" if count == 1 else f"{count:,} steps"


def _values(count: int) -> str:
    return "a value" if count == 1 else f"{count:,} values"
