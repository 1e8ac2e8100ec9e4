"""Recipes are found by name or file, and what is written back reads the same."""

from __future__ import annotations

import tomllib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntui.errors import RecipeError, RnntuiError
from rnntui.recipes.catalog import load_recipe, names, tasks, to_toml
from rnntui.recipes.schema import TextRecipe, make_recipe

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def again(text: str) -> TextRecipe:
    return make_recipe(tomllib.loads(text), "again")


@pytest.mark.parametrize("name", names())
def test_every_recipe_that_ships_is_sound(name):
    recipe = load_recipe(name)
    assert recipe.about
    assert again(to_toml(recipe)) == recipe
    assert again(to_toml(recipe, documented=True)) == recipe


def test_the_named_recipes_are_here():
    assert {"shakespeare-lstm", "chapter/hello"} <= set(names())
    assert dict(tasks())["chapter/hello"] == "text"


def test_a_recipe_is_read_from_any_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('task = "text"\nhidden = 32\n')
    assert load_recipe(str(path)).hidden == 32


def test_a_recipe_saved_by_notepad_is_read(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b'\xef\xbb\xbftask = "text"\r\nhidden = 32\r\n')
    assert load_recipe(str(path)).hidden == 32


def test_a_wrong_name_suggests_the_nearest():
    with pytest.raises(RecipeError, match="did you mean shakespeare-lstm"):
        load_recipe("shakespear")
    with pytest.raises(RecipeError, match="`rnntui recipes` lists them"):
        load_recipe("zzz")


@pytest.mark.parametrize(
    "content", [b"task = ", b"\xff\xfe", b"{}", b"task = 'text'\ntask = 'text'", b"\0",
                b'task = "text"\nx = ' + b"[" * 50_000, b"hidden = 1e999\ntask='text'",
                b"hidden = " + b"9" * 5000 + b"\ntask = 'text'"], ids=range(8)
)  # fmt: skip
def test_a_file_that_is_no_recipe_is_refused(tmp_path, content):
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(RecipeError) as caught:
        load_recipe(str(path))
    assert "mine.toml" in str(caught.value)


def test_a_missing_file_or_a_folder_is_named(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path / "folder.toml"):
        (tmp_path / "folder.toml").mkdir(exist_ok=True)
        with pytest.raises(RnntuiError, match=path.name):
            load_recipe(str(path))


@given(about=TEXT, text=TEXT, prompt=TEXT, corpus=st.lists(TEXT, max_size=3))
def test_any_text_comes_back(about, text, prompt, corpus):
    recipe = TextRecipe(about=about, text=text, sample_prompt=prompt, corpus=tuple(corpus))
    assert again(to_toml(recipe)) == recipe
    assert again(to_toml(recipe, documented=True)) == recipe


@pytest.mark.parametrize(
    "text", ['"', "'", '"""', "\\", "\n", "\r\n", "\t", "\0", "\x1b[2J", "\x7f", "\x9b", "\u2028",
             "\u202e", "🙂", "\U000e0041", "# no comment", "a\u200db"]
)  # fmt: skip
def test_text_that_toml_could_trip_over_comes_back(text):
    assert again(to_toml(TextRecipe(text=text))).text == text


def test_what_could_steer_a_terminal_is_written_as_escapes():
    written = to_toml(TextRecipe(text="\x1b[2J \x9b \u202e \U000e0041"))
    assert not {"\x1b", "\x9b", "\u202e", "\U000e0041"} & set(written)


@given(
    lr=st.floats(0, 1e3, exclude_min=True), decay=st.floats(0, 10), clip=st.floats(1e-9, 1e308),
    temperatures=st.lists(st.floats(0, 1e6), max_size=4),
)  # fmt: skip
def test_any_number_comes_back_and_stays_a_fraction(lr, decay, clip, temperatures):
    recipe = TextRecipe(
        lr=lr, weight_decay=decay, clip=clip, sample_temperatures=tuple(temperatures)
    )
    values = tomllib.loads(to_toml(recipe))
    assert msgspec.convert(values, TextRecipe) == recipe
    assert all(type(values[key]) is float for key in ("lr", "weight_decay", "clip"))


@pytest.mark.parametrize("value", [1e-5, 1e16, 1e22, 1.0, 5e-324, 123456789012345680.0])
def test_numbers_in_every_notation_are_toml(value):
    written = to_toml(TextRecipe(clip=value))
    assert tomllib.loads(written)["clip"] == value
    assert type(tomllib.loads(written)["clip"]) is float
