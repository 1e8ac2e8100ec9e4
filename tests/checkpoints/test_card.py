"""The lines of plain torch on a model's card load it, and give its logits."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import numpy as np
import pytest

from rnntui.checkpoints.card import CardNotes, plain_torch, text_card
from rnntui.checkpoints.config import Head, Suggested
from rnntui.checkpoints.folder import read_checkpoint, write_checkpoint
from rnntui.inference.models import load
from tests.conftest import random_weights, small_config

SHAPES: list[dict[str, Any]] = [
    {"cell": "lstm", "layers": 2},
    {"cell": "rnn", "nonlinearity": "relu", "embedding": 5},
    {"cell": "gru", "layers": 2, "bidirectional": True, "reads": "window", "window": 4},
    {"cell": "gru", "reads": "window", "window": 4},
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "-".join(map(str, shape.values())))
def test_its_lines_give_the_models_logits(shape, tmp_path, monkeypatch):
    config = small_config(**shape, head=Head((6,), "tanh"))
    write_checkpoint(tmp_path / "model", config, random_weights(config))
    monkeypatch.chdir(tmp_path / "model")
    found: dict[str, Any] = {}
    exec(plain_torch(config), found)
    ids = found["ids"][:, 0].tolist()
    assert len(ids) == 4

    session = load(tmp_path / "model").session(seed=0)
    session.feed("".join(str(config.vocabulary.symbols[i]) for i in ids))
    logits = found["logits"].detach().numpy().reshape(-1, config.outputs)[-1]
    np.testing.assert_allclose(session.logits, logits, atol=1e-4)


def test_a_card_says_how_its_figure_was_got(tmp_path):
    config = small_config(cell="gru", reads="window", window=4)
    write_checkpoint(tmp_path / "m", config, random_weights(config))
    notes = CardNotes(
        "mit", "A text.", "2.5 by a bigram.", "Everything.", "rnntui ...", "A laptop."
    )
    found = read_checkpoint(tmp_path / "m").config
    card = text_card("m", found, notes, [(1, 0.7, "```\nfenced```")])
    assert "license: mit" in card
    assert "`````" in card  # a fence longer than any in the sample
    assert "Suggested" not in card
    tuned = msgspec.structs.replace(found, sampling=Suggested(0.5, prompt="Ham. "))
    heard = dataclasses.replace(notes, found="Found by reading.")
    told = "## Suggested sampling\n\nTemperature 0.5, prompt 'Ham. '. Found by reading.\n"
    assert told in text_card("m", tuned, heard, [])
    config = small_config()
    config.metrics["nats_per_char"] = 1.5
    assert "| state carried through the text | 1.5000 | 2.1640 |" in text_card(
        "m", config, notes, []
    )
