"""A series is complete, in order, its own copy, and knows what times come next."""

from __future__ import annotations

import numpy as np
import pytest

from rnntui.data.series.calendar import after, parsed, spelled
from rnntui.data.series.series import Series


def times(*days: str) -> np.ndarray:
    return np.array(days, "datetime64[s]")


def test_a_head_holds_nothing_of_what_comes_after():
    values = np.arange(10.0)
    series = Series("x", "y", values, covariates={"z": values + 1}, filled=values > 7)
    head = series.head(4)
    assert head.values.tolist() == [0, 1, 2, 3]
    assert head.covariates["z"].tolist() == [1, 2, 3, 4]
    assert head.filled is not None and len(head.filled) == 4
    for array in (head.values, head.covariates["z"], head.filled):
        assert array.base is None
        assert array.nbytes == 4 * array.itemsize


def test_its_values_are_its_own_and_cannot_be_written_to():
    values = np.arange(3.0)
    series = Series("x", "y", values)
    values[0] = 99
    assert series.values[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        series.values[0] = 1


@pytest.mark.parametrize(
    ("length", "fraction", "first"), [(100, 0.29, 29), (145, 0.8, 116), (10, 0.05, 0), (7, 1, 7)]
)
def test_a_split_rounds_down_to_whole_values(length, fraction, first):
    head, rest = Series("x", "y", np.arange(length)).split(fraction)
    assert (len(head), len(rest)) == (first, length - first)
    assert [*head.values, *rest.values] == list(range(length))


@pytest.mark.parametrize(
    "wrong",
    [
        {"values": [1, np.nan]},
        {"values": [[1, 2]]},
        {"values": [1, 2], "season": 0},
        {"values": [1, 2], "covariates": {"z": [1]}},
        {"values": [1, 2], "covariates": {"z": [1, np.inf]}},
        {"values": [1, 2], "times": times("2020-01-02", "2020-01-02")},
    ],
    ids=str,
)
def test_what_is_no_series_is_refused(wrong):
    with pytest.raises(ValueError, match=r"series|values|times"):
        Series("x", "y", **wrong)


@pytest.mark.parametrize(
    ("known", "frequency", "next_two"),
    [
        (["2024-01-31", "2024-02-29"], "M", ["2024-03-31", "2024-04-30"]),
        (["2023-12-15", "2024-01-15"], "M", ["2024-02-15", "2024-03-15"]),
        (["2024-01-01"], "Q", ["2024-04-01", "2024-07-01"]),
        (["2024-02-29"], "Y", ["2025-02-28", "2026-02-28"]),
        (["2024-11-22"], "B", ["2024-11-25", "2024-11-26"]),
        (["2024-11-23"], "B", ["2024-11-25", "2024-11-26"]),
        (["2024-12-30"], "W", ["2025-01-06", "2025-01-13"]),
        (["2024-12-30"], "2D", ["2025-01-01", "2025-01-03"]),
        (["2024-12-31T23:45"], "15min", ["2025-01-01T00:00", "2025-01-01T00:15"]),
    ],
)
def test_the_next_times_follow_the_calendar(known, frequency, next_two):
    series = Series("x", "y", np.zeros(len(known)), times(*known), frequency)
    assert series.future_times(2).tolist() == times(*next_two).tolist()
    assert len(series.future_times(0)) == 0


def test_without_dates_or_frequency_no_time_comes_next():
    assert Series("x", "y", [1, 2]).future_times(3) is None
    assert Series("x", "y", [1, 2], times("2020-01-01", "2020-01-09")).future_times(3) is None


def test_a_frequency_is_a_unit_with_a_number_or_without():
    assert parsed("15min") == (15, "min")
    assert parsed("M") == (1, "M")
    assert spelled(15, "min") == "15min" and spelled(1, "h") == "h"
    for wrong in ("", "X", "0D", "2B", "-1D", "D2", "1.5h", "99999999D"):
        assert parsed(wrong) is None
    with pytest.raises(ValueError, match="no frequency"):
        after(times("2020-01-01"), "X", 1)
