"""Reading a series from a file: which column is the series, which the dates, and what was mended.

A file is read once and knows all its columns; a series is then made of one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnntui.data.finding import Fetch, Say
from rnntui.data.series.dates import NAMES, Dates, to_times
from rnntui.data.series.finding import find_series, known_options
from rnntui.data.series.mending import Rows, mend
from rnntui.data.series.numbers import Numbers, to_numbers
from rnntui.data.series.options import SeriesOptions
from rnntui.data.series.season import season_of
from rnntui.data.series.series import Series
from rnntui.data.series.table import Table, read_table
from rnntui.display import one_line
from rnntui.errors import BadOption, CorpusError


def _silent(_: str) -> None:
    pass


LEAST = 3
"""Values without which there is no series."""
LARGEST = 1e150
"""A value beyond has no square, and so no error that could be measured."""
_LOOKED_AT = 200
"""Rows that tell whether a column may hold dates."""
_SHOWN = 12
"""Columns that a message lists."""


@dataclass(frozen=True)
class Column:
    """A column of numbers, as a list of them shows it."""

    name: str
    count: int
    """Values that are there."""
    missing: int
    low: float
    high: float

    def __str__(self) -> str:
        gaps = f", {self.missing:,} missing" if self.missing else ""
        return (
            f"{one_line(self.name, 30)} ({self.count:,} values, "
            f"{self.low:g} to {self.high:g}{gaps})"
        )


class SeriesFile:
    """A file of columns, read once.

    Args:
        path: a CSV, plain or gzip.
        options: how to read it; what they say of one column may differ later, in `series`.

    Raises:
        CorpusError: it is missing, empty, or no table.
        FileProblem: it may not be read.
    """

    def __init__(self, path: Path, options: SeriesOptions | None = None) -> None:
        self.path = path
        self.options = options or SeriesOptions()
        self._table = read_table(path, self.options)
        self._read: dict[tuple[str, int | None], Numbers] = {}

    @property
    def table(self) -> Table:
        """The file as text."""
        return self._table

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of numbers, but for dates and, beside others, a mere count of the rows."""
        dates = self._date_column
        numeric = {
            name: numbers
            for name in self._table.frame.columns
            if name != dates and not (numbers := self._numbers(name)).bad and numbers.known
        }
        counts = [name for name, numbers in numeric.items() if _counts_rows(numbers)]
        listed = []
        for name, numbers in numeric.items():
            if name in counts and len(counts) < len(numeric):
                continue
            known = numbers.values[np.isfinite(numbers.values)]
            missing = len(numbers.values) - len(known)
            listed.append(Column(name, len(known), missing, float(known.min()), float(known.max())))
        return tuple(listed)

    def values(self, name: str) -> NDArray[np.float64]:
        """Return a column of `columns` as it stands in the file: (rows,), NaN where nothing is."""
        return self._numbers(name).values

    def _numbers(self, name: str, rows: int | None = None) -> Numbers:
        """A column as numbers, or the first of its rows, which may be enough to tell."""
        key = name, rows
        if key not in self._read:
            cells = self._table.frame[name]
            decimal, delimiter = self.options.decimal, self._table.delimiter
            cells = cells if rows is None else cells.head(rows)
            self._read[key] = to_numbers(cells, decimal=decimal, delimiter=delimiter)
        return self._read[key]

    @cached_property
    def _dates(self) -> tuple[str, Dates] | None:
        """The column of dates, and what it says; None where there is none."""
        if self.options.date_column == "none":
            return None
        if self.options.date_column:
            name = self._named(self.options.date_column, "--date-column")
            dates = to_times(self._table.frame[name], numeric=True, asked=self.options.date_format)
            if dates is None:
                raise CorpusError(
                    f"column {one_line(name, 30)!r} of {self.path} holds no dates",
                    "name another by --date-column, or their format by --date-format",
                )
            return name, self._sound(name, dates)
        for name in self._table.frame.columns:
            called = name.strip().lower() in NAMES
            looks = self._numbers(name, _LOOKED_AT)
            numeric = not looks.bad and looks.known > 0
            if numeric and not called:
                continue
            dates = to_times(
                self._table.frame[name], numeric=called, asked=self.options.date_format
            )
            if dates and dates.bad_row is not None and numeric:
                continue  # a column of numbers called "time" need hold no dates
            if dates and (called or dates.share > 0.5):
                return name, self._sound(name, dates)
            if called and not numeric:
                raise CorpusError(
                    f"column {one_line(name, 30)!r} of {self.path} is no date in a format known "
                    f"here: {one_line(str(self._table.frame[name].drop_nulls().first()), 30)!r}",
                    "give --date-format '%d.%m.%Y' or the like, or --date-column none",
                )
        if self.options.date_format:
            raise CorpusError(
                f"--date-format {one_line(self.options.date_format, 30)!r} fits no column of "
                f"{self.path}",
                "leave it out, or name the column by --date-column",
            )
        return None

    @property
    def _date_column(self) -> str | None:
        return self._dates[0] if self._dates else None

    def _sound(self, name: str, dates: Dates) -> Dates:
        """Refuse dates that are not all of one format, or may mean either of two."""
        cells = self._table.frame[name]
        if dates.bad_row is not None and self.options.date_format:
            raise CorpusError(
                f"--date-format {one_line(self.options.date_format, 30)!r} does not fit "
                f"{one_line(str(cells[dates.bad_row]), 30)!r} "
                f"(line {self._table.line(dates.bad_row)} of {self.path})",
                "leave it out, so that it is found, or write it as '%d.%m.%Y' for 31.01.2026",
            )
        if dates.bad_row is not None:
            good, bad = dates.good_row, dates.bad_row
            raise CorpusError(
                f"column {one_line(name, 30)!r} of {self.path} mixes date formats: "
                f"line {self._table.line(good)} has {one_line(str(cells[good]), 30)!r}, "
                f"line {self._table.line(bad)} has {one_line(str(cells[bad]), 30)!r}",
                "write them all in one way, such as 2026-01-31",
            )
        if dates.alike:
            raise CorpusError(
                f"dates such as {one_line(str(cells[dates.good_row]), 30)!r} in {self.path} may be "
                f"read in two ways",
                f"say which: --date-format '{dates.format}' or '{dates.alike}'",
            )
        return dates

    def series(self, options: SeriesOptions | None = None, *, name: str = "") -> Series:
        """Return one column as a series.

        Args:
            options: which column, and how to mend it; None takes the file's. What says how the file
                is cut and its dates are read stands as it was.
            name: for people; "" takes the file's.

        Raises:
            CorpusError: there is no such column, it holds text, or is too short; or a rule refuses.
            BadOption: a covariate that is the series or the dates.
        """
        options = options or self.options
        column = self._chosen(options)
        covariates = [self._named(other, "--covariate") for other in options.covariates]
        if column in covariates or self._date_column in covariates:
            raise BadOption(
                "a covariate is another column than the series and the dates", "leave it out"
            )
        names = [column, *dict.fromkeys(covariates)]
        numbers = [self._numeric(each) for each in names]
        notes = list(self._table.notes)
        if not options.column:
            notes += self._left_out(column)
        if infinite := sum(each.infinite for each in numbers):
            values = "a value is" if infinite == 1 else f"{infinite:,} values are"
            notes.append(f"{values} infinite: taken as missing")
        rows = Rows(
            str(self.path),
            np.column_stack([each.values for each in numbers]),
            self._dates[1].times if self._dates else None,
            np.arange(len(numbers[0].values)),
            notes=tuple(notes),
        )
        self._check_sizes(names, rows.values)  # gaps between such values would be beyond infinity
        rows = mend(rows, options, self._table.line)
        return _made(rows, names, name or self.path.name.split(".")[0] or "series", options)

    def _check_sizes(self, names: list[str], values: NDArray[np.float64]) -> None:
        """Refuse columns with values that have no square; NaN is none."""
        largest = np.fmax.reduce(np.abs(values), axis=0)
        at = int(np.nanargmax(largest)) if np.isfinite(largest).any() else 0
        if largest[at] > LARGEST:
            raise CorpusError(
                f"column {one_line(names[at], 30)!r} of {self.path} holds values as large as "
                f"{largest[at]:.3g}",
                f"{LARGEST:g} is the most: put it in other units",
            )

    def _chosen(self, options: SeriesOptions) -> str:
        if options.column:
            return self._named(options.column, "--column")
        if len(self.columns) == 1:
            return self.columns[0].name
        if not self.columns:
            return self._nearly_numeric()
        shown = ", ".join(str(column) for column in self.columns[:_SHOWN])
        more = ", ..." if len(self.columns) > _SHOWN else ""
        raise CorpusError(
            f"{self.path} has {len(self.columns)} columns of numbers: {shown}{more}",
            "choose one by --column",
        )

    def _nearly_numeric(self) -> str:
        """The column most of whose fields are numbers, so that its first other one is told."""
        counts = {
            name: self._numbers(name).known
            for name in self._table.frame.columns
            if name != self._date_column
        }
        best = max(counts, key=lambda name: counts[name], default="")
        if not best or not counts[best]:
            raise CorpusError(
                f"{self.path} has no column of numbers", "name a file that has, or --delimiter"
            )
        return best

    def _named(self, asked: str, option: str) -> str:
        """The column of a name, in any case, or of a number from 1."""
        names = self._table.frame.columns
        if asked in names:
            return asked
        near = [name for name in names if name.lower() == asked.strip().lower()]
        if len(near) == 1:
            return near[0]
        if asked.isdecimal() and 1 <= int(asked[:9]) <= len(names):
            return names[int(asked) - 1]
        listed = ", ".join(one_line(name, 30) for name in names[:_SHOWN])
        more = ", ..." if len(names) > _SHOWN else ""
        raise CorpusError(
            f"{self.path} has no column {one_line(asked, 30)!r}; it has {listed}{more}",
            f"name one of them by {option}",
        )

    def _left_out(self, chosen: str) -> list[str]:
        """Notes on columns that most of their fields, but not all, make columns of numbers."""
        notes = []
        for name in self._table.frame.columns:
            numbers = self._numbers(name)
            if name in (chosen, self._date_column) or not 0 < numbers.bad < numbers.known:
                continue
            line, cell = self._bad(name, numbers)
            notes.append(
                f"column {one_line(name, 30)!r} is left out: line {line} has {cell!r}, "
                "which is no number"
            )
        return notes[:_SHOWN]

    def _bad(self, name: str, numbers: Numbers) -> tuple[int, str]:
        """The line and the text of a column's first field that is no number."""
        assert numbers.bad_row is not None
        cell = self._table.frame[name][numbers.bad_row]
        return self._table.line(numbers.bad_row), one_line(str(cell), 30)

    def _numeric(self, name: str) -> Numbers:
        numbers = self._numbers(name)
        if numbers.bad_row is None:
            return numbers
        line, cell = self._bad(name, numbers)
        others = {1: "", 2: ", nor is another"}.get(
            numbers.bad, f", nor are {numbers.bad - 1:,} more"
        )
        raise CorpusError(
            f"line {line} of {self.path}, column {one_line(name, 30)!r}: "
            f"{cell!r} is no number{others}",
            "mend it, leave it empty, or choose another --column (or --decimal)",
        )


