"""Training on dialogues: the template goes into the checkpoint, and eval finds its test part."""

from __future__ import annotations

import json

import pytest

from rnntui.checkpoints.folder import read_config, write_checkpoint
from rnntui.errors import CorpusError
from rnntui.recipes.catalog import load_recipe
from rnntui.recipes.schema import TextRecipe
from rnntui.training.corpora import check_corpus
from rnntui.training.start import make_task


@pytest.fixture
def talks(tmp_path):
    file = tmp_path / "talks.txt"
    lines = [f"Is it {n}? __eou__ No, {n + 1}! __eou__ Well. __eou__" for n in range(200)]
    file.write_text("\n".join([*lines, "Oh shit. __eou__ Well. __eou__"]) + "\n")
    return file


def recipe_of(talks):
    return TextRecipe(
        corpus=(str(talks),), dialogues=True, layers=1, hidden=8, batch_size=2, seq_len=8,
        split=(0.6, 0.2, 0.2),
    )  # fmt: skip


def test_a_checkpoint_says_how_its_dialogues_are_written_and_cut(talks, rnntui, tmp_path):
    task = make_task(recipe_of(talks))
    parts = {part: task.corpus.vocabulary.decode(ids) for part, ids in task.parts.items()}
    assert all(text.startswith(">Is it ") and text.endswith("\n\n") for text in parts.values())
    assert "1 of 201 dialogues left out for crude words" in task.warnings()

    folder = tmp_path / "model"
    write_checkpoint(folder, task.config({}), task.weights())
    config = read_config(folder)
    assert config.chat is not None and config.chat.split == (0.6, 0.2, 0.2)
    assert list(config.chat.sources) == ["talks"]

    done = rnntui("eval", folder, talks, "--json")
    assert json.loads(done.text)["split"] == "test"
    assert json.loads(done.text)["characters"] == len(parts["test"]) - 1


def test_what_holds_no_dialogues_is_refused_before_the_training(tmp_path):
    file = tmp_path / "novel.txt"
    file.write_text("It was a dark night.\n")
    with pytest.raises(CorpusError, match="holds no dialogues"):
        check_corpus(recipe_of(file), print)


def test_the_shipped_recipe_reads_dialogues():
    recipe = load_recipe("chat-lstm")
    assert isinstance(recipe, TextRecipe) and recipe.dialogues
    assert recipe.corpus == ("self-dialogue", "chatterbot")
