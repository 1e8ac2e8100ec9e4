"""The sentiment task: reviews, and a network that learns to tell the good ones from the bad."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from rnntui.checkpoints.config import Config, DataConfig
from rnntui.data.batches import LengthBatches, cut, padded
from rnntui.data.vectors import read_vectors
from rnntui.data.words import WordIds
from rnntui.errors import RecipeError
from rnntui.inference.calibration import Verdicts, fit_temperature, measure
from rnntui.networks.classifier import Classifier
from rnntui.networks.exchange import export_weights, import_weights
from rnntui.recipes.schema import as_dict
from rnntui.recipes.sentiment import SentimentRecipe
from rnntui.runs.history import Evaluation
from rnntui.training.events import Data, Event
from rnntui.training.judging import judge
from rnntui.training.ranks import Alone
from rnntui.training.review_data import ReviewData, start_weights
from rnntui.training.task import Check, Keep

_PROBE_WORDS = 16


class SentimentTask:
    """A `Task`: reviews in batches of about one length, and a classifier.

    After each validation the logits' temperature is fitted to it, and checkpoints hold the output
    layer divided by that: their probabilities are calibrated, and nobody who reads one needs to
    know. The network itself trains on undisturbed.

    Args:
        recipe: the run's.
        data: encoded and divided.
        device: where the network lives.
    """

    def __init__(self, recipe: SentimentRecipe, data: ReviewData, device: torch.device) -> None:
        self.recipe = recipe
        self.reviews = data
        self.device = device
        self.ranks = Alone()
        self.temperature = 1.0
        self.verdicts: Verdicts | None = None
        self.notes: list[str] = []
        self.generator = torch.Generator(device).manual_seed(recipe.seed)
        self.network = Classifier(self.config({}), self.generator, recipe.embedding_dropout)
        if recipe.vectors:
            self._begin_with_vectors()
        elif recipe.start_from:
            self.begin_with(recipe.start_from)
        self.network.embedding.weight.requires_grad_(not recipe.freeze)
        rows = data.rows("train")
        self._rows, self._labels = rows, data.labelled.corpus.labels
        lengths = np.minimum(data.labelled.corpus.lengths[rows], recipe.max_words)
        self.order = LengthBatches(lengths, recipe.batch_size, recipe.seed)
        self.data = Data(
            name=data.name,
            sha256=data.sha256,
            parts=(len(rows), len(data.rows("val")), len(data.rows("test"))),
            unit="reviews",
            vocabulary=len(data.words),
        )

    def _begin_with_vectors(self) -> None:
        """Take the words' vectors from a file; those it lacks keep theirs, at the same size."""
        vectors = read_vectors(Path(self.recipe.vectors), self.reviews.words)
        width = vectors.matrix.shape[1]
        if width != self.recipe.embedding:
            raise RecipeError(
                f"the vectors of {self.recipe.vectors} are {width} long, embedding is "
                f"{self.recipe.embedding}",
                f"set embedding to {width}",
            )
        found = torch.from_numpy(vectors.found).to(self.device)
        theirs = torch.from_numpy(vectors.matrix).to(self.device)
        with torch.no_grad():
            own = self.network.embedding.weight
            own.mul_(theirs[found].std() / own.std())
            own[found] = theirs[found]
        self.notes.append(vectors.told())

    def begin_with(self, place: str) -> None:
        """Take vectors and recurrent layers over from a language model of the same words."""
        taken = start_weights(place, self.recipe)
        import_weights(self.network, {**export_weights(self.network), **taken})

    def config(self, metrics: Mapping[str, Any]) -> Config:
        """What a checkpoint of this run says of itself."""
        data = self.reviews
        rows = data.rows("train")
        prior = float(data.labelled.corpus.labels[rows].mean())
        figures = {"prior": prior, "temperature": self.temperature}
        if self.verdicts and "val_loss" in metrics:
            figures |= {"accuracy": self.verdicts.accuracy, "ece": self.verdicts.ece}
        return Config(
            task="sentiment",
            network=self.recipe.network(),
            vocabulary=data.words.to_config(),
            data=DataConfig(data.name, data.labelled.corpus.sha256, data.shares),
            recipe=as_dict(self.recipe),
            metrics={**metrics, **figures},
        )

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """The network's weights by a checkpoint's names, the temperature in the output layer."""
        weights = export_weights(self.network)
        for name in ("head.weight", "head.bias"):
            weights[name] = weights[name] / np.float32(self.temperature)
        return weights

    def steps(self, epoch: int) -> int:
        """Steps in an epoch."""
        return self.order.steps

    def loss(self, epoch: int, step: int, precision: str) -> tuple[Tensor, int]:
        """Read a batch; return its mean loss in nats per review, and how many those are."""
        rows = self._rows[self.order.batch(epoch, step)]
        sequences = [
            cut(self.reviews.labelled.row(row), self.recipe.max_words, self.recipe.keep)
            for row in rows
        ]
        return self._loss(sequences, self._labels[rows], precision), len(rows)

    def _loss(
        self, sequences: list[WordIds], labels: NDArray[np.integer[Any]], precision: str
    ) -> Tensor:
        batch = padded(sequences)
        words, lengths = (
            torch.from_numpy(part).to(self.device) for part in (batch.ids, batch.lengths)
        )
        wanted = torch.from_numpy(labels.astype(np.float32)).to(self.device)
        smoothing = self.recipe.label_smoothing
        wanted = wanted * (1 - smoothing) + 0.5 * smoothing
        with torch.autocast(self.device.type, torch.bfloat16, enabled=precision == "bf16"):
            logits = self.network(words, lengths)
        return functional.binary_cross_entropy_with_logits(logits.float(), wanted)

    def probe(self, precision: str) -> None:
        """Do a short piece of a step's work, for measuring; leaves nothing changed."""
        masks = self.generator.get_state()
        rows = self._rows[self.order.batch(0, 0)]
        sequences = [self.reviews.labelled.row(row)[:_PROBE_WORDS] for row in rows]
        self._loss(sequences, self._labels[rows], precision).backward()  # type: ignore[no-untyped-call]
        self.network.zero_grad(set_to_none=True)
        self.generator.set_state(masks)

    def carried(self) -> dict[str, Tensor]:
        """The temperature, for checkpoints written before the next validation."""
        return {"temperature": torch.tensor(self.temperature, dtype=torch.float64)}

    def carry(self, tensors: Mapping[str, Tensor]) -> None:
        """Set the temperature to what `carried` returned."""
        self.temperature = float(tensors["temperature"])

    def validate(self, check: Check) -> float | None:
        """Judge the validation part, fit the temperature to it, and return the loss with that."""
        rows = self.reviews.rows("val")
        if not len(rows):
            return None
        logits = judge(
            self.network,
            lambda i: self.reviews.labelled.row(rows[i]),
            self.reviews.labelled.corpus.lengths[rows],
            window=self.recipe.max_words,
            whole=self.recipe.long_texts == "windows",
            check=check,
        )
        labels = self._labels[rows]
        self.temperature = fit_temperature(logits, labels)
        self.verdicts = measure(logits / self.temperature, labels)
        return self.verdicts.loss

    @property
    def accuracy(self) -> float | None:
        """Share of the validation part judged rightly."""
        return self.verdicts.accuracy if self.verdicts else None

    def show(self, line: Evaluation, *, last: bool, check: Check, keep: Keep) -> Iterator[Event]:
        """There is nothing to show but figures."""
        return iter(())

    def warnings(self) -> tuple[str, ...]:
        """What a person should know of these reviews and this recipe."""
        found = list(self.notes)
        unknown = self.reviews.unknown()
        if unknown > 0.1:
            found.append(
                f"{unknown:.0%} of the validation part's words are not in the vocabulary: "
                "raise --words, or bring more reviews"
            )
        if len(self._rows) < 500:
            found.append(
                f"{self.reviews.name} has {len(self._rows):,} training reviews: under a few "
                "thousand, a network learns them by heart"
            )
        return tuple(found)
