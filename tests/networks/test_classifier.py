"""Padding never changes a score, and plain torch.nn computes the same from a checkpoint's names."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnntui.checkpoints.config import Config, Head, Network, VocabularyConfig, tensor_shapes
from rnntui.networks.classifier import Classifier
from rnntui.networks.exchange import export_weights, import_weights

POOLINGS = ("last", "max", "mean", "last-max-mean", "attention")
KINDS = list(itertools.product(POOLINGS, (False, True), ("lstm", "gru", "rnn")))
LENGTHS = torch.tensor([9, 1, 4, 7])


def config(**network: Any) -> Config:
    shape = Network(**{"layers": 2, "hidden": 6, "embedding": 5, "window": 50, **network})
    symbols = ("<pad>", "<unk>", *map(str, range(30)))
    return Config("sentiment", shape, vocabulary=VocabularyConfig("word", symbols, True, 0, 1))


def classifier(**network: Any) -> Classifier:
    made = Classifier(config(**network), torch.Generator().manual_seed(4))
    return made.eval()


def texts(seed: int = 1) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(2, 32, (int(n),), generator=generator) for n in LENGTHS]


def side_by_side(sequences: list[Tensor], padding: int, extra: int = 0) -> Tensor:
    longest = max(map(len, sequences)) + extra
    ids = torch.full((longest, len(sequences)), padding)
    for column, sequence in enumerate(sequences):
        ids[: len(sequence), column] = sequence
    return ids


@pytest.mark.parametrize(("pooling", "both", "cell"), KINDS)
@torch.no_grad()
def test_padding_never_changes_a_score(pooling, both, cell):
    network = classifier(pooling=pooling, bidirectional=both, cell=cell)
    alone = torch.cat([network(t[:, None], torch.tensor([len(t)])) for t in texts()])
    assert alone.std() > 1e-3  # four different scores
    for padding, extra in ((0, 0), (0, 23), (17, 5)):
        together = network(side_by_side(texts(), padding, extra), LENGTHS)
        assert (together - alone).abs().max() < 1e-6


@pytest.mark.parametrize(("pooling", "both", "cell"), KINDS)
@torch.no_grad()
def test_plain_torch_with_packed_sequences_scores_the_same(pooling, both, cell):
    made = config(pooling=pooling, bidirectional=both, cell=cell, head=Head((7,), "tanh"))
    network = Classifier(made, torch.Generator().manual_seed(4)).eval()
    weights = {k: torch.from_numpy(v.copy()) for k, v in export_weights(network).items()}
    kind = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[cell]
    rnn = kind(5, 6, 2, bidirectional=both)
    rnn.load_state_dict({k[4:]: v for k, v in weights.items() if k.startswith("rnn.")})
    x = weights["embedding.weight"][side_by_side(texts(), 0)]
    packed, state = rnn(pack_padded_sequence(x, LENGTHS, enforce_sorted=False))
    features = pad_packed_sequence(packed)[0]
    hidden = state[0] if cell == "lstm" else state
    last = torch.cat(list(hidden[-2:] if both else hidden[-1:]), 1)
    parts = []
    for b, length in enumerate(LENGTHS):
        own = features[:length, b]
        if pooling == "attention":
            scores = own @ weights["pooling.weight"][0] + weights["pooling.bias"]
            parts.append(scores.softmax(0) @ own)
        else:
            pools = {"last": last[b], "max": own.amax(0), "mean": own.mean(0)}
            parts.append(torch.cat([pools[name] for name in pooling.split("-")]))
    hidden_layer = torch.tanh(
        torch.stack(parts) @ weights["head.0.weight"].T + weights["head.0.bias"]
    )
    expected = (hidden_layer @ weights["head.weight"].T + weights["head.bias"])[:, 0]
    assert (network(side_by_side(texts(), 0), LENGTHS) - expected).abs().max() < 1e-5


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("both", [False, True])
def test_a_checkpoint_holds_exactly_the_contract_s_tensors(pooling, both):
    made = config(pooling=pooling, bidirectional=both, head=Head((3,)))
    network = Classifier(made, torch.Generator().manual_seed(1))
    weights = export_weights(network)
    assert {k: v.shape for k, v in weights.items()} == tensor_shapes(made)
    assert sum(p.numel() for p in network.parameters()) == sum(v.size for v in weights.values())
    other = Classifier(made, torch.Generator().manual_seed(2))
    import_weights(other, weights)
    ids, lengths = side_by_side(texts(), 0), LENGTHS
    assert torch.equal(other.eval()(ids, lengths), network.eval()(ids, lengths))


def test_left_out_words_are_left_out_wherever_they_stand():
    network = Classifier(config(pooling="mean"), torch.Generator().manual_seed(1), 0.5).train()
    words = torch.arange(2, 32)[:, None].repeat(2, 1)  # each word twice
    vectors = network._vectors(words)[:, 0]
    dropped = (vectors == 0).all(1)
    assert torch.equal(dropped[:30], dropped[30:])
    assert 3 < dropped[:30].sum() < 27
    kept = vectors[:30][~dropped[:30]]
    own = network.embedding.weight[words[:30, 0]][~dropped[:30]]
    assert torch.allclose(kept, 2 * own)
    assert not (network.eval()._vectors(words) == 0).all(2).any()


@pytest.mark.parametrize("recurrent", [{"recurrent_dropout": 0.3}, {"weight_drop": 0.3}])
def test_every_parameter_learns(recurrent):
    network = Classifier(
        config(pooling="attention", bidirectional=True, head=Head((4,)), dropout=0.1, **recurrent),
        torch.Generator().manual_seed(1),
    ).train()
    network(side_by_side(texts(), 0), LENGTHS).sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
        # The softmax of attention does not see a shift of all its scores.
        assert parameter.grad.abs().sum() > 0 or name == "attention.bias", name
