"""Disorder is mended by a rule that has a name, and said; what is made up is marked."""

from __future__ import annotations

import pytest

from rnntui.data.series.options import SeriesOptions
from rnntui.data.series.reading import read_series
from rnntui.errors import CorpusError


def read(tmp_path, rows: str, **options):
    file = tmp_path / "s.csv"
    file.write_text("date,v\n" + rows)
    return read_series(file, SeriesOptions(column="v", **options))


WHOLE = "2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n"


def test_disorder_is_sorted_and_a_file_from_new_to_old_turned_round(tmp_path):
    mixed = read(tmp_path, "2020-01-03,3\n2020-01-01,1\n2020-01-02,2\n")
    assert mixed.values.tolist() == [1, 2, 3]
    assert mixed.notes == ("out of order in a place; sorted by time",)
    backwards = read(tmp_path, "2020-01-03,3\n2020-01-02,2\n2020-01-01,1\n")
    assert backwards.values.tolist() == [1, 2, 3]
    assert backwards.notes == ("the newest came first; turned round",)


def test_a_row_twice_counts_once(tmp_path):
    series = read(tmp_path, WHOLE + "2020-01-03,3\n")
    assert series.values.tolist() == [1, 2, 3]
    assert "a row repeated word for word" in series.notes[0]


@pytest.mark.parametrize(("rule", "value"), [("first", 3), ("last", 5), ("mean", 4)])
def test_of_two_values_at_a_time_the_rule_says_which(tmp_path, rule, value):
    series = read(tmp_path, WHOLE + "2020-01-03,5\n", duplicates=rule)
    assert series.values.tolist() == [1, 2, value]
    assert f"--duplicates {rule}" in series.notes[0]


def test_the_last_of_two_stays_the_last_where_the_file_is_turned_round(tmp_path):
    rows = "2020-01-03,3\n2020-01-03,5\n2020-01-02,2\n2020-01-01,1\n"
    # Newest first, so the row above is the later one.
    assert read(tmp_path, rows, duplicates="last").values.tolist() == [1, 2, 3]


GAPS = "2020-01-01,1\n2020-01-02,2\n2020-01-03,\n2020-01-06,8\n2020-01-07,9\n2020-01-08,10\n"


def test_by_default_gaps_are_bridged_by_a_line_and_marked(tmp_path):
    series = read(tmp_path, GAPS)
    assert series.values.tolist() == [1, 2, 3.5, 5, 6.5, 8, 9, 10]
    assert series.filled.tolist() == [False, False, True, True, True, False, False, False]
    assert series.notes == (
        "the dates skip 2 steps, the first after 2020-01-03",
        "3 values missing, filled by a straight line; never scored",
    )


def test_the_other_rules_for_gaps(tmp_path):
    last = read(tmp_path, GAPS, missing="last")
    assert last.values.tolist() == [1, 2, 2, 2, 2, 8, 9, 10]
    assert last.filled.sum() == 3
    dropped = read(tmp_path, GAPS, missing="drop")
    assert dropped.values.tolist() == [1, 2, 8, 9, 10]
    assert dropped.filled is None
    assert dropped.frequency == "D"
    with pytest.raises(CorpusError, match=r"line 4 of .* has no value; .*--missing"):
        read(tmp_path, GAPS, missing="refuse")
    with pytest.raises(CorpusError, match="has nothing for 2020-01-04"):
        read(tmp_path, GAPS.replace("03,\n", "03,3\n"), missing="refuse")
    assert read(tmp_path, WHOLE, missing="refuse").values.tolist() == [1, 2, 3]


def test_at_the_ends_nothing_is_made_up(tmp_path):
    series = read(tmp_path, "2019-12-31,\n" + WHOLE + "2020-01-04,\n2020-01-05,NaN\n")
    assert series.values.tolist() == [1, 2, 3]
    assert series.notes == ("3 rows without a value at the ends left out",)


