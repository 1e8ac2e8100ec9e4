"""The corpus that a text recipe names."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rnntui.data.corpus import Corpus, read_corpus
from rnntui.data.finding import find_corpora
from rnntui.errors import CorpusError
from rnntui.recipes.schema import TextRecipe


def corpus_of(recipe: TextRecipe) -> Corpus:
    """Read and encode a recipe's corpus.

    Raises:
        CorpusError: it names none, or one that cannot be read.
    """
    if recipe.text:
        return _inline(recipe)
    if not recipe.corpus:
        raise CorpusError("no text to learn from", "name one or more text files")
    return read_corpus(
        find_corpora(recipe.corpus),
        unit=recipe.unit,
        lowercase=recipe.lowercase,
        errors=recipe.errors,
    )


def _inline(recipe: TextRecipe) -> Corpus:
    """The recipe's own text, for toys, as a corpus."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{recipe.text[:12] or 'text'}.txt"
        file.write_text(recipe.text, "utf-8")
        return read_corpus([file], unit=recipe.unit, lowercase=recipe.lowercase)
