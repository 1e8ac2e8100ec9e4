"""Series as the engine keeps them: files read once, their columns as the app draws them.

Lives on a thread; knows no messages but the parts it makes.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.library import entries
from rnntui.data.download import Source as Download
from rnntui.data.download import address, download
from rnntui.data.finding import place, put_in_place
from rnntui.data.named import NamedCorpus, corpora
from rnntui.data.series.finding import find_series, known_options
from rnntui.data.series.mending import shown
from rnntui.data.series.options import SeriesOptions
from rnntui.data.series.reading import Column, SeriesFile
from rnntui.data.series.series import Series
from rnntui.engine.protocol.forecast import (
    LONGEST_SHOWN,
    MOST_COLUMNS,
    Chart,
    ColumnOfNumbers,
    NamedSeries,
    Source,
)

_KEPT = 4
"""Files, and series, that are kept."""
_LINE = 64
"""Places of a column's course."""

Values = NDArray[np.float64]


def named_series() -> tuple[NamedSeries, ...]:
    """Return the series that have a name, those first that are here."""
    found = [
        NamedSeries(corpus.name, corpus.about, place(corpus) == "here")
        for corpus in corpora().values()
        if corpus.task == "series"
    ]
    return tuple(sorted(found, key=lambda each: not each.here))


def learned(name: str) -> str:
    """Return a model of the library that learned a series of a name, "" for none."""
    for entry in entries():
        config = entry.config
        if config and config.task == "forecast" and config.data.name == name and not entry.problem:
            return entry.name
    return ""


class Shelf:
    """Reads files, and remembers the last ones while they do not change."""

    def __init__(self) -> None:
        self._files: OrderedDict[tuple[object, ...], tuple[SeriesFile, NamedCorpus | None]] = (
            OrderedDict()
        )
        self._series: OrderedDict[tuple[object, ...], Series] = OrderedDict()

    def columns(self, source: Source) -> tuple[tuple[ColumnOfNumbers, ...], str]:
        """Return the columns of a file, and the one that it is known for or has alone.

        Raises:
            CorpusError, FileProblem, BadOption: it cannot be read.
        """
        file, corpus, _ = self._file(source)
        found = file.columns
        listed = tuple(_column(file, column) for column in found[:MOST_COLUMNS])
        only = found[0].name if len(found) == 1 else ""
        return listed, (corpus.column if corpus and corpus.column else only)

    def series(self, source: Source, covariates: Sequence[str] = ()) -> Series:
        """Return a series.

        Args:
            source: what to read.
            covariates: other columns that a model reads beside it.

        Raises:
            CorpusError, FileProblem, BadOption: it cannot be read.
        """
        file, corpus, stamp = self._file(source)
        key = (stamp, source, *covariates)
        if key not in self._series:
            options = known_options(_options(source), corpus)
            options = replace(options, covariates=tuple(covariates))
            self._series[key] = file.series(options, name=corpus.name if corpus else "")
        self._series.move_to_end(key)
        while len(self._series) > _KEPT:
            self._series.popitem(last=False)
        return self._series[key]

    def _file(self, source: Source) -> tuple[SeriesFile, NamedCorpus | None, object]:
        path, _ = find_series(source.file, fetch=_fetch)
        status = path.stat() if path.exists() else None
        stamp = (path, status.st_mtime_ns, status.st_size) if status else path
        # What says how the file is cut counts; which column and how it is mended does not.
        cut = (source.date_column, source.date_format, source.delimiter, source.decimal)
        key = (stamp, source.encoding, *cut)
        if key not in self._files:
            path, corpus = find_series(source.file)
            self._files[key] = SeriesFile(path, _options(source)), corpus
        self._files.move_to_end(key)
        while len(self._files) > _KEPT:
            self._files.popitem(last=False)
        return *self._files[key], stamp


def _fetch(corpus: NamedCorpus, path: Path) -> None:
    """Download a named series; the largest has 400 kB."""
    to = Download(address(corpus.url), corpus.bytes, corpus.sha256, put_in_place(corpus))
    download(to, path)


def _options(source: Source) -> SeriesOptions:
    return SeriesOptions(
        column=source.column,
        date_column=source.date_column,
        date_format=source.date_format,
        delimiter=source.delimiter,
        decimal=source.decimal,
        encoding=source.encoding,
        missing=source.missing,
        duplicates=source.duplicates,
        frequency=source.frequency,
        season=source.season,
    )


def chart(series: Series) -> Chart:
    """Return what is drawn of a series: its end, if it is long."""
    before = max(0, len(series) - LONGEST_SHOWN)
    filled = series.filled[before:] if series.filled is not None else np.zeros(0, bool)
    return Chart(
        series.name,
        series.column,
        tuple(series.values[before:].tolist()),
        tuple(written(series.times[before:])) if series.times is not None else (),
        before,
        tuple(np.flatnonzero(filled).tolist()),
        series.frequency,
        series.season,
        series.notes,
    )


def written(times: NDArray[np.datetime64]) -> list[str]:
    """Return times for people: without a time of day where all are midnights.

    Args:
        times: (T,) in seconds.
    """
    days = times.astype("datetime64[D]")
    if (days == times).all():
        return [str(day) for day in days]
    return [shown(time) for time in times]


def times_ahead(series: Series, horizon: int) -> tuple[str, ...]:
    """Return the times of the next steps, or their places in the series, from 0."""
    later = series.future_times(horizon)
    if later is None:
        return tuple(str(len(series) + step) for step in range(horizon))
    return tuple(written(later))


def _column(file: SeriesFile, column: Column) -> ColumnOfNumbers:
    values = file.values(column.name)
    span = column.high - column.low
    pieces = np.array_split(values, min(_LINE, len(values)))
    means = [float(np.mean(piece[ok])) if (ok := np.isfinite(piece)).any() else math.nan
             for piece in pieces]  # fmt: skip
    course = [
        None if math.isnan(mean) else round((mean - column.low) / span, 3) if span > 0 else 0.5
        for mean in means
    ]
    return ColumnOfNumbers(
        column.name, column.count, column.missing, column.low, column.high, tuple(course)
    )
