"""`rnntui eval` of a model that judges: accuracy, loss and calibration on labelled reviews."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

from rnntui.cli.output import print_json, print_text, say
from rnntui.errors import BadOption

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rnntui.checkpoints.folder import Checkpoint
    from rnntui.data.reading import Errors
    from rnntui.data.review_corpus import EncodedReviews, ReviewCorpus


def judges(model: str) -> bool:
    """Whether MODEL is one for sentiment."""
    from rnntui.checkpoints.folder import read_config
    from rnntui.checkpoints.library import find_model

    return read_config(find_model(model)).task == "sentiment"


def evaluate_sentiment(
    model: str,
    files: list[str],
    split: str,
    text_column: str,
    label_column: str,
    errors: Errors,
    json: bool,
) -> None:
    """Judge the reviews of a file and compare with their labels.

    Args:
        model: a name or a folder.
        files: one CSV, folder or named data set.
        split: "all", "train", "val", "test", or "" for the held-out part of the model's own data
            and all of any other.
        text_column: of a CSV; "" finds it.
        label_column: likewise.
        errors: what is done about bytes that are no UTF-8.
        json: print one JSON document.
    """
    from rnntui.checkpoints.folder import read_checkpoint
    from rnntui.checkpoints.library import find_model
    from rnntui.data.finding_reviews import find_reviews
    from rnntui.data.review_corpus import EncodedReviews, read_review_corpus
    from rnntui.data.words import Words
    from rnntui.inference.calibration import interval, measure
    from rnntui.inference.models import name_of

    if len(files) != 1:
        raise BadOption(f"{len(files)} sets of reviews", "name one")
    folder = find_model(model).resolve()
    checkpoint, name = read_checkpoint(folder), name_of(folder)
    recipe = checkpoint.config.recipe
    path, called = find_reviews(files[0], say=say)
    corpus = read_review_corpus(
        path,
        called,
        text_column=text_column or str(recipe.get("text_column", "")),
        label_column=label_column or str(recipe.get("label_column", "")),
        one_class=True,
        errors=errors,
    )
    part, rows = _rows(checkpoint, corpus, split)
    assert checkpoint.config.vocabulary
    words = Words.from_config(checkpoint.config.vocabulary, name)
    logits = _logits(checkpoint, EncodedReviews.of(corpus, words), rows)
    found = measure(logits, corpus.labels[rows])
    low, high = interval(found.accuracy, found.examples)
    if json:
        print_json(
            {
                "task": "sentiment",
                "model": name,
                "split": part,
                "accuracy": found.accuracy,
                "accuracy_interval": [low, high],
                "loss": found.loss,
                "examples": found.examples,
                "ece": found.ece,
            }
        )
        return
    from rnntui.display import visible

    print_text(
        f"{visible(name)} on {visible(corpus.name)} ({part}, {found.examples:,} reviews): "
        f"{found.accuracy:.2%} right (95 % interval {low:.2%} to {high:.2%}), "
        f"{found.loss:.4f} nats a review, calibration error {found.ece:.4f}\n"
    )


def _rows(
    checkpoint: Checkpoint, corpus: ReviewCorpus, split: str
) -> tuple[str, NDArray[np.int64]]:
    """Return the name of the part to judge, and its reviews."""
    import numpy as np

    from rnntui.data.held_out import parts_of, rows_of
    from rnntui.data.review_corpus import NO_PART, PARTS

    config = checkpoint.config
    own = corpus.sha256 == config.data.sha256
    if not own and corpus.name == config.data.name:
        # The same data set in another order, as the Hub has it: its test half is what was held out.
        own = bool((corpus.given == PARTS.index("test")).any())
    if split == "all" or (not split and not own):
        return "all", np.arange(len(corpus))
    if not own and (corpus.given == NO_PART).all():
        say("note: these are not the reviews that the model learned; cutting them the same way")
    shares = config.recipe.get("split", config.data.split)
    parts = parts_of(corpus, tuple(shares), int(config.recipe.get("seed", 1)))
    tried = [split] if split else ["test", "val"]
    for part in tried:
        rows = rows_of(parts, part)  # type: ignore[arg-type]
        if len(rows):
            return part, rows
    raise BadOption(
        f"{corpus.name} has no {' or '.join(tried)} part", "choose another --split, such as all"
    )


def _logits(
    checkpoint: Checkpoint, reviews: EncodedReviews, rows: NDArray[np.int64]
) -> NDArray[Any]:
    """Judge reviews: by torch, many at once, where it is installed, else one after another."""
    import numpy as np

    from rnntui.cli.evaluate import progress

    if importlib.util.find_spec("torch"):
        from rnntui.training.judging import judge_checkpoint

        return judge_checkpoint(checkpoint, reviews, rows, progress)
    from rnntui.inference.sentiment import build_sentiment_model

    model = build_sentiment_model(checkpoint.config, checkpoint.weights, str(checkpoint.folder))
    logits = np.empty(len(rows))
    for number, row in enumerate(rows.tolist()):
        logits[number] = model.logit(reviews.row(row))
        progress(number + 1, len(rows))
    return logits
