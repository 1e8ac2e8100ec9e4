"""Frequencies are found from times, and gaps are told from holidays."""

from __future__ import annotations

import numpy as np
import pytest

from rnntui.data.series.calendar import after
from rnntui.data.series.frequency import frequency_of, positions


def times(*days: str) -> np.ndarray:
    return np.array(days, "datetime64[s]")


def run(begin: str, frequency: str, count: int) -> np.ndarray:
    start = times(begin)
    return np.concatenate([start, after(start, frequency, count - 1)])


@pytest.mark.parametrize(
    "frequency", ["s", "10s", "min", "15min", "h", "6h", "D", "2D", "W", "2W", "M", "2M", "Q", "Y"]
)
def test_a_regular_run_has_its_own_frequency_also_with_gaps(frequency):
    whole = run("2020-01-31", frequency, 40)
    assert frequency_of(whole) == frequency
    holed = np.delete(whole, [7, 8, 25])
    assert frequency_of(holed) == frequency
    assert positions(holed, frequency).tolist() == [n for n in range(40) if n not in (7, 8, 25)]


def test_weekdays_are_a_frequency_and_holidays_no_gaps():
    trading = np.delete(run("2024-01-01", "B", 60), [20])
    assert frequency_of(trading) == "B"
    assert positions(trading, "B").tolist() == list(range(59))
    assert frequency_of(run("2024-01-01", "D", 60)) == "D"
    assert frequency_of(run("2024-01-01", "D", 5)) == "D"  # a week's five days say nothing


def test_months_on_the_28th_and_at_their_ends_are_different_things():
    ends = times("2023-01-31", "2023-02-28", "2023-03-31", "2023-04-30")
    assert frequency_of(ends) == "M"
    assert frequency_of(times("2023-01-28", "2023-02-28", "2023-03-28", "2023-04-28")) == "M"
    assert positions(times("2023-01-28", "2023-02-28", "2023-03-31"), "M") is None


def test_irregular_times_have_none():
    assert frequency_of(times("2020-01-01", "2020-01-02")) == ""
    assert frequency_of(times("2020-01-01", "2020-01-05", "2020-01-06", "2020-02-11")) == ""
    assert positions(times("2020-01-01", "2020-01-02T12:00"), "D") is None
    assert positions(times("2020-01-01", "2020-01-02"), "nonsense") is None
