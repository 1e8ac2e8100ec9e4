"""What is measured and shown of a model that judges; a wrong figure on its card is found."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from rnntui.checkpoints.card import CardNotes
from rnntui.checkpoints.config import Config, DataConfig, Network, VocabularyConfig
from rnntui.checkpoints.folder import CARD, read_config, write_checkpoint
from rnntui.checkpoints.sentiment_card import sentiment_card
from tests.conftest import random_weights
from tests.training.reviews import write_reviews

SCRIPTS = Path(__file__).parents[2] / "scripts"
WORDS = ("good", "great", "lovely", "bad", "awful", "dull", "the", "film", "a", "plot")


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    return write_reviews(tmp_path / "films.csv", test=200)


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))


@pytest.fixture
def shipped(scripts: None, reviews: Path, tmp_path: Path) -> Path:
    """A random model with the figures and the card that it would ship with."""
    import shipping_reviews

    shape = Network(layers=1, hidden=6, embedding=4, window=20, pooling="last-max-mean")
    words = VocabularyConfig("word", ("<pad>", "<unk>", *WORDS), True, 0, 1)
    metrics = {"prior": 0.5, "accuracy": 0.5, "val_loss": 0.7, "ece": 0.1, "temperature": 1.0}
    config = Config(
        "sentiment", shape, vocabulary=words, data=DataConfig("films", "", (0.8, 0.1, 0.1)),
        metrics=metrics,
    )  # fmt: skip
    folder, weights = tmp_path / "judge", random_weights(config)
    write_checkpoint(folder, config, weights, half=True)
    judged = shipping_reviews.judge_test_half(folder, reviews)
    config = msgspec.structs.replace(config, metrics=metrics | judged.figures())
    notes = CardNotes("mit", "Reviews.", "A bag.", "Irony.", "rnntui ...", "A laptop.")
    card = sentiment_card("judge", config, notes, shipping_reviews.traces(folder, judged, reviews))
    write_checkpoint(folder, config, weights, half=True, extra={CARD: card})
    return folder


def test_the_reviews_shown_are_drawn_and_the_wrong_ones_are_wrong(shipped):
    card = (shipped / CARD).read_text()
    shown, _, erring = card.partition("And where it errs")
    assert shown.count("**Test review") == erring.count("**Test review") == 5
    assert erring.count("**wrong**") == 5
    assert len(set(shown.split("**Test review")[1:])) == 5


def test_a_card_that_tells_the_truth_passes_and_another_does_not(shipped, reviews, capsys):
    from checking_reviews import check_reviews

    config = read_config(shipped)
    assert check_reviews(shipped, config, reviews) == 0, capsys.readouterr().out
    assert capsys.readouterr().out.count(" ok\n") == 5
    boast = msgspec.structs.replace(
        config, metrics=config.metrics | {"test_accuracy": config.metrics["test_accuracy"] + 0.01}
    )
    assert check_reviews(shipped, boast, reviews) == 1
    # Other weights than the card's figures were measured with.
    write_checkpoint(
        shipped, config, random_weights(config, 9), half=True,
        extra={CARD: (shipped / CARD).read_text()},
    )  # fmt: skip
    assert check_reviews(shipped, config, reviews) >= 2


def test_a_sparkline_ends_where_the_scores_end(scripts):
    from review_traces import sparkline

    assert sparkline([0.0, 0.5, 1.0]) == "▁▅█"
    line = sparkline(np.linspace(0, 1, 1000))
    assert len(line) == 60 and line[0] == "▁" and line[-1] == "█"


def test_the_reviews_of_ours_are_short_and_know_their_truth():
    import tomllib

    found = tomllib.loads((SCRIPTS / "reviews.toml").read_text("utf-8"))["review"]
    assert len(found) == 10
    assert {review["truth"] for review in found} == {"positive", "negative"}
    assert all(10 < len(review["text"].split()) < 60 for review in found)