def test_infinite_values_are_missing(tmp_path):
    series = read(tmp_path, WHOLE + "2020-01-04,inf\n2020-01-05,5\n")
    assert series.values.tolist() == [1, 2, 3, 4, 5]
    assert "a value is infinite: taken as missing" in series.notes


def test_rows_without_a_date_are_left_out(tmp_path):
    series = read(tmp_path, WHOLE + ",99\n")
    assert series.values.tolist() == [1, 2, 3]
    assert "a row without a date left out" in series.notes


def test_weekends_and_holidays_of_a_trading_calendar_are_no_gaps(tmp_path):
    days = [d for d in range(1, 32) if d not in (4, 5, 11, 12, 18, 19, 25, 26, 20)]
    series = read(tmp_path, "".join(f"2020-01-{day:02},{day}\n" for day in days))
    assert len(series) == len(days)
    assert series.frequency == "B" and series.filled is None
    assert series.notes == ("a weekday has no row: taken for holidays, not for gaps",)


def test_irregular_times_are_steps_one_after_another(tmp_path):
    series = read(tmp_path, "2020-01-01,1\n2020-01-05,2\n2020-01-06,3\n2020-02-20,4\n")
    assert (series.values.tolist(), series.frequency) == ([1, 2, 3, 4], "")
    assert "irregular" in series.notes[0]


def test_a_hole_longer_than_the_series_is_not_filled(tmp_path):
    series = read(tmp_path, WHOLE + "2024-01-01,4\n2024-01-02,5\n2024-01-03,6\n")
    assert len(series) == 6
    assert "more than there are" in series.notes[0]


def with_covariate(tmp_path, rows: str, **options):
    file = tmp_path / "s.csv"
    file.write_text("date,v,x\n" + rows)
    return read_series(file, SeriesOptions(column="v", covariates=("x",), **options))


def test_covariates_are_mended_beside_the_series(tmp_path):
    rows = "2020-01-01,1,5\n2020-01-02,2,\n2020-01-04,4,7\n2020-01-05,5,\n"
    series = with_covariate(tmp_path, rows)
    assert series.values.tolist() == [1, 2, 3, 4, 5]
    assert series.covariates["x"].tolist() == [5, 5, 5, 7, 7]
    assert series.filled.tolist() == [False, False, True, False, False]
    assert "3 values of covariates missing, filled with the value before" in series.notes
    assert "a value missing, filled by a straight line; never scored" in series.notes


@pytest.mark.parametrize("missing", ["interpolate", "last", "drop"])
def test_a_covariate_knows_nothing_of_its_later_values(tmp_path, missing):
    """Given every third day: what stands at a day does not depend on what comes after it."""
    days = [f"2020-01-{day:02},{day}," for day in range(1, 31)]
    given = [row + str(day) if day % 3 == 2 else row for day, row in enumerate(days)]
    read = [
        with_covariate(tmp_path, "\n".join([*given[:-1], days[-1] + last]), missing=missing)
        for last in ("30", "900")
    ]
    one, two = (series.head(len(series) - 1).covariates["x"].tolist() for series in read)
    assert one == two
    assert len(read[0]) == (10 if missing == "drop" else 28)


def test_what_comes_before_all_covariates_is_left_out(tmp_path):
    rows = "2020-01-01,1,\n2020-01-02,2,\n2020-01-03,,5\n2020-01-04,4,\n2020-01-05,5,7\n"
    series = with_covariate(tmp_path, rows + "2020-01-06,6,8\n")
    assert series.values.tolist() == [4, 5, 6]
    assert series.covariates["x"].tolist() == [5, 7, 8]
    assert "3 rows before the covariates' first values left out" in series.notes
    with pytest.raises(CorpusError, match=r"a covariate .* has no value before the series ends"):
        with_covariate(tmp_path, "2020-01-01,1,\n2020-01-02,2,\n2020-01-03,3,\n2020-01-04,,5\n")
