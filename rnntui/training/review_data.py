"""What a run on reviews learns from: reviews, their parts, and the vocabulary. Imports no torch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnntui import paths
from rnntui.checkpoints.config import Config
from rnntui.checkpoints.folder import read_checkpoint
from rnntui.checkpoints.library import checkpoint_in, find_model
from rnntui.data.finding_reviews import find_reviews, find_unlabelled
from rnntui.data.held_out import check_parts, parts_of, rows_of, shares_of, without
from rnntui.data.review_corpus import (
    EncodedReviews,
    ReviewCorpus,
    read_review_corpus,
    read_unlabelled_corpus,
)
from rnntui.data.reviews import Part, read_reviews
from rnntui.data.splits import Split
from rnntui.data.words import Words
from rnntui.errors import CorpusError, RecipeError
from rnntui.inference.compiled import Floats
from rnntui.recipes.sentiment import SentimentRecipe
from rnntui.runs.folder import PRETRAINED


@dataclass(frozen=True)
class ReviewData:
    """Labelled reviews in three parts, maybe more without labels, in one vocabulary."""

    labelled: EncodedReviews
    parts: NDArray[np.int8]
    """(n,): of each labelled review, as an index into `review_corpus.PARTS`."""
    more: tuple[tuple[EncodedReviews, NDArray[np.int64]], ...]
    """Unlabelled reviews, with the rows that may be read: none equals a review that is held out."""

    @property
    def name(self) -> str:
        """Of the labelled reviews, for people."""
        return self.labelled.corpus.name

    @property
    def words(self) -> Words:
        """The vocabulary."""
        return self.labelled.words

    @property
    def sha256(self) -> str:
        """Of everything that is learned from."""
        corpora = [self.labelled.corpus, *(reviews.corpus for reviews, _ in self.more)]
        if len(corpora) == 1:
            return corpora[0].sha256
        return hashlib.sha256("".join(corpus.sha256 for corpus in corpora).encode()).hexdigest()

    @property
    def shares(self) -> Split:
        """What share of the labelled reviews each part has."""
        return shares_of(self.parts)

    def rows(self, part: Part) -> NDArray[np.int64]:
        """The labelled reviews of a part."""
        return rows_of(self.parts, part)

    def unknown(self) -> float:
        """Return the share of the validation part's words that the vocabulary lacks."""
        counts = self.labelled.corpus.counts(self.rows("val"))
        return float(counts[self.labelled.table == 1].sum() / max(1, counts.sum()))


def read_review_data(recipe: SentimentRecipe) -> ReviewData:
    """Read, encode and divide what a recipe names.

    The vocabulary is that of the language model it starts from, else the commonest words of the
    training part, with the unlabelled reviews where a language model learns from them. The test
    part has no say in anything.

    Raises:
        CorpusError: reviews are missing, cannot be read, or are too few.
        CheckpointError: what it starts from is no language model of words.
    """
    corpus = _labelled(recipe)
    parts = parts_of(corpus, recipe.split, recipe.seed)
    check_parts(parts, corpus, recipe.split)
    held_out = corpus.digests[parts != 0]
    reads_more = recipe.objective == "words" or recipe.pretrains
    more = [
        (other, without(other, held_out)) for other in (_unlabelled(recipe) if reads_more else ())
    ]
    if recipe.start_from:
        words = start_words(recipe)
    else:
        own = (corpus, rows_of(parts, "train"))
        words = _commonest([own, *more], recipe.words, recipe.skip_words)
    return ReviewData(
        EncodedReviews.of(corpus, words),
        parts,
        tuple((EncodedReviews.of(other, words), rows) for other, rows in more),
    )


def _labelled(recipe: SentimentRecipe) -> ReviewCorpus:
    path, name = _source(recipe)
    return read_review_corpus(
        path,
        name,
        text_column=recipe.text_column,
        label_column=recipe.label_column,
        errors=recipe.errors,
    )


def _unlabelled(recipe: SentimentRecipe) -> Iterator[ReviewCorpus]:
    for source in recipe.unlabelled:
        yield read_unlabelled_corpus(*find_unlabelled(source), errors=recipe.errors)


