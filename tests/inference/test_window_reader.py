"""Networks that read windows: bidirectional or not, they answer as torch.nn does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnntui.inference.sampling import Sampling
from tests.inference.helpers import HIDDEN_HEAD, make_both

WINDOW = 9
NETWORKS: dict[str, dict[str, Any]] = {
    "lstm": {"cell": "lstm", "layers": 1},
    "lstm, bidirectional": {"cell": "lstm", "layers": 1, "bidirectional": True},
    "lstm, bidirectional, 3 layers": {"cell": "lstm", "layers": 3, "bidirectional": True},
    "gru, bidirectional": {"cell": "gru", "bidirectional": True, "embedding": 5},
    "gru, 2 layers": {"cell": "gru"},
    "rnn relu, bidirectional": {"cell": "rnn", "nonlinearity": "relu", "bidirectional": True},
    "rnn, hidden head": {"cell": "rnn", "bidirectional": True, "head": HIDDEN_HEAD},
}


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_every_prediction_is_torchs_on_the_last_window(network: dict[str, Any]) -> None:
    model, torch_model = make_both(reads="window", window=WINDOW, **network)
    ids = np.random.default_rng(1).integers(0, model.network.outputs, 60)
    reader = model.network.reader()
    for end in range(1, len(ids) + 1):  # shorter contexts first
        reader.read(int(ids[end - 1]))
        expected = torch_model.window(ids[max(0, end - WINDOW) : end])
        np.testing.assert_allclose(reader.logits, expected, rtol=0, atol=1e-4)


def test_streams_side_by_side_read_their_own_windows() -> None:
    model, _ = make_both(
        cell="lstm", layers=3, reads="window", window=WINDOW, bidirectional=True, embedding=6
    )
    ids = np.random.default_rng(1).integers(0, model.network.outputs, (20, 4))
    many, single = model.network.reader(4), [model.network.reader() for _ in range(4)]
    for symbols in ids:
        many.read(symbols)
        for reader, symbol in zip(single, symbols.tolist(), strict=True):
            reader.read(symbol)
    expected = np.stack([reader.logits for reader in single], 1)
    np.testing.assert_allclose(many.logits, expected, atol=1e-5)


def test_only_the_window_counts() -> None:
    model, _ = make_both(reads="window", window=4, bidirectional=True)
    one, other = model.session(1), model.session(1)
    one.feed("hello aaaa")
    other.feed("kk aaaa")
    assert one.next_many(30, Sampling()) == other.next_many(30, Sampling())


def test_a_window_network_rewinds_and_branches_into_streams() -> None:
    model, _ = make_both(cell="gru", reads="window", window=5, bidirectional=True)
    session = model.session(1)
    session.feed("abc")
    snapshot = session.snapshot()
    text = session.next_many(20, Sampling())
    session.restore(snapshot)
    assert session.next_many(20, Sampling()) == text
    streams = model.streams(3, seed=1)
    streams.feed("abc")
    assert streams.next_many(20, Sampling())[0] == text