def read_series(path: Path, options: SeriesOptions | None = None, *, name: str = "") -> Series:
    """Read one series from a file; arguments and errors as of `SeriesFile` and its `series`."""
    return SeriesFile(path, options).series(name=name)


def load_series(
    name: str,
    options: SeriesOptions | None = None,
    *,
    fetch: Fetch | None = None,
    say: Say = _silent,
) -> Series:
    """Find a series and read it.

    Args:
        name: the path of a CSV, or a series of `rnntui data list`.
        options: how to read it.
        fetch: as for `find_series`.
        say: likewise.

    Raises:
        CorpusError, FileProblem, BadOption: as `find_series` and `SeriesFile.series`.
    """
    path, corpus = find_series(name, fetch=fetch, say=say)
    known = known_options(options or SeriesOptions(), corpus)
    return read_series(path, known, name=corpus.name if corpus else "")


def _counts_rows(numbers: Numbers) -> bool:
    """Whether a column only counts the rows, from 0 or from 1."""
    values = numbers.values
    return len(values) > 1 and bool(
        values[0] in (0, 1) and np.array_equal(values, values[0] + np.arange(len(values)))
    )


def _made(rows: Rows, names: list[str], name: str, options: SeriesOptions) -> Series:
    values = rows.values[:, 0]
    if len(values) < LEAST:
        raise CorpusError(
            f"column {one_line(names[0], 30)!r} of {rows.file} has "
            f"{len(values)} value{'s' * (len(values) != 1)}",
            f"a series has at least {LEAST}",
        )
    notes = rows.notes
    if np.ptp(values) == 0:
        notes = (*notes, f"all values are {values[0]:g}: there is nothing to learn")
    return Series(
        name,
        names[0],
        values,
        rows.times,
        rows.frequency,
        # A backtest scores the last fifth, which so has no say in how it is forecast.
        options.season or season_of(values[: len(values) * 4 // 5], rows.frequency),
        {other: rows.values[:, at] for at, other in enumerate(names[1:], 1)},
        notes,
        rows.filled,
    )
