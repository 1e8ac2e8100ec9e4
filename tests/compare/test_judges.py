"""Comparing networks that judge: how much is right, what it took, and nothing to write."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from rnntui.checkpoints.config import Config, DataConfig, Network, VocabularyConfig
from rnntui.checkpoints.folder import write_checkpoint
from rnntui.compare.comparison import compare
from rnntui.compare.page import page_of
from rnntui.compare.writing import Assignment
from rnntui.recipes.catalog import to_toml
from rnntui.recipes.schema import as_dict
from rnntui.recipes.sentiment import SentimentRecipe
from rnntui.runs import history
from rnntui.runs.folder import RunFolder
from rnntui.runs.history import Evaluation
from tests.conftest import random_weights


def line(epoch: float, accuracy: float | None, seconds: float) -> Evaluation:
    return Evaluation(
        step=int(epoch * 10), epoch=epoch, seconds=seconds, train_loss=0.6, lr=0.1, grad_norm=1.0,
        grad_norm_clipped=0.5, symbols_per_second=500.0, val_loss=1 - (accuracy or 0.5),
        accuracy=accuracy,
    )  # fmt: skip


def make_judge(folder: Path, accuracies: list[float], *, pretrained: float = 0.0) -> RunFolder:
    """A run of 10 s an epoch, after a language model's of so many seconds."""
    run = RunFolder(folder)
    recipe = SentimentRecipe(hidden=6, embedding=4)
    words = VocabularyConfig("word", ("<pad>", "<unk>", "good"), True, 0, 1)
    config = Config(
        "sentiment", Network(layers=1, hidden=6, embedding=4, window=20, pooling="mean"),
        vocabulary=words, data=DataConfig("films", "0" * 64, (0.4, 0.1, 0.5)),
        recipe=as_dict(recipe), metrics={"accuracy": accuracies[-1]},
    )  # fmt: skip
    write_checkpoint(run.best, config, random_weights(config))
    run.recipe.write_text(to_toml(recipe))
    for epoch, accuracy in enumerate(accuracies, 1):
        history.append(run.history, line(epoch, accuracy, 10.0 * epoch))
    if pretrained:
        history.append(RunFolder(folder / "pretrained").history, line(1, None, pretrained))
    return run


@pytest.fixture
def judges(home: Path) -> list[str]:
    runs = home / "data" / "runs"
    make_judge(runs / "plain", [0.8, 0.85, 0.83])
    make_judge(runs / "begun", [0.9, 0.92], pretrained=3600.0)
    return ["plain", "begun"]


def test_accuracy_is_that_of_the_lowest_loss_and_the_language_model_s_time_counts(judges):
    found = compare(judges, Assignment())
    plain, begun = found.contenders
    assert (plain.accuracy, begun.accuracy) == (0.85, 0.92)
    assert (plain.seconds, begun.seconds) == (30.0, 3620.0)
    assert found.notes() == ["begun: its times hold 1:00:00 of the language model it began with"]
    assert not any(written.samples for written in found.written)
    (race,) = found.races
    # By time the one that had to learn to read first is not there yet.
    assert [s.by_seconds[-1] for s in race.standings][1] is None


def test_the_tables_and_the_report_tell_it(in_process, judges, tmp_path):
    done = in_process("compare", *judges, "--html", tmp_path / "r.html")
    assert done.rc == 0, done.stderr
    header, plain, begun = done.text.splitlines()[:3]
    assert "val right" in header and "test" not in header
    assert "85.00%" in plain and "92.00%" in begun
    documents = json.loads(in_process("compare", *judges, "--json").text)
    assert [document["accuracy"] for document in documents] == [0.85, 0.92]
    assert [document["test_accuracy"] for document in documents] == [None, None]
    page = (tmp_path / "r.html").read_text()
    assert "validation, right" in page and "validation reviews judged rightly" in page


def test_a_shipped_judge_tells_its_test_half_and_the_time_before(judges, home):
    folder = home / "shipped"
    run = RunFolder(home / "data" / "runs" / "begun")
    config = msgspec.json.decode((run.best / "config.json").read_bytes(), type=Config)
    figures = {"test_accuracy": 0.91, "pretrain_seconds": 100.0, "accuracy": 0.92}
    config = msgspec.structs.replace(config, metrics=figures)
    write_checkpoint(
        folder, config, random_weights(config),
        extra={"history.jsonl": run.history.read_text()},
    )  # fmt: skip
    (found,) = compare([str(folder)], Assignment()).contenders
    assert (found.test_accuracy, found.seconds) == (0.91, 120.0)
    assert "test, right" in page_of(compare([str(folder)], Assignment()))
