"""Whether the speed is honest: the same logits and the same greedy text as torch.nn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnntui.bench.machine import has_torch
from rnntui.bench.models import CELLS, Weights, random_weights, text_config
from rnntui.bench.plan import Plan
from rnntui.bench.report import Budget, Entry, Heading, Line, Note
from rnntui.checkpoints.config import Cell, Config
from rnntui.inference.blas import one_thread
from rnntui.inference.models import build_text_model
from rnntui.inference.sampling import Sampling

_TOLERANCE = 1e-4


@dataclass(frozen=True)
class Agreement:
    """How far two implementations of a network agree."""

    largest_difference: float
    """Between logits, over all steps and symbols, while both read the same random text."""
    same_greedy: int
    """Characters of greedy text before the first that differs; all of them if none does."""


def compare(config: Config, ours: Weights, theirs: Weights, steps: int) -> Agreement:
    """Run the product with one set of weights and torch.nn with another, meant to be the same.

    Torch reads the product's greedy text in one go: where its best symbol after every prefix is the
    one that follows, its own greedy text is that text.

    Args:
        config: of both.
        ours: the product's weights.
        theirs: torch's.
        steps: characters read, and characters written.
    """
    from rnntui.bench.peers import ModulePeer, OneThread

    model = build_text_model(config, ours, "random")
    peer = ModulePeer(config, theirs, 1.0)
    text = np.random.default_rng(1).integers(0, config.outputs, steps).tolist()
    reader = model.network.reader()
    logits = []
    with one_thread():
        for symbol in text:
            reader.read(symbol)
            logits.append(reader.logits.copy())
    session = model.session(seed=0)
    session.feed("\n")
    greedy = model.vocabulary.encode(session.next_many(steps, Sampling(temperature=0))).ids.tolist()
    with OneThread():
        expected = peer.read_all(text).numpy()
        chosen = peer.read_all([0, *greedy[:-1]]).argmax(1).tolist()
    differs = [mine != other for mine, other in zip(greedy, chosen, strict=True)]
    return Agreement(
        float(np.abs(np.array(logits) - expected).max()),
        differs.index(True) if True in differs else steps,
    )


def correctness(plan: Plan) -> Iterator[Entry]:
    """Hold LSTMs and GRUs of every size against torch.nn."""
    steps = plan.correctness_steps
    yield Heading(f"correctness against torch.nn, over {steps:,} steps")
    if not has_torch():
        yield Note("torch is not installed, so that there is nothing to compare with")
        return
    for cell in CELLS:
        for hidden in plan.hidden:
            yield from _lines(cell, hidden, steps)


def _lines(cell: Cell, hidden: int, steps: int) -> Iterator[Line]:
    config = text_config(cell, hidden)
    weights = random_weights(config)
    found = compare(config, weights, weights, steps)
    label = f"{cell.upper()} 2x{hidden}"
    yield Line(
        f"{cell}-2x{hidden}/logits", f"{label}: largest difference of logits",
        found.largest_difference, "", Budget(_TOLERANCE, at_most=True),
    )  # fmt: skip
    yield Line(
        f"{cell}-2x{hidden}/greedy", f"{label}: greedy text identical for", found.same_greedy,
        "chars", Budget(steps),
    )  # fmt: skip
