"""A CSV becomes a series, whatever its dialect; what cannot be one is told in a line."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from rnntui.data.series.options import SeriesOptions
from rnntui.data.series.reading import SeriesFile, load_series, read_series
from rnntui.errors import BadOption, CorpusError
from rnntui.files import FileProblem


def write(tmp_path, content: str | bytes, name="s.csv"):
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def read(tmp_path, content: str | bytes, **options):
    return read_series(write(tmp_path, content), SeriesOptions(**options))


MONTHS = "Month,Passengers\n1949-01,112\n1949-02,118\n1949-03,132\n1949-04,129\n"


def test_a_column_and_its_dates_are_found(tmp_path):
    series = read(tmp_path, MONTHS)
    assert (series.name, series.column, series.frequency, series.season) == (
        "s", "Passengers", "M", 1,
    )  # fmt: skip
    assert series.values.tolist() == [112, 118, 132, 129]
    assert series.times[-1] == np.datetime64("1949-04-01", "s")
    assert series.notes == () and series.filled is None


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + MONTHS,
        MONTHS.replace("\n", "\r\n"),
        MONTHS.replace("\n", "\r"),
        MONTHS.replace(",", ";"),
        MONTHS.replace(",", "\t"),
        MONTHS.replace(",", " , "),
        "# from a station\n\n" + MONTHS,
        MONTHS.replace("118\n", "118\n\n") + "\n\n",
        '"Month","Passengers"\n"1949-01","112"\n"1949-02","118"\n"1949-03","132"\n"1949-04","129"\n',
        MONTHS.encode("utf-16"),
        gzip.compress(MONTHS.encode()),
    ],
    ids=["bom", "crlf", "cr", "semicolon", "tab", "blanks", "comment", "empty lines", "quotes",
         "utf-16", "gzip"],
)  # fmt: skip
def test_dialects_are_one_series(tmp_path, content):
    assert read(tmp_path, content).values.tolist() == [112, 118, 132, 129]


def test_decimal_commas_beside_semicolons_and_a_legacy_encoding(tmp_path):
    content = "Datum;Temp °C\n01.01.2020;1,5\n02.01.2020;-2,25\n03.01.2020;3\n".encode("cp1252")
    series = read(tmp_path, content)
    assert series.column == "Temp °C"
    assert series.values.tolist() == [1.5, -2.25, 3]
    assert series.frequency == "D"
    assert "Windows-1252" in series.notes[0]


def test_an_encoding_that_is_named_may_have_zero_bytes(tmp_path):
    content = "v\n1.5\n2.5\n3.5\n".encode("utf-16-le")
    assert read(tmp_path, content, encoding="utf-16-le").values.tolist() == [1.5, 2.5, 3.5]


def test_a_column_left_out_for_a_field_that_is_no_number_is_told(tmp_path):
    content = "day,sales,visits,place\n1,5,9,a\n2,6,n?a,b\n3,8,7,c\n4,8,7,d\n"
    assert read(tmp_path, content).notes == (
        "column 'visits' is left out: line 3 has 'n?a', which is no number",
    )
    assert read(tmp_path, content, column="sales").notes == ()  # nobody asks for another


def test_a_bare_column_of_numbers_needs_no_header(tmp_path):
    series = read(tmp_path, "1.5\n2.5\n3.5\n")
    assert (series.column, series.times, series.frequency) == ("column 1", None, "")
    assert "no header" in series.notes[0]
    assert read(tmp_path, "2020-01-01,5\n2020-01-02,6\n2020-01-03,7\n").values.tolist() == [5, 6, 7]


def test_a_count_of_the_rows_is_no_series(tmp_path):
    content = ",a\n" + "".join(f"{n},{n * n}\n" for n in range(5))
    assert read(tmp_path, content).column == "a"


def test_numbers_are_dates_in_a_column_that_says_so(tmp_path):
    series = read(tmp_path, "year,sales\n1990,5\n1991,7\n1992,6\n")
    assert (series.frequency, series.column) == ("Y", "sales")
    assert read(tmp_path, "speed,y\n1990,5\n1991,7\n1993,6\n", column="y").times is None


def test_several_columns_are_listed_with_count_and_range(tmp_path):
    content = "d,open,close,name\n2020-01-01,1,2.5,x\n2020-01-02,,3.5,y\n2020-01-03,4,5,z\n"
    with pytest.raises(CorpusError) as raised:
        read(tmp_path, content)
    assert "2 columns of numbers" in str(raised.value)
    assert "open (2 values, 1 to 4, 1 missing), close (3 values, 2.5 to 5)" in str(raised.value)
    assert "--column" in str(raised.value)
    for column in ("close", "CLOSE", " Close ", "3"):
        assert read(tmp_path, content, column=column).values.tolist() == [2.5, 3.5, 5]


def test_covariates_come_along(tmp_path):
    content = "d,open,close\n2020-01-01,1,2\n2020-01-02,3,4\n2020-01-03,5,6\n"
    series = read(tmp_path, content, column="close", covariates=("Open",))
    assert list(series.covariates) == ["open"]
    assert series.covariates["open"].tolist() == [1, 3, 5]
    for wrong in ("close", "d"):
        with pytest.raises(BadOption):
            read(tmp_path, content, column="close", covariates=(wrong,))


def test_one_file_gives_many_series(tmp_path):
    file = SeriesFile(write(tmp_path, "a,b\n1,4\n2,5\n3,7\n"))
    assert [column.name for column in file.columns] == ["b"]  # a counts the rows
    assert file.series(SeriesOptions(column="a"), name="mine").name == "mine"
    assert file.series().values.tolist() == [4, 5, 7]


def test_an_unusual_format_or_none_may_be_named(tmp_path):
    content = "when,v\n2020/31/01,1\n2020/29/02,2\n2020/31/03,3\n"
    assert read(tmp_path, content).times is None
    named = {"date_column": "when", "date_format": "%Y/%d/%m"}
    assert read(tmp_path, content, **named).frequency == "M"
    assert read(tmp_path, MONTHS, date_column="none").times is None
    assert read(tmp_path, MONTHS, frequency="none").frequency == ""
    assert read(tmp_path, MONTHS, season=4).season == 4


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("", {}, "is empty"),
        ("\n \n", {}, "is empty"),
        ("# nothing\n", {}, "is empty"),
        ("a,b\n", {}, "a header and no values"),
        (b"PK\x03\x04abc", {}, "spreadsheet"),
        (b"\x89PNG\0\0", {}, "zero bytes"),
        (b"\x1f\x8b\x08cut", {}, "damaged or cut-off gzip"),
        ("v\n1\n2\nthree\n4\n", {}, r"line 4 .*column 'v': 'three' is no number"),
        ("v\n1\n\n2\nthree\nfour\n", {}, r"line 5 .*'three' is no number, nor is another"),
        ("v,w\nx,y\n", {}, "no column of numbers"),
        ("v\n1\n2\n", {}, "has 2 values; a series has at least 3"),
        ("v\nNaN\nNaN\nNA\n", {}, "no column of numbers"),
        ("v,w\n1,2\n3,4,5\n", {"column": "v"}, "line 3 .* has 3 fields, the first line 2"),
        ('v,w\n1,"2\n3,4\n', {"column": "v"}, "no sound CSV"),
        ("v,w\n1,2\n3,4\n5,5\n", {"column": "x"}, "no column 'x'; it has v, w"),
        ("v,w\n1,2\n3,4\n5,5\n", {"column": "9"}, "no column '9'"),
        ("v\n1\n2\n3\n", {"date_column": "v"}, "holds no dates"),
        ("v\n1\n2\n3\n", {"encoding": "klingon"}, "no encoding 'klingon'"),
        (b"v\n\xff\n", {"encoding": "utf-8"}, "not utf-8: byte 3"),
        (b"v\n1\n2\n3\n", {"encoding": "undefined"}, "is not undefined"),
        ("date,v\n2020-01-01,1\n2.1.2020,2\n2020-01-03,3\n", {},
         "mixes date formats: line 2 has '2020-01-01', line 3 has '2.1.2020'"),
        ("date,v\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n", {"date_format": "%d"},
         r"^--date-format '%d' does not fit '2020-01-01' \(line 2 of .*; leave it out"),
        ("date,v\n2020-01-01,1\n2020-01-02,2\n03.01.2020,3\n", {"date_format": "%Y-%m-%d"},
         r"^--date-format '%Y-%m-%d' does not fit '03.01.2020' \(line 4 of"),
        ("when,v\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n", {"date_format": "%Q"},
         r"^--date-format '%Q' fits no column of"),
        ("date,v\n01/02/2020,1\n02/02/2020,2\n03/02/2020,3\n", {}, "read in two ways"),
        ("date,v\nMonday,1\nTuesday,2\n", {}, "no date in a format known here: 'Monday'"),
        ("date,v\n2020-01-01,1\n2020-01-02,2\n2020-01-04,4\n2020-01-04,5\n", {},
         "lines 4 and 5 .* different values for 2020-01-04"),
        ("date,v\n2020-01-01,1\n2020-01-02,2\n2020-01-09,4\n", {"frequency": "2D"},
         "do not all lie on --frequency 2D"),
        ("v\n1e308\n\n-1e308\n\n1e308\n", {}, r"'v' of .* holds values as large as 1e\+308"),
        ("a,b\n1,2\n3,-4e200\n7,7\n", {"column": "a", "covariates": ("b",)},
         r"'b' of .* holds values as large as 4e\+200"),
    ],
)  # fmt: skip
def test_what_is_no_series_is_told(tmp_path, content, options, said):
    with pytest.raises(CorpusError, match=said) as raised:
        read(tmp_path, content, **options)
    assert raised.value.fix
    assert "\n" not in str(raised.value)


def test_what_unpacks_to_more_than_memory_should_hold_is_refused_early(tmp_path):
    tracemalloc.start()
    try:
        with pytest.raises(CorpusError, match="holds more than 256 MB of text"):
            read(tmp_path, gzip.compress(bytes(1 << 24)) * 40)  # 640 MB, in members
        assert tracemalloc.get_traced_memory()[1] < 700e6
    finally:
        tracemalloc.stop()


def test_a_table_of_too_many_columns_is_refused_before_it_is_cut_into_them(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(CorpusError, match=r"has more than 4,096 columns; keep that of the dates"):
        read(tmp_path, ",".join(f"c{n}" for n in range(300_000)) + "\n1\n")
    with pytest.raises(CorpusError, match=r"the first line of .* has no end .*; look for a quote"):
        read(tmp_path, '"' + "v\n" * 1_000_000)


def test_a_table_of_a_thousand_columns_is_read(tmp_path):
    content = "\n".join(",".join(f"{n}" for n in range(1000)) for _ in range(3))
    assert read(tmp_path, content, column="1000").values.tolist() == [999, 999, 999]


def test_fields_longer_than_the_parser_of_python_takes_are_fields(tmp_path):
    long = "x" * 200_000
    assert read(tmp_path, f"v,{long}\n1,2\n3,4\n7,7\n", column="v").values.tolist() == [1, 3, 7]
    with pytest.raises(CorpusError, match=r"line 3 .* is no number"):
        read(tmp_path, f"v\n1\n{long}\n7\n")
    with pytest.raises(CorpusError, match=r"line 3 .* has 2 fields"):
        read(tmp_path, f"v\n1\n{long},2\n7\n", delimiter=",")


def test_a_long_preamble_is_passed_over_and_counted(tmp_path):
    content = "# a line\n \t\n" * 50_000 + "v\n1\n2\nthree\n4\n"
    with pytest.raises(CorpusError, match=r"line 100004 .*'three' is no number"):
        read(tmp_path, content)


def test_what_is_no_file_is_told(tmp_path):
    with pytest.raises(CorpusError, match="does not exist"):
        read_series(tmp_path / "none.csv")
    with pytest.raises(CorpusError, match="is a folder"):
        read_series(tmp_path)
    with pytest.raises((CorpusError, FileProblem)):
        read_series(tmp_path / ("x" * 5000))
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(CorpusError, match="is a pipe or a device; write what comes from it to a"):
        load_series(str(tmp_path / "pipe.csv"))  # does not wait for someone to write
    (tmp_path / "pipe.csv").rename(tmp_path / "pipe")
    with pytest.raises(CorpusError, match="is a pipe or a device"):
        load_series(str(tmp_path / "pipe"))
    with pytest.raises(CorpusError, match="is a folder"):
        load_series(str(tmp_path))


@pytest.mark.parametrize(
    "wrong",
    [{"missing": "guess"}, {"duplicates": "all"}, {"delimiter": "x"}, {"decimal": ";"},
     {"season": -1}, {"frequency": "fortnight"}],
    ids=str,
)  # fmt: skip
def test_options_that_make_no_sense_are_told(wrong):
    with pytest.raises(BadOption):
        SeriesOptions(**wrong)


def test_control_characters_of_a_file_do_not_reach_the_terminal(tmp_path):
    with pytest.raises(CorpusError) as raised:
        read(tmp_path, "a\x1b[2J,b\n1,2\n3,4\n7,7\n", column="c")
    assert "\x1b" not in str(raised.value)


def test_a_constant_series_is_read_and_noted(tmp_path):
    series = read(tmp_path, "v\n5\n5\n5\n5\n")
    assert any("all values are 5" in note for note in series.notes)


def test_a_million_rows_are_read(tmp_path):
    content = "v\n" + "\n".join(str(n % 7) for n in range(1_000_000))
    series = read(tmp_path, content)
    assert len(series) == 1_000_000
    assert series.values[-1] == 999_999 % 7


def test_polars_is_imported_only_when_a_file_is_read():
    code = """
import sys, rnntui.data.series.reading, rnntui.inference.forecast.backtest
assert not {"polars", "torch", "textual"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
