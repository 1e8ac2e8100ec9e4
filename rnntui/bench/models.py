"""Random networks and texts of a size, for measuring: speed does not depend on what is learned."""

from __future__ import annotations

import numpy as np

from rnntui.checkpoints.config import Cell, Config, Network, VocabularyConfig, tensor_shapes
from rnntui.data.corpus import Corpus
from rnntui.data.vocabulary import Vocabulary
from rnntui.inference.compiled import Floats
from rnntui.inference.stepper import StreamNetwork

SYMBOLS = ("\n", *(chr(code) for code in range(32, 96)))
"""65, as many as tiny Shakespeare has."""

LAYERS = 2

CELLS: tuple[Cell, ...] = ("lstm", "gru")
"""Those that write in earnest."""

Weights = dict[str, Floats]


def text_config(cell: Cell, hidden: int) -> Config:
    """Return a text model's configuration: two layers, one-hot, 65 symbols."""
    network = Network(cell=cell, layers=LAYERS, hidden=hidden)
    return Config("text", network, vocabulary=VocabularyConfig("char", SYMBOLS))


def random_weights(config: Config, seed: int = 0) -> Weights:
    """Return weights at twice torch's own scale: states then are far from 0, and remember."""
    random = np.random.default_rng(seed)
    bound = 2 / config.network.hidden**0.5
    return {
        name: random.uniform(-bound, bound, shape).astype(np.float32)
        for name, shape in tensor_shapes(config).items()
    }


def bytes_per_step(network: StreamNetwork) -> int:
    """Return the bytes of weights that a time step reads, the looked-up row included."""
    matrices = [*network.weights, network.table[0]]
    if network.network.cell == "gru":  # the others keep an upper layer's two matrices as one
        matrices += [gates.inputs for gates in network.gates[1:]]
    for weight, bias in network.head.layers:
        matrices += [weight, bias]
    return sum(matrix.nbytes for matrix in matrices)


def generated_corpus(characters: int) -> Corpus:
    """Return words of random letters, in memory: the machine's caches stay the user's."""
    random = np.random.default_rng(0)
    words = [random.integers(1, len(SYMBOLS), random.integers(1, 9)) for _ in range(2000)]
    picked = [words[k] for k in random.integers(0, len(words), characters // 2)]
    ids = np.concatenate(picked)[:characters].astype(np.uint8)
    return Corpus("generated", "0" * 64, characters, Vocabulary("char", SYMBOLS), ids)
