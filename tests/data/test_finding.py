"""A corpus is named by its file, or by its name in the folder of corpora."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnntui.data.finding import find_corpora
from rnntui.errors import CorpusError


@pytest.mark.parametrize("ending", ["", ".txt", ".txt.gz"])
def test_a_name_is_looked_up_in_the_folder_of_corpora(tmp_path, monkeypatch, ending):
    monkeypatch.setenv("RNNTUI_DATA", str(tmp_path))
    (tmp_path / f"tiny{ending}").write_text("x")
    assert find_corpora(["tiny"]) == [tmp_path / f"tiny{ending}"]


def test_a_file_here_comes_before_a_corpus_of_that_name(tmp_path, monkeypatch):
    monkeypatch.setenv("RNNTUI_DATA", str(tmp_path / "corpora"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "tiny").write_text("there")
    (tmp_path / "tiny").write_text("here")
    assert find_corpora(["tiny"]) == [Path("tiny")]


def test_a_missing_name_says_where_it_is_looked_for():
    with pytest.raises(CorpusError, match="RNNTUI_DATA"):
        find_corpora(["tinyshakespeare"])


def test_a_path_that_is_missing_is_left_to_the_reader():
    assert find_corpora(["missing.txt", "a/b"]) == [Path("missing.txt"), Path("a/b")]