def _source(
    recipe: SentimentRecipe, say: Callable[[str], None] = lambda _: None
) -> tuple[Path, str]:
    if len(recipe.corpus) != 1:
        raise CorpusError(
            f"{len(recipe.corpus) or 'no'} sets of reviews to learn from",
            "name one: a CSV, a folder like aclImdb, or imdb",
        )
    return find_reviews(recipe.corpus[0], say=say)


def check_reviews(recipe: SentimentRecipe, say: Callable[[str], None]) -> None:
    """Look at what a recipe names, no further than the first review of each.

    Args:
        recipe: any.
        say: told where a name stands for another file than one might think.

    Raises:
        CorpusError: something is not there, or is none of what it should be.
        CheckpointError: likewise of what it starts from.
    """
    path, _ = _source(recipe, say)
    columns: dict[str, Any] = {
        "text_column": recipe.text_column, "label_column": recipe.label_column,
        "errors": recipe.errors,
    }  # fmt: skip
    if path.is_dir() or path.is_file():  # what is read from a pipe is gone
        next(read_reviews(path, **columns), None)
    for source in recipe.unlabelled:
        find_unlabelled(source, say=say)
    if recipe.vectors and not Path(recipe.vectors).is_file():
        raise CorpusError(f"{recipe.vectors} is no file", "name a text file of word vectors")
    if recipe.start_from:
        language_model(recipe.start_from)


def _commonest(
    sources: list[tuple[ReviewCorpus, NDArray[np.int64]]], size: int, skip: int
) -> Words:
    """Return the commonest words of some reviews."""
    total: dict[str, int] = {}
    for corpus, rows in sources:
        counts = corpus.counts(rows)
        for index in np.flatnonzero(counts).tolist():
            word = corpus.types[index]
            total[word] = total.get(word, 0) + int(counts[index])
    return Words.commonest(tuple(total), np.fromiter(total.values(), np.int64), size, skip)


def language_model(place: str) -> Path:
    """Return the checkpoint of the language model in a run, or of one in the library.

    Raises:
        CheckpointError: there is none.
    """
    for run in (Path(place), paths.own_runs() / place):
        inside = checkpoint_in(run / PRETRAINED)
        if inside:
            return inside
    return find_model(place)


def start_words(recipe: SentimentRecipe) -> Words:
    """Return the vocabulary of the language model that a recipe starts from."""
    config, _ = _language_model(recipe.start_from)
    assert config.vocabulary
    return Words.from_config(config.vocabulary, recipe.start_from)


def start_weights(place: str, recipe: SentimentRecipe) -> dict[str, Floats]:
    """Return the weights that a network of a recipe can take over from a language model.

    These are the vectors and every forward layer that fits: above the first layer, a bidirectional
    network reads twice as much as the language model's did.

    Args:
        place: as `start_from`.
        recipe: whose network begins with them.

    Raises:
        CheckpointError: it is no language model of words.
        RecipeError: its shape is another.
    """
    config, weights = _language_model(place)
    theirs, ours = config.network, recipe.network()
    keys = ("cell", "nonlinearity", "layers", "hidden", "embedding")
    wrong = [key for key in keys if getattr(theirs, key) != getattr(ours, key)]
    if wrong:
        shape = ", ".join(f"{key} {getattr(theirs, key)}" for key in wrong)
        raise RecipeError(f"the language model in {place} has {shape}", "set the same here")
    above = ours.bidirectional
    return {
        name: array
        for name, array in weights.items()
        if name == "embedding.weight"
        or (name.startswith("rnn.") and (not above or name.endswith("_l0")))
    }


def _language_model(place: str) -> tuple[Config, dict[str, Floats]]:
    checkpoint = read_checkpoint(language_model(place))
    config = checkpoint.config
    if config.task != "text" or not config.vocabulary or config.vocabulary.unit != "word":
        raise RecipeError(
            f"{place} holds no language model of words",
            "name a run made with --pretrain, or with --objective words",
        )
    return config, checkpoint.weights
