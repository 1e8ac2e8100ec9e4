"""What `scripts/ship_model` measures of a model that judges reviews, and shows of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from nbsvm_baseline import nbsvm_figure
from numpy.typing import NDArray
from review_traces import long_trace

from rnntui.checkpoints.folder import read_checkpoint
from rnntui.data.held_out import rows_of
from rnntui.data.review_corpus import EncodedReviews, ReviewCorpus, read_review_corpus
from rnntui.data.reviews import read_reviews
from rnntui.data.words import Words
from rnntui.inference.calibration import interval, measure
from rnntui.inference.sentiment import SentimentModel, build_sentiment_model
from rnntui.runs import history
from rnntui.runs.folder import PRETRAINED, RunFolder
from rnntui.training.judging import judge_checkpoint

SEED, SHOWN = 1, 5
"""Of the order in which test reviews are shown, and how many of them, and of the wrong ones."""

_NOT_CHOSEN = (
    "Not chosen by hand: the first reviews of the test half in an order that a fixed seed "
    f"(PCG64, {SEED}) draws, by their first and last words. Below each, the probability of "
    "positive along the text, from 0 (low) to 1 (high), and the words with the largest shares, "
    "in log-odds (docs/sentiment.md tells how they are found).\n"
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Judged:
    """A checkpoint's verdicts on the test half."""

    corpus: ReviewCorpus
    rows: NDArray[np.int64]
    """(n,): the reviews of the test half."""
    logits: NDArray[np.float64]
    """(n,)."""

    @property
    def labels(self) -> NDArray[Any]:
        """(n,): 1 for positive, 0 for negative."""
        return self.corpus.labels[self.rows]

    def figures(self) -> dict[str, float]:
        """Return accuracy, its 95 % interval, loss and calibration error."""
        found = measure(self.logits, self.labels)
        low, high = interval(found.accuracy, found.examples)
        return {
            "test_accuracy": found.accuracy,
            "test_accuracy_low": low,
            "test_accuracy_high": high,
            "test_loss": found.loss,
            "test_ece": found.ece,
            "test_reviews": found.examples,
        }


def judge_test_half(checkpoint: Path, reviews: Path, progress: Progress | None = None) -> Judged:
    """Judge the test half of some reviews, as `rnntui eval` does.

    Args:
        checkpoint: a sentiment model's folder.
        reviews: a CSV with a column `split`, or a folder like aclImdb.
        progress: told how many words were read, and of how many.
    """
    read = read_checkpoint(checkpoint)
    corpus = read_review_corpus(reviews)
    rows = rows_of(corpus.given, "test")
    assert len(rows), f"{reviews} has no test half of its own"
    assert read.config.vocabulary
    words = Words.from_config(read.config.vocabulary, str(checkpoint))
    return Judged(
        corpus, rows, judge_checkpoint(read, EncodedReviews.of(corpus, words), rows, progress)
    )


def baseline(reviews: Path) -> tuple[str, float]:
    """Fit NBSVM to the training half and score it on the test half: a sentence, and the share."""
    accuracy, features = nbsvm_figure(str(reviews))
    said = (
        f"{accuracy:.2%} by NBSVM, a linear classifier on {features:,} words and pairs of "
        "neighbours (Wang and Manning 2012; `scripts/nbsvm_baseline.py`, which made this figure "
        "with this card)."
    )
    return said, accuracy


def pretraining(run: Path) -> dict[str, float]:
    """Return what the run of the language model took; nothing where there was none."""
    lines = list(history.read(RunFolder(run / PRETRAINED).history))
    if not lines:
        return {}
    losses = [line.val_loss for line in lines if line.val_loss is not None]
    return {
        "pretrain_seconds": lines[-1].seconds,
        "pretrain_epochs": lines[-1].epoch,
        "pretrain_loss": min(losses),
    }


def traces(folder: Path, judged: Judged, reviews: Path) -> str:
    """Show the first reviews of the test half in an order that a fixed seed draws, then the first
    wrong ones in the same order.
    """
    read = read_checkpoint(folder)
    model = build_sentiment_model(read.config, read.weights, folder.name)
    order = np.random.default_rng(SEED).permutation(len(judged.rows))
    wrong = order[(judged.logits[order] > 0) != (judged.labels[order] == 1)]
    texts = _texts(reviews, judged, np.concatenate([order[:SHOWN], wrong[:SHOWN]]))
    parts = [
        _NOT_CHOSEN,
        *(_trace(model, judged, texts, place) for place in order[:SHOWN].tolist()),
        "And where it errs: the first of the same order that it judged wrongly.\n",
        *(_trace(model, judged, texts, place) for place in wrong[:SHOWN].tolist()),
    ]
    return "\n".join(parts)


def _trace(model: SentimentModel, judged: Judged, texts: dict[int, str], place: int) -> str:
    truth = "positive" if judged.labels[place] else "negative"
    verdict = model.classify(texts[place], trace=True)
    return long_trace(f"**Test review {place + 1:,}**", texts[place], verdict, truth)


def _texts(reviews: Path, judged: Judged, places: NDArray[np.int64]) -> dict[int, str]:
    """Return the texts of some reviews of the test half, by their place in it."""
    wanted, found, place = set(places.tolist()), {}, 0
    for review in read_reviews(reviews):
        if review.part == "test":
            if place in wanted:
                found[place] = review.text
            place += 1
    assert place == len(judged.rows), "a review without words would shift all others"
    return found
