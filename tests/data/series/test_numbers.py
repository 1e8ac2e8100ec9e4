"""Numbers are read as their column is written, not each as it might be."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from rnntui.data.series.numbers import to_numbers


def read(*cells: str | None, **options: str):
    return to_numbers(pl.Series(cells, dtype=pl.String), **options)


@pytest.mark.parametrize(
    ("cells", "delimiter", "values"),
    [
        (("1", "-2.5", "+.5", "5.", "1e3"), ",", (1, -2.5, 0.5, 5, 1000)),
        (("1,5", "2,25", "-3"), ";", (1.5, 2.25, -3)),
        (("1,5", "2,25"), ",", (1.5, 2.25)),
        (("1,234", "12,000"), ",", (1234, 12000)),
        (("1,234", "12,000"), ";", (1.234, 12)),
        (("1,234,567.5", "8"), ",", (1234567.5, 8)),
        (("1.234,5", "-8"), ";", (1234.5, -8)),
        (("1.234.567", "8"), ";", (1234567, 8)),
        (("1 234 567", "1\u00a0000,5", "9'999"), ";", (1234567, 1000.5, 9999)),
        (("$1.50", "-€2", "3 %"), ",", (1.5, -2, 3)),
        ((" 7 ", "\t8"), ",", (7, 8)),
    ],
)
def test_a_column_is_read_in_one_way(cells, delimiter, values):
    numbers = read(*cells, delimiter=delimiter)
    assert numbers.values.tolist() == list(values)
    assert numbers.bad_row is None


def test_a_decimal_mark_may_be_named():
    assert read("1,234", decimal=",").values.tolist() == [1.234]
    assert read("1,234", delimiter=";", decimal=".").values.tolist() == [1234]
    assert read("1.5", decimal=",").bad == 1


def test_what_stands_for_nothing_is_missing():
    numbers = read("1", "NaN", "", None, "NA", "n/a", "-", "?", "null", "2")
    assert np.flatnonzero(~np.isnan(numbers.values)).tolist() == [0, 9]
    assert (numbers.known, numbers.bad, numbers.infinite) == (2, 0, 0)


def test_infinite_numbers_are_missing_and_counted():
    numbers = read("1", "inf", "-Infinity", "1e999")
    assert (numbers.known, numbers.infinite, numbers.bad) == (1, 3, 0)


def test_what_is_no_number_is_counted_and_the_first_is_told():
    numbers = read("1", "2", "three", "4", "5.6.7")
    assert (numbers.bad_row, numbers.bad, numbers.known) == (2, 2, 3)
    assert read("2020-01-01").bad == 1
    assert read("12abc", "0x10", "1_000").bad == 3
