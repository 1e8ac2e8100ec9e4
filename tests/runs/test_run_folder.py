"""A run folder says what it holds, and what it does not."""

from __future__ import annotations

import pytest

from rnntui.errors import RecipeError, RunError
from rnntui.recipes.catalog import to_toml
from rnntui.recipes.schema import TextRecipe
from rnntui.runs.folder import RunFolder


def test_a_folder_without_a_recipe_is_no_run(tmp_path):
    folder = RunFolder(tmp_path)
    assert not folder.is_run()
    assert folder.checkpoint() is None
    with pytest.raises(RunError, match=r"holds no recipe\.toml; name the folder that --out"):
        folder.read_recipe()


def test_a_run_gives_its_recipe_back(tmp_path):
    recipe = TextRecipe(hidden=7, sample_prompt='"\n')
    folder = RunFolder(tmp_path)
    folder.recipe.write_text(to_toml(recipe), "utf-8")
    assert folder.is_run()
    assert folder.read_recipe() == recipe


def test_a_damaged_recipe_is_said_so(tmp_path):
    (tmp_path / "recipe.toml").write_text("hidden = ")
    with pytest.raises(RecipeError, match="is not TOML"):
        RunFolder(tmp_path).read_recipe()


def test_the_best_checkpoint_comes_before_the_last(tmp_path, make_model):
    folder = RunFolder(tmp_path)
    make_model(folder=folder.last)
    assert folder.checkpoint() == folder.last
    make_model(folder=folder.best)
    assert folder.checkpoint() == folder.best
