"""Dates are read in one format a column, and a doubtful one is not guessed at."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from rnntui.data.series.dates import to_times


def read(*cells: str | None, **options):
    return to_times(pl.Series(cells, dtype=pl.String), **options)


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (("1949-01", "1949-02"), "1949-01-01"),
        (("1981-01-31", "1981-02-01"), "1981-01-31"),
        (("31.12.2020", "01.01.2021"), "2020-12-31"),
        (("31/12/2020", "01/01/2021"), "2020-12-31"),
        (("12/31/2020", "01/01/2021"), "2020-12-31"),
        (("31.12.20", "1.1.21"), "2020-12-31"),
        (("31-Dec-2020", "1-Jan-2021"), "2020-12-31"),
        (("Dec 31, 2020", "Jan 1, 2021"), "2020-12-31"),
        (("December 2020", "January 2021"), "2020-12-01"),
        (("2020Q4", "2021-Q1"), "2020-10-01"),
        (("Q4 2020", "Q1 2021"), "2020-10-01"),
        (("2020-W53", "2021-W01"), "2020-12-28"),
        (("2020-12-31 23:00", "2021-01-01 00:00"), "2020-12-31T23:00"),
        (("2020-12-31T23:00:00", "2021-01-01T00:00:00"), "2020-12-31T23:00"),
        (("2020-12-31T23:00:00.250Z", "2021-01-01T00:00:00.250Z"), "2020-12-31T23:00"),
        (("2021-01-01T00:00:00+01:00", "2021-01-01T01:00:00+01:00"), "2020-12-31T23:00"),
        (("12/31/2020 11:00 PM", "01/01/2021 12:00 AM"), "2020-12-31T23:00"),
    ],
)
def test_the_usual_formats_are_known(cells, first):
    dates = read(*cells)
    assert dates is not None
    assert dates.times[0] == np.datetime64(first, "s")
    assert dates.times[1] > dates.times[0]
    assert (dates.bad_row, dates.alike) == (None, "")


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (("1949", "1950"), "1949-01-01"),
        (("19490131", "19490201"), "1949-01-31"),
        (("194901", "194902"), "1949-01-01"),
        (("1577836800", "1577840400"), "2020-01-01"),
        (("1577836800000", "1577840400000"), "2020-01-01"),
    ],
)
def test_numbers_are_dates_only_where_they_may_be(cells, first):
    assert read(*cells) is None
    assert read(*cells, numeric=True).times[0] == np.datetime64(first, "s")


def test_day_and_month_are_told_apart_by_how_the_dates_go_on():
    months = read(*(f"0{month}/01/2020" for month in range(1, 10)), "10/01/2020", "11/02/2020")
    assert months.format in ("%m/%d/%Y", "%d/%m/%Y")
    daily = [f"{day:02}/{month:02}/2020" for month in (1, 2) for day in range(1, 13)]
    assert read(*daily).format == "%d/%m/%Y"
    assert read(*daily).alike == ""


def test_dates_that_are_as_even_either_way_are_doubtful():
    dates = read("01/01/2020", "02/01/2020", "03/01/2020")
    assert {dates.format, dates.alike} == {"%d/%m/%Y", "%m/%d/%Y"}


def test_a_format_may_be_named():
    dates = read("01/01/2020", "02/01/2020", asked="%m/%d/%Y")
    assert dates.times[1] == np.datetime64("2020-02-01", "s")
    assert dates.alike == ""


def test_the_first_other_format_is_told():
    dates = read("2020-01-01", None, "2020-01-02", "3.1.2020", "2020-01-04")
    assert (dates.good_row, dates.bad_row) == (0, 3)
    assert np.isnat(dates.times[1])


def test_words_are_no_dates():
    assert read("may be", "sunday", "x") is None
    assert read(None, "") is None
    assert read("0020-01-01") is None
