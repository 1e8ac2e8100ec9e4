"""The corpus that a text recipe names. Imports no torch, so that a bad file is told before that."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from rnntui.data.corpus import Corpus, read_corpus
from rnntui.data.dialogues.corpus import read_dialogue_corpus
from rnntui.data.dialogues.reading import holds_dialogues, no_dialogues
from rnntui.data.finding import find_corpora
from rnntui.data.reading import read_text
from rnntui.errors import CorpusError
from rnntui.recipes.schema import TextRecipe


def corpus_of(recipe: TextRecipe) -> Corpus:
    """Read and encode a recipe's corpus.

    Raises:
        CorpusError: it names none, or one that cannot be read.
    """
    if recipe.text:
        return _inline(recipe)
    if recipe.dialogues:
        return read_dialogue_corpus(
            _files(recipe), recipe.split, unit=recipe.unit, lowercase=recipe.lowercase,
            errors=recipe.errors,
        )  # fmt: skip
    return read_corpus(
        _files(recipe), unit=recipe.unit, lowercase=recipe.lowercase, errors=recipe.errors
    )


def check_corpus(recipe: TextRecipe, say: Callable[[str], None]) -> None:
    """Look into the files of a recipe's corpus, no further than their first megabyte.

    Args:
        recipe: any.
        say: told where a name stands for another text than one might think.

    Raises:
        CorpusError: there are none, or one is not there or is no text.
    """
    if recipe.text:
        return
    for file in _files(recipe, say):
        if file.is_file() or not file.exists():  # what is read from a pipe is gone
            next(read_text([file], errors=recipe.errors), None)
            if recipe.dialogues and not holds_dialogues(file):
                raise no_dialogues(file)


def _files(recipe: TextRecipe, say: Callable[[str], None] = lambda _: None) -> list[Path]:
    if not recipe.corpus:
        raise CorpusError("no text to learn from", "name one or more text files")
    return find_corpora(recipe.corpus, say=say)


def _inline(recipe: TextRecipe) -> Corpus:
    """The recipe's own text, for toys, as a corpus."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{recipe.text[:12] or 'text'}.txt"
        file.write_text(recipe.text, "utf-8")
        return read_corpus([file], unit=recipe.unit, lowercase=recipe.lowercase)
