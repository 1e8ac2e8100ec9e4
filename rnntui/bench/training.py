"""Training: the product's own loop against the one people write, and what else a run costs."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from rnntui.bench.models import LAYERS, generated_corpus
from rnntui.bench.own_loop import CHOSEN, Choice, own_loop
from rnntui.bench.plan import Plan
from rnntui.bench.report import Budget, Entry, Heading, Line, Note
from rnntui.bench.timing import Rounds, alternating
from rnntui.data.corpus import Corpus
from rnntui.data.streams import Streams
from rnntui.recipes.schema import TextRecipe
from rnntui.runs.folder import RunFolder
from rnntui.training.events import Evaluated, Stepped
from rnntui.training.loop import Training
from rnntui.training.text import TextTask

_WORTH = 1.1
"""bf16 counts as faster from here on; the product's own choice asks for as much."""


def training(plan: Plan) -> Iterator[Entry]:
    """Race the loops, then time an epoch's end."""
    shape = f"LSTM 2x{plan.train_hidden}, batch {plan.train_batch}, {plan.train_seq_len} steps"
    yield Heading(f"training ({shape}, one-hot, AdamW, clipped)")
    had = torch.get_num_threads()
    try:
        corpus = generated_corpus(plan.corpus_characters)
        yield from _race(plan, corpus)
        yield Heading("what a run costs beside its steps (default settings)")
        with tempfile.TemporaryDirectory() as folder:
            yield _upkeep(plan, corpus, Path(folder) / "upkeep")
    finally:
        torch.set_num_threads(had)


class PlainLoop:
    """Training as people write it: fp32, one torch.nn.LSTM, AdamW, clipping, the state carried.

    Args:
        plan: the sizes.
        corpus: what to read, in the product's own order.
        embedding: width of an embedding; 0 feeds one-hot vectors.
    """

    def __init__(self, plan: Plan, corpus: Corpus, embedding: int) -> None:
        size, width = len(corpus.vocabulary), plan.train_hidden
        self.symbols = size
        self.embedding = nn.Embedding(size, embedding) if embedding else None
        self.rnn = nn.LSTM(embedding or size, width, LAYERS)
        self.head = nn.Linear(width, size)
        modules = [m for m in (self.embedding, self.rnn, self.head) if m is not None]
        self.parameters = [p for module in modules for p in module.parameters()]
        self.optimizer = torch.optim.AdamW(self.parameters, 3e-3)
        self.streams = Streams(corpus.ids, plan.train_batch, plan.train_seq_len, 0)
        self.state: tuple[torch.Tensor, torch.Tensor] | None = None
        self.taken = 0

    def steps(self, count: int) -> None:
        """Take so many steps."""
        for _ in range(count):
            batch = self.streams.batch(0, self.taken % self.streams.steps(0))
            x, y = torch.from_numpy(batch.x), torch.from_numpy(batch.y)
            if self.embedding is not None:
                inputs = self.embedding(x)
            else:
                inputs = functional.one_hot(x, self.symbols).float()
            outputs, state = self.rnn(inputs, self.state)
            self.state = (state[0].detach(), state[1].detach())
            loss = functional.cross_entropy(self.head(outputs).flatten(0, 1), y.flatten())
            loss.item()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.parameters, 1.0)
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
            self.taken += 1


def _race(plan: Plan, corpus: Corpus) -> Iterator[Entry]:
    with own_loop(plan) as own:
        torch.set_num_threads(own.choice.threads)
        jobs = {name: own.job(name) for name in (CHOSEN, *own.choice.others)}
        jobs["embedding"] = PlainLoop(plan, corpus, plan.train_hidden).steps
        jobs["one-hot"] = PlainLoop(plan, corpus, 0).steps
        rounds = alternating(jobs, plan.train_rounds)
    yield from _race_lines(plan, rounds, own.choice)


def _race_lines(plan: Plan, rounds: Rounds, chosen: Choice) -> Iterator[Entry]:
    symbols = plan.train_batch * plan.train_seq_len
    speed = {name: symbols / rounds.median(name) for name in rounds.seconds}
    picked = f"it chose {chosen.precision} and {chosen.threads} thread(s)"
    yield Line("train/speed", "rnntui", speed[CHOSEN], "characters/s", detail=picked)
    gain = 1.0
    for other in chosen.others:
        fp32, bf16 = (other, CHOSEN) if other == "fp32" else (CHOSEN, other)
        gain = rounds.ratio(fp32, bf16)
        yield Line(
            "train/bf16", "rnntui: bf16 against its own fp32", gain, "x",
            detail=f"{speed[bf16]:,.0f} and {speed[fp32]:,.0f} characters/s",
        )  # fmt: skip
    budget = Budget(1.4 if gain >= _WORTH else 1.0)
    for name, what in (("embedding", "an embedding"), ("one-hot", "one-hot vectors")):
        low, high = rounds.spread(name, CHOSEN)
        yield Line(
            f"train/{name}", f"against nn.LSTM in fp32 on {what}", rounds.ratio(name, CHOSEN),
            "x", budget,
            f"{speed[name]:,.0f} characters/s; half the rounds {low:.2f} to {high:.2f}",
            {"characters_per_second": speed[name], "quartile_1": low, "quartile_3": high},
        )  # fmt: skip
    yield Note("the peers run with the threads that the product chose, the best for them too")
    yield Note("rnntui keeps the memory that a step frees, in its own process; the peers do not")
    if gain < _WORTH:
        yield Note("bf16 is no faster for training on this CPU: the budget is never to be slower")


def _upkeep(plan: Plan, corpus: Corpus, folder: Path) -> Line:
    """Time an epoch's last steps, and what lies between them and the next epoch's first."""
    recipe = TextRecipe(hidden=plan.upkeep_hidden, epochs=20)
    run = Training(TextTask(recipe, corpus, torch.device("cpu")), RunFolder(folder), resumed=False)
    with closing(run.run()) as events:  # type: ignore[type-var]
        steps = run.task.steps(0)
        next(events)  # Started
        next(events)  # makes buffers
        run.at.epoch_step = max(run.at.epoch_step, steps - plan.upkeep_steps)
        stamps, evaluated, between = [time.perf_counter()], False, 0.0
        while not between:
            event = next(events)
            evaluated = evaluated or isinstance(event, Evaluated)
            if isinstance(event, Stepped):
                stamps.append(time.perf_counter())
                between = stamps[-1] - stamps[-2] if evaluated else 0.0
    own = np.diff(stamps[:-1])  # the last difference holds the epoch's end
    step = median(own.tolist()) if len(own) else 0.0
    between = max(0.0, between - step)
    return Line(
        "train/upkeep",
        f"LSTM 2x{plan.upkeep_hidden}: evaluation, samples, checkpoints, history",
        100 * between / (between + steps * step), "%", Budget(10.0, at_most=True),
        f"{between:.2f} s an epoch of {steps} steps of {1000 * step:.0f} ms "
        f"({len(corpus.ids) / 1e6:.1f} MB of text)",
        {"seconds": between, "step_seconds": step, "steps": steps},
    )  # fmt: skip
