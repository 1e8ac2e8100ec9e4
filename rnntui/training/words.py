"""The words task: a language model of reviews, for a classifier to start from (Dai and Le 2015).

It reads reviews one after another, `<pad>` between two of them, in streams that carry their state,
and learns to tell the next word from a sample of others. Of the validation part it reads a few tens
of thousands of words, scored against the whole vocabulary; of the test part nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from rnntui.checkpoints.config import Config, DataConfig
from rnntui.data.review_corpus import EncodedReviews
from rnntui.data.streams import Batch, Streams
from rnntui.data.vocabulary import Ids
from rnntui.data.words import PAD
from rnntui.errors import CorpusError
from rnntui.networks.exchange import export_weights
from rnntui.networks.sampled import sampled_loss
from rnntui.networks.scan import State
from rnntui.networks.text import TextNetwork
from rnntui.recipes.schema import as_dict
from rnntui.recipes.sentiment import SentimentRecipe
from rnntui.runs.history import Evaluation
from rnntui.training.events import Data, Event
from rnntui.training.ranks import Alone
from rnntui.training.review_data import ReviewData
from rnntui.training.task import Check, Keep

_LANES, _PIECE = 16, 32
_SCORED = 60_000
"""Words of the validation part that are scored, against all 20,000: twenty seconds on one core, and
enough to tell the loss to about 0.01 nats."""


class WordsTask:
    """A `Task`: reviews as one long text of words, and a network that predicts the next one.

    Args:
        recipe: with the objective "words".
        data: encoded and divided.
        device: where the network lives.
    """

    accuracy = None

    def __init__(self, recipe: SentimentRecipe, data: ReviewData, device: torch.device) -> None:
        self.recipe = recipe
        self.reviews = data
        self.device = device
        self.ranks = Alone()
        self.generator = torch.Generator(device).manual_seed(recipe.seed)
        self.network = TextNetwork(self.config({}), self.generator)
        rng = np.random.default_rng(recipe.seed)
        sources = [(data.labelled, data.rows("train")), *data.more]
        self.train = _stream(sources, rng)
        self.val = _stream([(data.labelled, data.rows("val"))], rng)[:_SCORED]
        needed = recipe.batch_size * recipe.seq_len + 1
        if len(self.train) < needed:
            raise CorpusError(
                f"{data.name} has {len(self.train):,} words to learn from, one batch takes "
                f"{needed:,}",
                "bring more reviews, or lower --seq-len or the batch",
            )
        self.order = Streams(self.train, recipe.batch_size, recipe.seq_len, recipe.seed)
        self.state: list[State] = []
        self.data = Data(
            name=" + ".join([data.name, *(reviews.corpus.name for reviews, _ in data.more)]),
            sha256=data.sha256,
            parts=(len(self.train), len(self.val), 0),
            unit="words",
            vocabulary=len(data.words),
        )

    def config(self, metrics: Mapping[str, Any]) -> Config:
        """What a checkpoint of this run says of itself: a text model of words."""
        return Config(
            task="text",
            network=self.recipe.network(),
            vocabulary=self.reviews.words.to_config(),
            data=DataConfig(self.reviews.name, self.reviews.sha256, self.reviews.shares),
            recipe=as_dict(self.recipe),
            metrics=dict(metrics),
        )

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """The network's weights by a checkpoint's names."""
        return export_weights(self.network)

    def steps(self, epoch: int) -> int:
        """Steps in an epoch."""
        return self.order.steps(epoch)

    def loss(self, epoch: int, step: int, precision: str) -> tuple[Tensor, int]:
        """Read a batch; return its mean loss in nats per word, estimated, and its words."""
        batch = self.order.batch(epoch, step)
        state = self.network.zero_state(batch.x.shape[1]) if batch.fresh else self.state
        loss, state = self._loss(batch, state, precision)
        self.state = [tuple(part.detach() for part in parts) for parts in state]
        return loss, batch.y.size

    def _loss(self, batch: Batch, state: list[State], precision: str) -> tuple[Tensor, list[State]]:
        x, y = (torch.from_numpy(part).to(self.device) for part in (batch.x, batch.y))
        with torch.autocast(self.device.type, torch.bfloat16, enabled=precision == "bf16"):
            features, state = self.network.features(x, state)  # (T, B, K)
        loss = sampled_loss(
            features.float().view(-1, features.shape[-1]),
            y.reshape(-1),
            self.network.head.weight,
            self.network.head.bias,
            self.recipe.samples,
            self.generator,
        )
        return loss, state

    def probe(self, precision: str) -> None:
        """Do a short piece of a step's work, for measuring; leaves nothing changed."""
        masks = self.generator.get_state()
        batch = self.order.batch(0, 0)
        piece = Batch(batch.x[:8], batch.y[:8], fresh=True)
        loss, _ = self._loss(piece, self.network.zero_state(batch.x.shape[1]), precision)
        loss.backward()  # type: ignore[no-untyped-call]
        self.network.zero_grad(set_to_none=True)
        self.generator.set_state(masks)

    def carried(self) -> dict[str, Tensor]:
        """The recurrent state between two steps, by name."""
        return {f"{i}.{k}": t for i, parts in enumerate(self.state) for k, t in enumerate(parts)}

    def carry(self, tensors: Mapping[str, Tensor]) -> None:
        """Set the recurrent state to what `carried` returned."""
        parts = self.network.stack.parts
        self.state = [
            tuple(tensors[f"{i}.{k}"].to(self.device) for k in range(parts))
            for i in range(len(tensors) // parts)
        ]

    @torch.no_grad()
    def validate(self, check: Check) -> float | None:
        """Return nats per word on the validation part, against the whole vocabulary."""
        lanes = min(_LANES, len(self.val) // 2)
        if not lanes:
            return None
        length = len(self.val) // lanes
        ids = torch.from_numpy(self.val[: lanes * length].reshape(lanes, length).T.astype(np.int64))
        state, total, count = self.network.zero_state(lanes), 0.0, 0
        self.network.eval()
        try:
            for begin in range(0, length - 1, _PIECE):
                check()
                chunk = ids[begin : begin + _PIECE + 1].to(self.device)
                logits, state = self.network(chunk[:-1], state)
                flat = logits.float().view(-1, logits.shape[-1])
                targets = chunk[1:].reshape(-1)
                total += float(functional.cross_entropy(flat, targets, reduction="sum"))
                count += len(targets)
        finally:
            self.network.train()
        return total / count

    def show(self, line: Evaluation, *, last: bool, check: Check, keep: Keep) -> Iterator[Event]:
        """There is nothing to show but figures."""
        return iter(())

    def warnings(self) -> tuple[str, ...]:
        """What a person should know of these reviews."""
        words = len(self.train)
        if words < 1_000_000:
            return (f"{words:,} words are few for a language model: add --unlabelled reviews",)
        return ()


def _stream(
    sources: list[tuple[EncodedReviews, NDArray[np.int64]]], rng: np.random.Generator
) -> Ids:
    """Return reviews as one text: in a random order, `PAD` before each."""
    places = [(source, row) for source, (_, rows) in enumerate(sources) for row in rows.tolist()]
    sizes = [sources[source][0].corpus.lengths for source in range(len(sources))]
    total = sum(int(sizes[source][row]) + 1 for source, row in places)
    text = np.full(total, PAD, np.uint32)
    at = 0
    for index in rng.permutation(len(places)).tolist():
        source, row = places[index]
        words = sources[source][0].row(row)
        text[at + 1 : at + 1 + len(words)] = words
        at += len(words) + 1
    return text
