"""Nats per character, by each protocol, against plain torch."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from rnntui.errors import BadOption, CorpusError
from rnntui.inference import scoring
from rnntui.inference.models import build_text_model
from rnntui.inference.scoring import score_carried
from tests.inference.helpers import TorchModel, make_both, make_config, make_weights


def random_ids(count: int, outputs: int = 20) -> np.ndarray:
    """A Markov chain, so that the text is not merely noise."""
    random = np.random.default_rng(2)
    ids = np.cumsum(random.choice([0, 1, 3], count, p=[0.2, 0.5, 0.3])) % outputs
    return ids.astype(np.uint8)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_the_carried_score_is_torchs(cell: str) -> None:
    model, torch_model = make_both(cell=cell)
    ids = random_ids(1500)
    score = model.score_ids(ids)
    assert score.predictions == score.characters == 1499
    assert score.nats == pytest.approx(torch_model.nats(ids).sum(), rel=1e-6)
    assert score.bits_per_char == pytest.approx(score.nats_per_char / math.log(2))


@pytest.mark.parametrize("window", [1, 7, 50, 299, 300, 5000])
def test_the_window_score_is_torchs_with_the_state_reset(window: int) -> None:
    model, torch_model = make_both()
    ids = random_ids(310)
    expected = sum(
        torch_model.nats(ids[i : i + window + 1]).sum() for i in range(0, len(ids) - 1, window)
    )
    score = model.score_ids(ids, window)
    assert score.predictions == 309
    assert score.nats == pytest.approx(expected, rel=1e-6)


def test_more_windows_than_lanes_are_all_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "LANES", 5)
    monkeypatch.setattr(scoring, "_STEPS", 6)
    model, torch_model = make_both()
    ids = random_ids(400)
    expected = sum(torch_model.nats(ids[i : i + 10]).sum() for i in range(0, 399, 9))
    assert model.score_ids(ids, 9).nats == pytest.approx(expected, rel=1e-6)


def test_lanes_score_as_a_single_pass_does() -> None:
    config = make_config(hidden=48, embedding=8)
    weights = make_weights(config, scale=0.4)
    for layer in range(2):  # forget gates of 0.993: a memory of hundreds of symbols
        weights[f"rnn.bias_ih_l{layer}"][48:96] = 5.0
    model = build_text_model(config, weights, "random")
    ids = random_ids(9000)
    single = score_carried(model.network, model.vocabulary, ids, lanes=1)
    lanes = score_carried(model.network, model.vocabulary, ids, lanes=4)
    assert single.nats == pytest.approx(TorchModel(config, weights).nats(ids).sum(), rel=1e-6)
    assert lanes.predictions == single.predictions == 8999
    assert abs(lanes.nats_per_char - single.nats_per_char) < 1e-4
    # The memory is real: with no warm-up at all the figure is another one.
    reset = model.score_ids(ids, 100)
    assert abs(reset.nats_per_char - single.nats_per_char) > 1e-3


@pytest.mark.parametrize("count", [2, 3, 1025, 2047, 4100])
def test_every_symbol_but_the_first_is_predicted_once_whatever_the_lanes(count: int) -> None:
    model, _ = make_both(layers=1, hidden=4)
    ids = random_ids(count)
    for lanes in (1, 2, 3, 64):
        score = score_carried(model.network, model.vocabulary, ids, lanes=lanes)
        assert score.predictions == count - 1


def test_a_window_reader_sees_its_last_window_before_every_symbol() -> None:
    model, torch_model = make_both(
        cell="gru", reads="window", window=6, bidirectional=True, hidden=8
    )
    ids = random_ids(200)
    expected = 0.0
    for end in range(1, 200):
        logits = torch_model.window(ids[max(0, end - 6) : end]).astype(float)
        expected += math.log(np.exp(logits).sum()) - logits[ids[end]]
    score = model.score_ids(ids)
    assert score.predictions == 199
    assert score.nats == pytest.approx(expected, rel=1e-5)
    assert model.score_ids(ids[:4]).predictions == 3


def test_bytes_are_counted_by_the_character() -> None:
    config = make_config(tuple(range(256)))
    model = build_text_model(config, make_weights(config), "bytes")
    text = "añb€c😀 and so on"
    score = model.score(text)
    assert score.predictions == len(text.encode()) - 1
    assert score.characters == len(text) - 1
    assert score.nats_per_char == pytest.approx(score.nats / (len(text) - 1))


def test_a_memory_mapped_text_is_scored_and_progress_reported(tmp_path: Path) -> None:
    model, _ = make_both()
    ids = random_ids(900)
    ids.tofile(tmp_path / "ids")
    calls: list[tuple[int, int]] = []
    mapped = np.memmap(tmp_path / "ids", np.uint8, "r")
    score = model.score_ids(mapped, progress=lambda done, total: calls.append((done, total)))
    assert score == model.score_ids(ids)
    assert calls == sorted(calls)
    assert calls[-1] == (899, 899)
    assert len(calls) > 3


def test_what_cannot_be_scored_is_refused_in_a_sentence() -> None:
    model, _ = make_both()
    windowed, _ = make_both(reads="window", window=5)
    with pytest.raises(CorpusError, match="a text of 1 symbols has nothing to predict"):
        model.score("a")
    with pytest.raises(CorpusError):
        windowed.score("")
    with pytest.raises(BadOption, match="--window is 0; choose 1 or more"):
        model.score("abc", window=0)
    with pytest.raises(BadOption, match="reads windows of 5 anyway"):
        windowed.score("abc", window=3)
