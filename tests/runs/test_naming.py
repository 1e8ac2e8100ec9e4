"""The names of runs that nobody named."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnntui.runs.naming import free_name


@pytest.mark.parametrize(
    ("recipe", "data", "name"),
    [
        ("chapter/hello", (), "hello"),
        ("../my recipe.v2.toml", ("x.csv",), "my recipe.v2"),
        ("", ("some/reviews.csv.gz", "more.csv"), "reviews"),
        ("", ("--odd.txt",), "odd"),
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
