"""A series is found by path or by name, and known again by its content."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from rnntui.data.finding import find_named, place
from rnntui.data.named import corpora
from rnntui.data.series.finding import find_series, known_options
from rnntui.data.series.options import SeriesOptions
from rnntui.data.series.reading import load_series
from rnntui.errors import CorpusError

CORPORA = os.environ.get("RNNTUI_DATA", "")  # before the tests' own home hides it


def test_the_cosine_is_computed_where_it_is_not():
    assert place(corpora()["cosine"]) == "here"
    series = load_series("cosine")
    assert len(series) == 200
    assert series.season == 1
    assert all(abs(value - math.cos(k)) < 1e-11 for k, value in enumerate(series.values))


def test_a_computed_file_is_the_registered_one(tmp_path):
    corpus = corpora()["cosine"]
    file = find_named(corpus)
    file.write_bytes(b"spoiled")
    assert find_named(corpus) == file
    assert len(file.read_bytes()) == corpus.bytes


def test_a_tilde_is_the_home_folder_for_what_was_typed_in_the_app(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "sales.csv").write_text("v\n1\n2\n3\n")
    assert find_series("~/sales.csv") == (tmp_path / "sales.csv", None)


def test_a_series_that_is_not_here_says_how_to_get_it():
    with pytest.raises(CorpusError, match="rnntui data get djia"):
        load_series("djia")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("airline-passanger", "did you mean airline-passengers"),
        ("zzzzzz", "name a CSV"),
        ("anna", "anna is no series"),
        ("none.csv", "none.csv does not exist"),
        ("x" * 5000, "there is no series"),
    ],
)
def test_what_is_no_series_is_told(name, said):
    with pytest.raises(CorpusError, match=said):
        load_series(name)


def test_what_is_known_of_a_series_gives_way_to_what_is_asked():
    sunspots, djia = corpora()["monthly-sunspots"], corpora()["djia"]
    assert known_options(SeriesOptions(), None) == SeriesOptions()
    assert known_options(SeriesOptions(), sunspots).season == 132
    assert known_options(SeriesOptions(season=12), sunspots).season == 12
    assert known_options(SeriesOptions(), djia).column == "Close"
    assert known_options(SeriesOptions(column="Volume"), djia).column == "Volume"


@pytest.mark.skipif(not CORPORA, reason="RNNTUI_DATA names no folder of corpora")
@pytest.mark.parametrize(
    ("name", "length", "frequency", "season", "made_up"),
    [
        ("airline-passengers", 144, "M", 12, 0),
        ("daily-min-temperatures", 3652, "D", 365, 2),
        ("monthly-sunspots", 2820, "M", 132, 0),
        ("djia", 4923, "B", 1, 0),
        ("djia-2001-2017", 4276, "B", 1, 0),
    ],
)
def test_the_named_series_are_as_they_should_be(
    monkeypatch, name, length, frequency, season, made_up
):
    monkeypatch.setenv("RNNTUI_DATA", CORPORA)
    series = load_series(name)
    assert (len(series), series.frequency, series.season) == (length, frequency, season)
    assert (0 if series.filled is None else series.filled.sum()) == made_up


@pytest.mark.skipif(not CORPORA, reason="RNNTUI_DATA names no folder of corpora")
def test_a_file_given_by_its_path_is_known_again(tmp_path):
    copy = tmp_path / "spots.csv"
    copy.write_bytes(Path(CORPORA, "monthly-sunspots.csv").read_bytes())
    path, corpus = find_series(str(copy))
    assert path == copy
    assert corpus is not None and corpus.name == "monthly-sunspots"
    assert load_series(str(copy)).season == 132
    copy.write_bytes(copy.read_bytes() + b'"1984-01",57.0\n')
    assert find_series(str(copy))[1] is None
