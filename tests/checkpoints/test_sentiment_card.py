"""The card of a model that judges: its lines of plain torch give the model's own score."""

from __future__ import annotations

import itertools

import pytest

from rnntui.checkpoints.card import CardNotes
from rnntui.checkpoints.config import Config, DataConfig, Head, Network, VocabularyConfig
from rnntui.checkpoints.folder import write_checkpoint
from rnntui.checkpoints.sentiment_card import plain_torch, sentiment_card
from rnntui.inference.loading import load_sentiment
from tests.conftest import random_weights

WORDS = ("this", "film", "is", "n't", "good", "great", "!", ",")
FIGURES = {
    "accuracy": 0.9, "val_loss": 0.3, "ece": 0.02, "temperature": 1.2, "test_accuracy": 0.91234,
    "test_accuracy_low": 0.9, "test_accuracy_high": 0.92, "test_loss": 0.25, "test_ece": 0.0123,
    "test_reviews": 25000, "epoch": 2.0, "seconds": 61.0,
}  # fmt: skip


def config(**network: object) -> Config:
    shape = Network(
        **{"layers": 2, "hidden": 6, "embedding": 5, "window": 8, "head": Head((4,), "tanh")}
        | network
    )
    words = VocabularyConfig("word", ("<pad>", "<unk>", *WORDS), True, 0, 1)
    data = DataConfig("imdb", "", (0.45, 0.05, 0.5))
    return Config("sentiment", shape, vocabulary=words, data=data, metrics=dict(FIGURES))


@pytest.mark.parametrize(
    ("pooling", "both"),
    itertools.product(("last", "max", "mean", "last-max-mean", "attention"), (False, True)),
)
def test_its_lines_give_the_model_s_score(pooling, both, tmp_path, monkeypatch, capsys):
    made = config(pooling=pooling, bidirectional=both, cell="gru", reads="window")
    write_checkpoint(tmp_path / "model", made, random_weights(made))
    monkeypatch.chdir(tmp_path / "model")
    exec(plain_torch(made), {})
    printed = float(capsys.readouterr().out.split()[0])
    # Longer than the window, so that both read its last 8 words.
    score = load_sentiment(tmp_path / "model").classify("this film isn't good, it is great!").score
    assert printed == pytest.approx(score, abs=6e-4)


def test_it_tells_figures_with_their_interval_and_what_came_first():
    notes = CardNotes("mit", "Reviews.", "91.6 % by a bag.", "Irony.", "rnntui ...", "A laptop.")
    made = config(pooling="mean")
    card = sentiment_card("judge", made, notes, "the traces")
    assert "value: 0.9123, name: Accuracy (test)" in card
    assert "**91.23%** (95 % interval 90.00% to 92.00%) | 90.00% |" in card
    assert "91.6 % by a bag." in card and "the traces" in card and "Irony." in card
    assert "language model of words" not in card
    made.metrics.update(pretrain_epochs=3.0, pretrain_seconds=7200.0, pretrain_loss=4.5)
    assert "First a language model of words, 3 epochs" in sentiment_card("judge", made, notes, "")
