"""Networks of other programs, built in plain torch, give the same logits once imported."""

from __future__ import annotations

import json
import string
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file, save_model
from torch import nn

import rnntui as package
from rnntui.cli.main import app
from tests.conftest import SYMBOLS

TEXT = "".join(np.random.default_rng(3).choice([*SYMBOLS], 200))


class Theirs(nn.Module):
    """A network as tutorials write it, with any names."""

    def __init__(self, rnn: nn.Module, reads: nn.Module | None, writes: nn.Linear) -> None:
        super().__init__()
        self.reads, self.lstm, self.fc = reads, rnn, writes

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return logits (T, V) of indices (T,)."""
        vectors = self.reads(ids) if self.reads else nn.functional.one_hot(ids, 56).float()
        return self.fc(self.lstm(vectors)[0])


def network(kind: str, layers: int = 1, width: int = 0, bias: bool = True, **more: Any) -> Theirs:
    """A random network of 56 symbols and 12 units."""
    torch.manual_seed(1)
    rnn = getattr(nn, kind)(width or 56, 12, layers, bias=bias, **more)
    reads = nn.Embedding(56, width) if width else None
    return Theirs(rnn, reads, nn.Linear(12, 56, bias=bias))


def tied(model: Theirs) -> Theirs:
    """Let the output layer share the embedding's matrix."""
    assert model.reads
    model.fc.weight = model.reads.weight  # type: ignore[assignment]
    return model


NETWORKS = {
    "a plain network, one-hot": (network("RNN"), ()),
    "relu": (network("RNN", nonlinearity="relu", width=5), ("--nonlinearity", "relu")),
    "two layers of tanh": (network("RNN", 2, 7), ()),
    "an LSTM, one-hot, as Udacity's": (network("LSTM", 2, batch_first=True), ()),
    "an LSTM without biases": (network("LSTM", 2, 9, bias=False), ()),
    "an embedding as wide as the state": (network("LSTM", 1, 12, bias=False), ()),
    "a GRU": (network("GRU", 1, 12), ()),
    "a GRU one-hot without biases": (network("GRU", 2, bias=False), ()),
    "tied weights": (tied(network("GRU", 2, 12)), ()),
    "tied weights without biases": (tied(network("LSTM", 1, 12, bias=False)), ()),
}


@pytest.fixture
def symbols(tmp_path: Path) -> Path:
    path = tmp_path / "symbols.json"
    path.write_text(json.dumps(SYMBOLS))
    return path


def run(*arguments: str | Path) -> None:
    """The command line in this process."""
    assert not app([*map(str, arguments)], standalone_mode=False)


def assert_same_logits(model: nn.Module, name: str, characters: str = TEXT) -> None:
    """After each of the characters, the imported network and torch agree within 1e-4."""
    loaded = package.load(name)
    index = loaded.vocabulary.index
    session = loaded.session(seed=0)
    with torch.no_grad():
        expected = model(torch.tensor([index[c] for c in characters])).numpy()
    assert np.abs(expected).max() > 0.05
    for character, logits in zip(characters, expected, strict=True):
        session.feed(character)
        np.testing.assert_allclose(session.logits, logits, atol=1e-4)


@pytest.mark.parametrize(("model", "options"), NETWORKS.values(), ids=NETWORKS)
def test_its_logits_are_torchs_after_every_character(model, options, symbols, tmp_path):
    torch.save(model.state_dict(), tmp_path / "net.pt")
    run("import", tmp_path / "net.pt", "--vocabulary", symbols, "--name", "mine", *options)
    assert_same_logits(model, "mine")


def test_safetensors_come_in_too_with_a_tied_matrix_that_was_saved_once(symbols, tmp_path):
    model = tied(network("LSTM", 1, 12))
    save_model(model, str(tmp_path / "tied.safetensors"))
    run("import", tmp_path / "tied.safetensors", "--vocabulary", symbols)
    assert_same_logits(model, "tied")
    state = {
        name: tensor.to(torch.bfloat16) for name, tensor in network("GRU").state_dict().items()
    }
    save_file(state, tmp_path / "brief.safetensors")
    run("import", tmp_path / "brief.safetensors", "--vocabulary", symbols)
    rounded = network("GRU")
    rounded.load_state_dict(state)
    assert_same_logits(rounded, "brief")


def test_a_training_checkpoint_brings_its_symbols_along(tmp_path, capfdbinary):
    model = nn.DataParallel(network("LSTM", 2))
    # As Adam's, whose import takes longer than all else here.
    optimizer = {
        "state": {0: {"step": torch.tensor(3.0), "exp_avg": torch.ones(2)}},
        "param_groups": [{"lr": 0.001, "betas": (0.9, 0.999), "foreach": None, "params": [0]}],
    }
    saved = {
        "n_hidden": 12,
        "optimizer": optimizer,
        "state_dict": model.state_dict(),
        "tokens": SYMBOLS,
        "names": ["x"],
    }
    torch.save(saved, tmp_path / "rnn_20_epoch.net", _use_new_zipfile_serialization=False)
    run("import", tmp_path / "rnn_20_epoch.net", "--out", tmp_path / "out")
    stdout, stderr = capfdbinary.readouterr()
    assert "module.fc.weight          head.weight" in stdout.decode()
    assert "56 symbols, from tokens" in stderr.decode()
    assert_same_logits(model.module, str(tmp_path / "out"))


