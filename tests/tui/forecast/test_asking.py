"""What is typed: how a file is read, what is fitted; and what is written to the disk."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from rnntui.engine.protocol.forecast import Source
from rnntui.errors import BadOption
from rnntui.recipes.forecast import ForecastRecipe
from rnntui.tui.forecast.exporting import export
from rnntui.tui.forecast.fitting import arguments, name_for, planned
from rnntui.tui.forecast.reading import KEYS, taken, written
from rnntui.tui.forecast.sheet import Sheet

from .test_picture import made

SALES = Source("sales.csv", "sales")


def test_options_are_read_as_on_the_command_line_and_written_back() -> None:
    source = taken(SALES, "--season 7 --missing=last --date-format '%d.%m.%Y %H'")
    assert (source.season, source.missing, source.date_format) == (7, "last", "%d.%m.%Y %H")
    assert (source.file, source.column) == ("sales.csv", "sales")
    assert taken(SALES, written(source)) == source
    assert taken(source, "") == SALES and written(SALES) == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--seeson 7", "--seeson is no option here"),
        ("7", "7 is no option here"),
        ("--season", "--season has no value"),
        ("--season x", "--season is 'x'"),
        ("--season -1", "--season is '-1'"),
        ("--missing never", "interpolate, last, drop or refuse"),
        ("--missing 'last", "quotation mark"),
    ],
)
def test_options_that_make_no_sense_are_told(line: str, said: str) -> None:
    with pytest.raises(BadOption) as caught:
        taken(SALES, line)
    assert said in f"{caught.value.what}; {caught.value.fix}"


def test_a_fit_is_told_what_the_form_says(home: Path) -> None:
    source = taken(SALES, "--season 7 --missing drop")
    plan = planned("mine", "LSTM", " 24 ", "auto")
    assert arguments(source, plan, 6) == [
        "forecast", "--name=mine", "--column=sales", "--missing=drop", "--season=7",
        "--cell=lstm", "--window=24", "--horizon=6", "--", "sales.csv",
    ]  # fmt: skip
    assert name_for(Source("a/b.csv", "Adj Close")) == "b-adj-close"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("a/b", "", "", ""), "none for a folder"),
        (("", "", "", ""), "none for a folder"),
        (("mine", "transformer", "", ""), "gru, lstm or rnn"),
        (("mine", "", "0", ""), "window is 0"),
        (("mine", "", "", "many"), "epochs is many"),
    ],
)
def test_a_fit_that_makes_no_sense_is_told(
    home: Path, typed: tuple[str, str, str, str], said: str
) -> None:
    with pytest.raises(BadOption) as caught:
        planned(*typed)
    assert said in f"{caught.value.what}; {caught.value.fix}"


def test_a_fit_reads_a_series_as_it_is_shown(home: Path) -> None:
    line = "--duplicates mean --date-format %d.%m.%Y --decimal , --delimiter ; --encoding cp1252"
    told = arguments(taken(SALES, line), planned("mine", "", "", ""), 0)
    assert {f"--{key.replace('_', '-')}" for key in KEYS} >= {
        option.partition("=")[0] for option in told if "=" in option
    } - {"--name", "--column", "--cell"}
    assert {"--duplicates=mean", "--date-format=%d.%m.%Y", "--decimal=,", "--encoding=cp1252"} < {
        *told
    }
    assert set(KEYS) <= set(ForecastRecipe.__struct_fields__)


def test_a_forecast_is_written_beside_what_is_there(tmp_path: Path) -> None:
    chart, fan, _ = made()
    sheet = Sheet(chart, fan)
    for name in ("sales-passengers-forecast", "sales-passengers-forecast-2"):
        said = export(sheet, "the picture\n", tmp_path)
        assert f"{name}.csv" in said
        rows = list(csv.reader((tmp_path / f"{name}.csv").read_text().splitlines()))
        assert rows[0] == ["time", *(f"{level:g}" for level in fan.levels)] and len(rows) == 13
        assert [float(row[5]) for row in rows[1:]] == list(fan.rows[4])
        assert (tmp_path / f"{name}.txt").read_text().startswith("the picture\n")
