"""The names of runs that nobody named."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnntui.errors import BadOption
from rnntui.runs.naming import free_name, named_folder


@pytest.mark.parametrize(
    ("recipe", "data", "name"),
    [
        ("chapter/hello", (), "hello"),
        ("../my recipe.v2.toml", ("x.csv",), "my recipe.v2"),
        ("", ("some/reviews.csv.gz", "more.csv"), "reviews"),
        ("", ("--odd.txt",), "odd"),
        ("", ("od\x1bd.txt",), "odd"),
        ("", (), "run"),
        ("", ("",), "run"),
        ("shakespeare-lstm", (), "shakespeare-lstm-2"),  # one ships
    ],
)
def test_it_is_that_of_the_recipe_or_of_the_data(recipe, data, name):
    assert free_name(recipe, data) == name


def test_a_name_that_is_taken_gets_a_number(home: Path):
    (home / "data" / "runs" / "films").mkdir(parents=True)
    (home / "data" / "runs" / "films-2").mkdir()
    assert free_name("", ("films.csv",)) == "films-3"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a/b", "give a plain name; --out takes a path"),
        ("..", "give a plain name"),
        ("-x", "which would be read as an option; give a --name that begins with a letter"),
        ("a\x1b[2Jb", "with characters that cannot be seen; give a --name without them"),
        ("a\nb", "with characters that cannot be seen"),
        ("a\u202eb", "with characters that cannot be seen"),
        ("shakespeare-lstm", "as a model that ships is called; choose another: --name shakesp"),
    ],
)
def test_a_name_that_would_be_mistaken_is_refused(name, said):
    with pytest.raises(BadOption) as refused:
        named_folder(name)
    assert said in str(refused.value)


def test_a_name_of_one_s_own_is_a_folder_in_the_library(home: Path):
    for name in ("größe", "my run.v2", "shakespeare-lstm-2"):
        assert named_folder(name) == home / "data" / "runs" / name
