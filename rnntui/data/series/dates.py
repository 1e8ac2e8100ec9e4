"""Text as times: one format for a whole column, found among those that people use.

Day first and month first are told apart by the dates themselves: the reading under which they go on
regularly is the right one. Where both do, the file is refused rather than guessed at.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

Times = NDArray[np.datetime64]

_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%m-%d-%y", "%Y%m%d",
    "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%b %d %Y",
    "%d %B %Y", "%B %d, %Y", "%B %d %Y",
)  # fmt: skip
_MONTHS = (
    "%Y-%m", "%Y/%m", "%Y.%m", "%m/%Y", "%m-%Y", "%m.%Y", "%Y-%b", "%b %Y", "%b-%Y", "%B %Y",
    "%b-%y", "%b %y", "%YM%m",
)  # fmt: skip
_CLOCK = re.compile(
    r"(?P<day>.*?)(?P<between>T|,? )(?P<clock>\d{1,2}:\d\d(?P<seconds>:\d\d)?(?P<split>\.\d+)?)"
    r"(?P<half> ?[APap][Mm])?(?P<zone> ?Z| UTC| ?[-+]\d\d:?\d\d)?"
)
NUMERIC = ("%Y", "%Y%m%d", "%Y%m", "epoch seconds", "epoch milliseconds")
"""Dates that are numbers, too: read as dates only in a column whose name says so."""
QUARTER, WEEK = "year and quarter", "year and ISO week"
NAMES = frozenset(
    {"date", "time", "datetime", "timestamp", "year", "month", "week", "quarter", "day", "period",
     "ds", "datum", "zeit", "jahr", "monat", "tag"}
)  # fmt: skip
"""Names of columns that hold dates."""

_SAMPLE = 200
_YEARS = (1000, 2999)
"""What comes out as another year was another format: "%Y" takes the 20 of 1.2.20 as it is."""


@dataclass(frozen=True, eq=False)
class Dates:
    """A column read as times."""

    times: Times
    """(rows,) in seconds; NaT where nothing stands or the format does not fit."""
    format: str
    bad_row: int | None
    """The first row that has something else; None where none has."""
    good_row: int
    """A row that has the format."""
    alike: str = ""
    """Another format that fits as well, and under which the dates are as regular."""

    @property
    def share(self) -> float:
        """How many of the rows have it."""
        return float(1 - np.isnat(self.times).mean())


def to_times(column: pl.Series, *, numeric: bool = False, asked: str = "") -> Dates | None:
    """Read a column of text as times.

    Args:
        column: text, null where nothing stands.
        numeric: whether numbers may be dates.
        asked: the one format to try; "" tries all that are common.

    Returns:
        The times under the format that fits most rows; None where none fits a tenth of the first.
    """
    text = column.str.strip_chars()
    text = text.set(text == "", None)
    given = text.is_not_null().to_numpy()
    if not given.any():
        return None
    sample = text.drop_nulls().head(_SAMPLE)
    scores: Counter[str] = Counter()
    for form in [asked] if asked else _forms(sample, numeric):
        scores[form] = int((~np.isnat(_parsed(sample, form))).sum())
    if not asked and (not scores or max(scores.values()) < max(1, len(sample) / 10)):
        return None
    best = max(scores.values())
    rivals = [form for form, score in scores.items() if score == best]
    read = {form: _parsed(text, form) for form in rivals}
    fitting = max(int((~np.isnat(times)).sum()) for times in read.values())
    read = {f: times for f, times in read.items() if (~np.isnat(times)).sum() == fitting}
    form, alike = _most_regular(read)
    times = read[form]
    wrong = np.flatnonzero(np.isnat(times) & given)
    right = np.flatnonzero(~np.isnat(times))
    return Dates(
        times,
        form,
        int(wrong[0]) if len(wrong) else None,
        int(right[0]) if len(right) else 0,
        "" if len(wrong) else alike,
    )


def _forms(sample: pl.Series, numeric: bool) -> list[str]:
    """The formats that some values might have, by how they look."""
    if sample.str.contains(r"^\d+$").all():
        return list(NUMERIC) if numeric else []
    if sample.str.contains(r"(?i)^(\d{4}[- ]?Q[1-4]|Q[1-4][- ]?\d{4})$").all():
        return [QUARTER]
    if sample.str.contains(r"^\d{4}-?W\d{1,2}$").all():
        return [WEEK]
    looks = [str(value) for value in sample.gather_every(max(1, len(sample) // 5))]
    forms = []
    for look in looks:
        clock = _CLOCK.fullmatch(look)
        day, rest = (clock["day"], _clock_form(clock)) if clock else (look, "")
        days = _DAYS if clock else (*_DAYS, *_MONTHS)
        forms += [form + rest for form in days if _reads(day, form)]
    return list(dict.fromkeys(forms))


def _clock_form(clock: re.Match[str]) -> str:
    """The format of a time of day, with what stands between it and the date."""
    half, zone = clock["half"], clock["zone"] or ""
    form = f"{clock['between']}{'%I' if half else '%H'}:%M"
    form += ":%S" * bool(clock["seconds"]) + "%.f" * bool(clock["split"])
    if half:
        form += f"{' ' * half.startswith(' ')}%p"
    return form + (zone if zone.strip() in ("", "Z", "UTC") else f"{' ' * zone.startswith(' ')}%z")


def _reads(text: str, form: str) -> bool:
    """Whether one value has a format. Python's own parser tries all in the time of polars' one."""
    try:
        return _YEARS[0] <= datetime.strptime(text, form).year <= _YEARS[1]
    except ValueError:
        return False


def _parsed(text: pl.Series, form: str) -> Times:
    """Read text by one format: (rows,), NaT where it does not fit."""
    import polars as pl

    if form.startswith("epoch"):
        scale = 1 if form == "epoch seconds" else 1000
        numbers = text.cast(pl.Int64, strict=False).to_numpy().astype(np.float64) / scale
        plausible = np.isfinite(numbers) & (numbers > 1e8) & (numbers < 1e10)
        seconds = np.where(plausible, numbers, 0.0).astype(np.int64).astype("datetime64[s]")
        return np.where(plausible, seconds, np.datetime64("NaT", "s"))
    if form == QUARTER:
        text = text.str.to_uppercase().str.replace(r"^Q([1-4])[- ]?(\d{4})$", "${2}Q$1")
        parts = text.str.extract_groups(r"^(\d{4})[- ]?Q([1-4])$").struct.unnest()
        month = 3 * parts["2"].cast(pl.Int64) - 2
        text, form = parts["1"] + "-" + month.cast(pl.String).str.zfill(2), "%Y-%m"
    elif form == WEEK:
        text, form = text.str.replace("-?W", "-W") + "-1", "%G-W%V-%u"
    try:
        read = text.str.to_datetime(form, time_unit="ms", strict=False)
    except pl.exceptions.PolarsError:
        return np.full(len(text), np.datetime64("NaT", "s"))
    years = read.dt.year()
    read = read.set(~years.is_between(*_YEARS).fill_null(True), None)
    times: Times = read.dt.replace_time_zone(None).to_numpy().astype("datetime64[s]")
    return times


def _most_regular(read: dict[str, Times]) -> tuple[str, str]:
    """Return the format under which times go on most evenly, and one that is as good, if any."""
    if len(read) == 1:
        return next(iter(read)), ""
    ranked = sorted(read, key=lambda form: _regularity(read[form]), reverse=True)
    best, second = ranked[:2]
    same = np.array_equal(read[best], read[second], equal_nan=True)
    if same or _regularity(read[best]) > _regularity(read[second]):
        return best, ""
    return best, second


def _regularity(times: Times) -> tuple[float, float]:
    """Return the share of the commonest step, in days or in months, and of steps one way."""
    known = times[~np.isnat(times)]
    if len(known) < 2:
        return 0.0, 0.0
    days, months = np.diff(known), np.diff(known.astype("datetime64[M]"))
    commonest = max(np.unique(steps, return_counts=True)[1].max() for steps in (days, months))
    forwards = float((days.astype(np.int64) > 0).mean())
    return commonest / len(days), max(forwards, 1 - forwards)
