"""Reviews are found by path or by name, and what is none of them says so."""

from __future__ import annotations

import pytest

from rnntui.data.finding_reviews import find_reviews, find_unlabelled
from rnntui.errors import CorpusError


def test_a_file_or_a_folder_is_found_by_its_path(tmp_path):
    file = tmp_path / "films.v2.csv.gz"
    file.write_bytes(b"")
    assert find_reviews(str(file)) == (file, "films")
    assert find_reviews(str(tmp_path)) == (tmp_path, tmp_path.name)
    assert find_unlabelled(str(tmp_path)) == (tmp_path, tmp_path.name)
    assert find_unlabelled(str(file)) == (file, "films")


def test_a_named_data_set_lies_where_rnntui_data_says(tmp_path, monkeypatch):
    monkeypatch.setenv("RNNTUI_DATA", str(tmp_path))
    (tmp_path / "imdb_50k.csv.gz").write_bytes(b"not the real one")
    said: list[str] = []
    path, name = find_reviews("IMDB", say=said.append)
    assert (path, name) == (tmp_path / "imdb_50k.csv.gz", "imdb")
    assert "is not the registered imdb" in said[0]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("imbd", "did you mean imdb"),
        ("zzzzzz", "name a CSV"),
        ("anna", "anna is no set of labelled reviews"),
        ("x" * 5000, "there are no reviews"),
    ],
)
def test_what_is_no_set_of_reviews_is_told(name, said):
    with pytest.raises(CorpusError, match=said):
        find_reviews(name)
