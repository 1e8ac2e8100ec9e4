"""A classifier learns from reviews, is calibrated, resumes exactly; the test half stays unseen."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch

from rnntui.checkpoints.folder import read_checkpoint
from rnntui.errors import CorpusError, RecipeError, RunError
from rnntui.inference.calibration import measure
from rnntui.networks.classifier import Classifier
from rnntui.networks.exchange import export_weights, import_weights
from rnntui.runs import history
from rnntui.runs.folder import RunFolder
from rnntui.training.events import Evaluated, Finished, Started, Stepped
from rnntui.training.judging import judge
from rnntui.training.review_data import read_review_data
from rnntui.training.sentiment import SentimentTask

from .reviews import recipe, resume, texts, train, write_reviews


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_reviews(tmp_path / "films.csv")


def best(folder: Path) -> dict[str, np.ndarray]:
    return read_checkpoint(RunFolder(folder).best).weights


def same(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(one[name], two[name]) for name in one)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"bidirectional": True, "pooling": "max", "cell": "gru", "recurrent_dropout": 0.1},
        {"cell": "rnn", "pooling": "attention", "head_hidden": (6,), "layers": 2},
        {"pooling": "last", "long_texts": "last", "label_smoothing": 0.1},
    ],
)
def test_a_classifier_learns(corpus, tmp_path, changes):
    events = train(tmp_path / "run", recipe(corpus, epochs=6, **changes))
    assert isinstance(events[-1], Finished) and events[-1].why == "done"
    lines = list(history.read(RunFolder(tmp_path / "run").history))
    assert [line.epoch for line in lines] == [1, 2, 3, 4, 5, 6]
    assert max(line.accuracy or 0 for line in lines) > 0.85
    started = events[0]
    assert isinstance(started, Started)
    assert started.data.parts == (180, 60, 40)
    assert (started.data.name, started.data.unit) == ("films", "reviews")


def test_the_best_checkpoint_scores_what_its_line_says_and_is_calibrated(corpus, tmp_path):
    made = recipe(corpus, epochs=5)
    train(tmp_path / "run", made)
    checkpoint = read_checkpoint(RunFolder(tmp_path / "run").best)
    lines = list(history.read(RunFolder(tmp_path / "run").history))
    line = min(lines, key=lambda line: line.val_loss or 9)
    config = checkpoint.config
    network = Classifier(config, torch.Generator().manual_seed(9))
    import_weights(network, checkpoint.weights)
    data = read_review_data(made)
    rows = data.rows("val")
    logits = judge(
        network, lambda i: data.labelled.row(rows[i]), data.labelled.corpus.lengths[rows],
        window=20, whole=True,
    )  # fmt: skip
    found = measure(logits, data.labelled.corpus.labels[rows])
    assert found.loss == pytest.approx(line.val_loss, abs=1e-5)
    assert found.accuracy == line.accuracy == config.metrics["accuracy"]
    assert found.ece == pytest.approx(config.metrics["ece"], abs=1e-5)
    assert config.metrics["temperature"] > 0
    assert config.data.split == pytest.approx((180 / 280, 60 / 280, 40 / 280))
    assert config.vocabulary and config.vocabulary.symbols[:2] == ("<pad>", "<unk>")
    # No other division of the logits makes the loss less.
    labels = data.labelled.corpus.labels[rows]
    assert all(measure(logits * by, labels).loss >= found.loss for by in (0.95, 1.05))


def test_the_test_half_changes_nothing(tmp_path):
    for name, seed in (("one", 2), ("two", 3)):
        (tmp_path / name).mkdir()
        file = write_reviews(tmp_path / name / "films.csv", test_seed=seed)
        if name == "two":  # words and labels of its own
            content = file.read_text().splitlines()
            test = [f"zebra {i} quagga,{i % 2},test" for i in range(40)]
            file.write_text("\n".join([*content[:241], *test]) + "\n")
        train(tmp_path / name / "run", recipe(file, epochs=2))
    assert same(best(tmp_path / "one" / "run"), best(tmp_path / "two" / "run"))
    symbols = read_checkpoint(tmp_path / "two" / "run" / "best").config.vocabulary.symbols
    assert "zebra" not in symbols


def test_a_run_that_was_killed_goes_on_to_the_same_weights(corpus, tmp_path):
    made = recipe(corpus, epochs=3, weight_drop=0.1)
    each = msgspec.structs.replace(made, save_minutes=1e-9)  # a save after each step
    train(tmp_path / "whole", made)
    for at in (3, 12, 13, 20):
        cut = tmp_path / f"cut at {at}"
        train(cut, each, lambda events, at=at: len(events) == at)
        resume(cut, save_minutes=3)
        assert same(best(tmp_path / "whole"), best(cut))
        lines = [list(history.read(RunFolder(run).history)) for run in (tmp_path / "whole", cut)]
        assert [(a.step, a.val_loss, a.accuracy) for a in lines[0]] == [
            (b.step, b.val_loss, b.accuracy) for b in lines[1]
        ]


def test_a_checkpoint_has_figures_of_its_own_weights_alone(corpus, tmp_path):
    made = recipe(corpus, epochs=2, save_minutes=1e-9)  # a save after each step
    train(tmp_path / "run", made, lambda events: getattr(events[-1], "epoch", 0) > 1.5)
    last, best = (read_checkpoint(tmp_path / "run" / n).config.metrics for n in ("last", "best"))
    assert set(last) == {"step", "epoch", "seconds", "prior", "temperature"}
    assert last["temperature"] == best["temperature"] != 1  # its output layer is divided by it
    assert best["accuracy"] > 0
    resume(tmp_path / "run")
    assert set(read_checkpoint(tmp_path / "run" / "last").config.metrics) == set(best)


def test_a_resumed_run_keeps_its_keys_and_its_reviews(corpus, tmp_path):
    train(tmp_path / "run", recipe(corpus), lambda events: len(events) == 5)
    with pytest.raises(RunError, match="cannot change pooling"):
        resume(tmp_path / "run", pooling="max")
    write_reviews(corpus, train=200)
    with pytest.raises(RunError, match="is not the one this run began with"):
        resume(tmp_path / "run")


def test_early_stopping_ends_a_run(corpus, tmp_path):
    events = train(tmp_path / "run", recipe(corpus, epochs=30, lr=1e-12, early_stop=2, ema=0.0))
    assert isinstance(events[-1], Finished) and events[-1].why == "early stop"


def test_what_is_measured_changes_nothing(corpus):
    made = recipe(corpus, embedding_dropout=0.3)
    tasks = [SentimentTask(made, read_review_data(made), torch.device("cpu")) for _ in range(2)]
    tasks[1].network.train()
    tasks[1].probe("fp32")
    tasks[1].validate(lambda: None)
    assert tasks[1].network.training
    losses = [task.loss(0, 0, "fp32")[0].item() for task in tasks]
    assert losses[0] == losses[1]


def vectors_file(folder: Path, width: int = 8) -> Path:
    rng = np.random.default_rng(1)
    words = ["good", "great", "bad", "awful", "film", "zebra"]
    lines = [f"{len(words)} {width}"]
    lines += [f"{w} " + " ".join(f"{x:.4f}" for x in rng.normal(size=width)) for w in words]
    file = folder / "vectors.txt.gz"
    file.write_bytes(gzip.compress(("\n".join([*lines, "short 1 2"]) + "\n").encode()))
    return file


@pytest.mark.parametrize("freeze", [True, False])
def test_vectors_of_a_file_are_where_a_network_begins(corpus, tmp_path, freeze):
    file = vectors_file(tmp_path)
    made = recipe(corpus, vectors=str(file), freeze=freeze, epochs=3)
    task = SentimentTask(made, read_review_data(made), torch.device("cpu"))
    begun = export_weights(task.network)["embedding.weight"].copy()
    line = gzip.decompress(file.read_bytes()).decode().splitlines()[1]
    index = task.reviews.words.index["good"]
    assert begun[index] == pytest.approx([float(x) for x in line.split()[1:]])
    assert begun[task.reviews.words.index["plot"]].std() > 0.3  # drawn, as large as the others
    events = train(tmp_path / "run", made)
    started = events[0]
    assert isinstance(started, Started)
    assert any("of 8: 5 of 18 words have one" in note for note in started.warnings)
    assert np.array_equal(best(tmp_path / "run")["embedding.weight"], begun) == freeze
    evaluated = [e for e in events if isinstance(e, Evaluated)]
    assert evaluated[-1].line.val_loss < evaluated[0].line.val_loss


def test_a_frozen_run_resumes(corpus, tmp_path):
    made = recipe(corpus, vectors=str(vectors_file(tmp_path)), freeze=True, save_minutes=1e-9)
    train(tmp_path / "whole", made)
    train(
        tmp_path / "cut", made, lambda events: isinstance(events[-1], Stepped) and len(events) > 9
    )
    resume(tmp_path / "cut")
    assert same(best(tmp_path / "whole"), best(tmp_path / "cut"))


def test_vectors_of_another_width_say_which_to_set(corpus, tmp_path):
    made = recipe(corpus, vectors=str(vectors_file(tmp_path, width=5)))
    with pytest.raises(RecipeError, match="5 long, embedding is 8; set embedding to 5"):
        SentimentTask(made, read_review_data(made), torch.device("cpu"))


def test_reviews_without_a_split_are_cut_by_the_recipe(tmp_path):
    file = tmp_path / "r.csv"
    file.write_text("\n".join(["text,label", *(f"{t},{n}" for t, n in texts(200))]) + "\n")
    data = read_review_data(recipe(file, split=(0.8, 0.1, 0.1)))
    assert [len(data.rows(part)) for part in ("train", "val", "test")] == [160, 20, 20]  # type: ignore[arg-type]


def test_what_cannot_be_learned_from_is_told(tmp_path, corpus):
    with pytest.raises(CorpusError, match="no sets of reviews to learn from"):
        read_review_data(recipe(corpus, corpus=()))
    with pytest.raises(CorpusError, match="there are no reviews 'nothing' here"):
        read_review_data(recipe(corpus, corpus=("nothing",)))
    with pytest.raises(CorpusError, match="hamlet is no set of labelled reviews"):
        read_review_data(recipe(corpus, corpus=("hamlet",)))


CONTRADICTIONS: list[tuple[dict[str, Any], str]] = [
    ({"tied": True}, "leave tied out"),
    ({"freeze": True}, "give --vectors"),
    ({"vectors": "v.txt", "pretrain": 1}, "vectors and pretrain all say"),
    ({"pretrain": 1, "pretrain_minutes": 2.0}, "set one of them to 0"),
    ({"objective": "words", "bidirectional": True}, "leave bidirectional out"),
    ({"objective": "words", "pretrain": 1}, "what others start from"),
    ({"objective": "words", "samples": 60}, "set samples below words"),
    ({"long_texts": "last", "keep": "both"}, "set keep to last"),
]


@pytest.mark.parametrize(("changes", "said"), CONTRADICTIONS)
def test_contradictions_are_refused(corpus, changes, said):
    with pytest.raises(RecipeError, match=said):
        recipe(corpus, **changes)