def test_a_corpus_gives_the_symbols_and_shows_that_they_fit(tmp_path, capfdbinary):
    corpus = tmp_path / "plays.txt"
    corpus.write_text(("".join(SYMBOLS) + " some words") * 20)
    save_file(network("GRU").state_dict(), tmp_path / "net.safetensors")
    run("import", tmp_path / "net.safetensors", "--corpus", corpus, "--json")
    told = json.loads(capfdbinary.readouterr()[0])
    assert told["symbols"] == 56 and 3 < told["nats_per_char"] < 6
    assert told["tensors"]["head.weight"] == "fc.weight"
    loaded = package.load("net")
    assert loaded.vocabulary.symbols == tuple(sorted(SYMBOLS))
    assert loaded.config.data.name == "plays"


def test_both_directions_come_in_with_their_window(symbols, tmp_path):
    model = network("GRU", 2, 6, bidirectional=True)
    model.fc = nn.Linear(24, 56)
    torch.save(model.state_dict(), tmp_path / "net.pt")
    run("import", tmp_path / "net.pt", "--vocabulary", symbols, "--window", "5")
    loaded = package.load("net")
    session = loaded.session(seed=0)
    session.feed(TEXT[:5])
    with torch.no_grad():
        vectors = model.reads(torch.tensor([loaded.vocabulary.index[c] for c in TEXT[:5]]))
        _, ends = model.lstm(vectors[:, None])
        expected = model.fc(torch.cat([ends[-2, 0], ends[-1, 0]]))
    np.testing.assert_allclose(session.logits, expected.numpy(), atol=1e-4)


MODULE = """
import torch
class CharRNN(torch.nn.Module):
    def __init__(self, size, hidden, kind, layers):
        super().__init__()
        self.encoder = torch.nn.Embedding(size, hidden)
        self.rnn = getattr(torch.nn, kind)(hidden, hidden, layers)
        self.decoder = torch.nn.Linear(hidden, size)
"""
TRAINED = """
import runpy, sys
import torch, model
torch.manual_seed(2)
for kind in "GRU", "LSTM":
    net = model.CharRNN(100, 11, kind, 2)
    torch.save(net, kind + ".pt")
    ids = torch.arange(200) % 100
    logits = net.decoder(net.rnn(net.encoder(ids)[:, None])[0][:, 0])
    torch.save(logits.detach(), kind + ".logits")
    sys.argv = ["export.py", kind + ".pt"]
    runpy.run_path("export.py")
"""


def test_a_pickled_char_rnn_comes_in_by_the_snippet(tmp_path, refusal, capfdbinary):
    run("import", "--snippet", "char-rnn.pytorch")
    theirs = tmp_path / "char-rnn.pytorch"
    theirs.mkdir()
    (theirs / "export.py").write_bytes(capfdbinary.readouterr()[0])
    (theirs / "model.py").write_text(MODULE)

    subprocess.run([sys.executable, "-c", TRAINED], cwd=theirs, check=True, capture_output=True)
    said = refusal("import", theirs / "GRU.pt").complaint
    assert "a whole module was saved" in said and "--snippet char-rnn.pytorch" in said
    for kind in ("GRU", "LSTM"):
        run("import", theirs / f"{kind}-state.pt", "--name", kind)
        logits = torch.load(theirs / f"{kind}.logits", weights_only=True)
        assert_same_logits(lambda _, logits=logits: logits, kind, string.printable * 2)


def test_it_refuses_what_would_be_a_guess_or_an_accident(refusal, symbols, tmp_path, make_model):
    state = network("GRU", 1, 12).state_dict()
    torch.save(state, tmp_path / "net.pt")
    file = tmp_path / "net.pt"
    make_model("taken")
    (tmp_path / "few.txt").write_text("abc")
    for said, *arguments in (
        ("which 56 symbols", file),
        ("taken is there already", file, "--vocabulary", symbols, "--name", "taken"),
        ("give a plain name", file, "--name", "../away"),
        ("would be read as an option", file, "--name=-x"),
        ("as a model that ships is called", file, "--name", "shakespeare-lstm"),
        ("the file's name is 'hamlet-gru', as a model", tmp_path / "hamlet-gru.pt"),
        ("give one of them", file, "--name", "a", "--out", "b"),
        ("give one", file, "--vocabulary", symbols, "--corpus", symbols),
        ("3 different characters, the network 56", file, "--corpus", tmp_path / "few.txt"),
        ("lists 3 symbols, the network has 56", file, "--vocabulary", tmp_path / "few.txt"),
        ("no FILE",),
        ("choose char-rnn.pytorch", "--snippet", "other"),
        ("no such file", tmp_path / "missing.pt"),
        ("it is a folder", tmp_path),
        ("no such file", "~nobody-of-that-name/net.pt"),
        ("name is too long", file, "--vocabulary", symbols, "--name", "n" * 300),
    ):
        assert said in refusal("import", *arguments).complaint
