"""The text task: a corpus, and a network that learns to predict its next symbol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from rnntui.checkpoints.config import Config, DataConfig
from rnntui.data.corpus import Corpus
from rnntui.data.splits import Split, bounds, check_length, check_split
from rnntui.data.streams import Batch, Streams, Windows
from rnntui.data.vocabulary import explain
from rnntui.networks.dropout import Share
from rnntui.networks.exchange import export_weights
from rnntui.networks.recurrent import read_share
from rnntui.networks.scan import State
from rnntui.networks.text import TextNetwork
from rnntui.recipes.schema import TextRecipe, as_dict
from rnntui.runs.history import Evaluation
from rnntui.runs.samples import section
from rnntui.training.events import Data, Event, Sampled
from rnntui.training.memory import check_memory, needed
from rnntui.training.ranks import Alone, Ranks
from rnntui.training.sampling import draw_samples, predictions
from rnntui.training.task import Check, Keep

_LANES = 16
_WARM_UP = 256
"""Symbols a validation lane reads unscored, in place of the state carried from the text's start."""
_PIECE = 256
_WINDOWS = 16_384
"""Validation windows read at most, spread evenly: those of a megabyte would cost as much as a
tenth of an epoch's training, and 16,384 tell the loss to about 0.01 nats."""


class TextTask:
    """A `Task`: a corpus, a network, and how the one is trained on the other.

    Args:
        recipe: the run's.
        corpus: encoded.
        device: where the network lives.
        ranks: the processes that train it; this one reads its share of every batch.
    """

    accuracy = None
    """Of a text the loss says more."""

    def __init__(
        self,
        recipe: TextRecipe,
        corpus: Corpus,
        device: torch.device,
        ranks: Ranks | None = None,
    ) -> None:
        self.recipe = recipe
        self.corpus = corpus
        self.device = device
        self.parts = _cut(recipe, corpus)
        self.ranks = ranks or Alone()
        self._check_memory()
        self.generator = torch.Generator(device).manual_seed(recipe.seed)
        self.network = TextNetwork(self.config({}), self.generator)
        self.order = _order(recipe, self.parts["train"])
        self.state: list[State] = []
        self.data = Data(
            name=corpus.name,
            sha256=corpus.sha256,
            parts=(len(self.parts["train"]), len(self.parts["val"]), len(self.parts["test"])),
            unit="symbols",
            vocabulary=len(corpus.vocabulary),
        )

    def _check_memory(self) -> None:
        recipe = self.recipe
        need = needed(
            self.config({}),
            recipe,
            steps=recipe.window or recipe.seq_len,
            columns=max(1, recipe.batch_size // self.ranks.world),
        )
        shorten = "--batch-size or --window" if recipe.window else "--batch-size or --seq-len"
        check_memory(need, self.device, shorten)

    def config(self, metrics: Mapping[str, Any]) -> Config:
        """What a checkpoint of this run says of itself."""
        return Config(
            task="text",
            network=self.recipe.network(),
            vocabulary=self.corpus.vocabulary.to_config(),
            data=DataConfig(self.corpus.name, self.corpus.sha256, _split(self.recipe, self.corpus)),
            recipe=as_dict(self.recipe),
            metrics=dict(metrics),
            chat=self.corpus.chat,
        )

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """The network's weights by a checkpoint's names."""
        return export_weights(self.network)

    def steps(self, epoch: int) -> int:
        """Steps in an epoch."""
        return self.order.steps(epoch)

    def loss(self, epoch: int, step: int, precision: str) -> tuple[Tensor, int]:
        """Read a batch; return its mean loss in nats per prediction, and its predictions.

        The recurrent state is carried to the next call, cut from the graph.
        """
        whole = self.order.batch(epoch, step)
        batch, weight = self._share(whole)
        state = self.network.zero_state(batch.x.shape[1]) if batch.fresh else self.state
        loss, state = self._loss(batch, state, precision)
        if not self.network.reads_windows:
            self.state = [tuple(part.detach() for part in parts) for parts in state]
        return loss * weight, whole.y.size

    def _share(self, batch: Batch) -> tuple[Batch, float]:
        """Return the columns of a batch that this rank reads, and their weight in the ranks' mean.

        Of windows an epoch's last batch may have any number: a rank then has one fewer than
        another, which its weight makes good, or none, and reads one that counts nothing.
        """
        rank, world, columns = self.ranks.rank, self.ranks.world, batch.x.shape[1]
        first, last = columns * rank // world, columns * (rank + 1) // world
        weight = (last - first) * world / columns
        own = slice(first, max(last, first + 1))
        if world > 1:
            read_share(self.network, Share(first, columns))
        return Batch(batch.x[:, own], batch.y[..., own], batch.fresh), weight

    def probe(self, precision: str, steps: int = 16) -> None:
        """Do a short piece of a step's work, for measuring; leaves nothing changed."""
        masks = self.generator.get_state()
        batch, _ = self._share(self.order.batch(0, 0))
        windows = self.network.reads_windows
        piece = Batch(batch.x[:steps], batch.y if windows else batch.y[:steps], fresh=True)
        loss, _ = self._loss(piece, self.network.zero_state(batch.x.shape[1]), precision)
        loss.backward()  # type: ignore[no-untyped-call]
        self.network.zero_grad(set_to_none=True)
        self.generator.set_state(masks)

    def _loss(self, batch: Batch, state: list[State], precision: str) -> tuple[Tensor, list[State]]:
        x, y = (torch.from_numpy(part).to(self.device) for part in (batch.x, batch.y))
        with torch.autocast(self.device.type, torch.bfloat16, enabled=precision == "bf16"):
            logits, state = self.network(x, state)
        flat = logits.float().view(-1, logits.shape[-1])
        return functional.cross_entropy(flat, y.reshape(-1)), state

    def carried(self) -> dict[str, Tensor]:
        """The recurrent state between two steps, by name, for saving."""
        return {
            f"{i}.{k}": self.ranks.gather(tensor, 1)
            for i, part in enumerate(self.state)
            for k, tensor in enumerate(part)
        }

    def carry(self, tensors: Mapping[str, Tensor]) -> None:
        """Set the recurrent state to what `carried` returned."""
        parts = self.network.stack.parts

        def own(state: Tensor) -> Tensor:  # (1, B, H) of all ranks
            return state.chunk(self.ranks.world, 1)[self.ranks.rank].contiguous().to(self.device)

        self.state = [
            tuple(own(tensors[f"{i}.{k}"]) for k in range(parts))
            for i in range(len(tensors) // parts)
        ]

    @torch.no_grad()
    def validate(self, check: Check) -> float | None:
        """Return nats per prediction on the validation part; None where there is none.

        With the state carried (in lanes with a warm-up) or in windows, as the network reads; of a
        long text's windows, the same 16,384 every time. Never touches the training state.
        """
        ids = self.parts["val"]
        if not len(ids):
            return None
        self.network.eval()
        try:
            windows = self.network.reads_windows
            return self._score_windows(ids, check) if windows else self._score_lanes(ids, check)
        finally:
            self.network.train()

    def _score_lanes(self, ids: NDArray[Any], check: Check) -> float:
        lanes = max(1, min(_LANES, len(ids) // (4 * _WARM_UP)))
        length = (len(ids) - 1) // lanes
        begins = np.arange(lanes) * length
        state, total, count = self.network.zero_state(lanes), 0.0, 0
        # The first lane has no text before it: its warm-up lies at negative places, read as the
        # text's first symbol and not scored, and its state is set to zero where its text begins.
        for offset in range(-_WARM_UP, length, _PIECE):
            check()
            steps = np.arange(offset, min(offset + _PIECE, length))
            places = begins + np.append(steps, steps[-1] + 1)[:, None]  # (T + 1, lanes)
            chunk = torch.from_numpy(ids[np.maximum(places, 0)].astype(np.int64)).to(self.device)
            logits, state = self.network(chunk[:-1], state)
            if offset < 0:
                state = [tuple(_first_to_zero(t) for t in parts) for parts in state]
                continue
            losses = functional.cross_entropy(
                logits.view(-1, logits.shape[-1]), chunk[1:].reshape(-1), reduction="sum"
            )
            total, count = total + float(losses), count + chunk[1:].numel()
        return total / count

    def _score_windows(self, ids: NDArray[Any], check: Check) -> float:
        assert self.recipe.window
        stride = max(1, -(-(len(ids) - self.recipe.window) // _WINDOWS))
        windows = Windows(ids, 512, self.recipe.window, stride, 0)
        total, count = 0.0, 0
        for step in range(windows.steps(0)):
            check()
            batch = windows.batch(0, step)
            state = self.network.zero_state(batch.x.shape[1])
            loss, _ = self._loss(batch, state, "fp32")
            total, count = total + float(loss) * len(batch.y), count + len(batch.y)
        return total / count

    def show(self, line: Evaluation, *, last: bool, check: Check, keep: Keep) -> Iterator[Event]:
        """Show what follows each symbol of a toy, and samples every few epochs and at the end."""
        recipe = self.recipe
        if recipe.show_predictions:
            yield predictions(self.config({}), self.weights(), self.corpus.ids, line)
        if recipe.sample_every and (int(line.epoch) % recipe.sample_every == 0 or last):
            texts = draw_samples(self.config({}), self.weights(), recipe, check)
            keep(section(line.epoch, line.step, recipe.seed, texts))
            yield Sampled(line.epoch, texts)

    def warnings(self) -> tuple[str, ...]:
        """What a person should know of this corpus and recipe before waiting for hours."""
        found = list(self.corpus.notes)
        if len(self.corpus.ids) < 100_000 and not self.recipe.text:
            found.append(
                f"{self.corpus.name} has {len(self.corpus.ids):,} symbols: under 100,000 a network "
                "learns it by heart rather than its language"
            )
        if len(self.corpus.vocabulary) > 1000 and not self.recipe.embedding:
            found.append(
                f"{len(self.corpus.vocabulary):,} different characters are slow as one-hot "
                "vectors: set --embedding 256, or --unit byte"
            )
        prompt = self.recipe.sample_prompt if self.recipe.sample_every else ""
        read = self.corpus.vocabulary.encode(prompt)
        found += [f"sample_prompt: {sentence}" for sentence in explain(read)]
        return tuple(found)


def _first_to_zero(part: Tensor) -> Tensor:
    """Return a state (1, lanes, H) with its first lane at zero."""
    fresh = part.clone()
    fresh[:, 0] = 0
    return fresh


def _cut(recipe: TextRecipe, corpus: Corpus) -> dict[str, NDArray[Any]]:
    split = _split(recipe, corpus)
    check_split(split)
    length = len(corpus.ids)
    if recipe.window:
        need_train, need_val = recipe.window + recipe.batch_size, recipe.window + 1
    else:
        need_train, need_val = recipe.batch_size * recipe.seq_len + 1, 2
    check_length(length, split, need_train, need_val, corpus.name)
    return {
        part: corpus.ids[slice(*bounds(length, split, part))] for part in ("train", "val", "test")
    }


def _split(recipe: TextRecipe, corpus: Corpus) -> Split:
    return corpus.split or recipe.split


def _order(recipe: TextRecipe, ids: NDArray[Any]) -> Streams | Windows:
    if recipe.window:
        return Windows(ids, recipe.batch_size, recipe.window, recipe.stride, recipe.seed)
    return Streams(ids, recipe.batch_size, recipe.seq_len, recipe.seed)
