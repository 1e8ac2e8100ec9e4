"""The card of a model that nobody measured says what is known, and what is not."""

from __future__ import annotations

import msgspec
import pytest
from huggingface_hub import ModelCard

from rnntui.checkpoints.config import Config, DataConfig, Network, VocabularyConfig
from rnntui.checkpoints.folder import write_checkpoint
from rnntui.checkpoints.run_card import Told, run_card
from tests.conftest import random_weights, small_config

JUDGE = Config(
    "sentiment",
    Network(layers=1, hidden=6, embedding=5, window=8, pooling="max"),
    vocabulary=VocabularyConfig("word", ("<pad>", "<unk>", "good", "film"), True, 0, 1),
    data=DataConfig("imdb"),
    recipe={"lr": 0.001},
    metrics={"accuracy": 0.875, "val_loss": 0.25, "epoch": 2.0, "seconds": 61.0, "step": 9},
)


def test_a_judge_is_a_classifier_with_its_figures():
    card = run_card("anna/judge", JUDGE, Told("apache-2.0", ["stanfordnlp/imdb"]))
    data = ModelCard(card).data
    assert (data.pipeline_tag, data.license) == ("text-classification", "apache-2.0")
    assert data.metrics == ["accuracy"]
    assert [(r.metric_type, r.metric_value) for r in data.eval_results] == [
        ("accuracy", 0.875), ("val_loss", 0.25)
    ]  # fmt: skip
    assert "An LSTM of 1 x 6 that judges texts, trained by rnntui on imdb" in card
    assert "2 epochs in 1:01." in card and "| Accuracy (validation) | 0.8750 |" in card
    assert "No baseline was measured" in card
    assert "rnntui pull anna/judge\nrnntui sentiment --model judge" in card


@pytest.mark.parametrize(
    "config",
    [JUDGE, small_config(embedding=3, tied=False), small_config(("7", "1", "\n")),
     small_config(("\U00010330", "\U00010331", "x")), small_config((0, 84, 104, 101, 32)),
     small_config((7, 8, 9))],
    ids=["a judge", "letters", "no letters", "letters beyond U+FFFF", "bytes", "few bytes"],
)  # fmt: skip
def test_its_lines_of_plain_torch_run_as_printed(config, tmp_path, monkeypatch):
    write_checkpoint(tmp_path / "model", config, random_weights(config))
    monkeypatch.chdir(tmp_path / "model")
    exec(run_card("a/b", config, Told()).split("```python\n")[1].partition("```")[0], {})


def test_an_imported_model_claims_nothing():
    card = run_card("anna/old", small_config(), Told(), "```text\nit wrote this\n```")
    assert "imported into rnntui: " in card and "None were measured." in card
    assert "By another program; how is not known here." in card
    assert "it wrote this" in card
    data = ModelCard(card).data
    assert data.eval_results is None and data.license is None


def test_hostile_names_stay_inside_their_strings():
    config = msgspec.structs.replace(
        JUDGE,
        data=DataConfig('x", y: [\n---\n# Gone'),
        metrics={"val_loss": 1.0, "a|b\n# Gone": 2.0},
        recipe={"lr": 1, "optimizer": "a\n# Gone\n"},
    )
    card = run_card("anna/judge", config, Told('mit"\n---\n# Gone', ['d"]\n# Gone']))
    assert ModelCard(card).data.eval_results[0].dataset_name == config.data.name
    assert "\n# Gone" not in card
