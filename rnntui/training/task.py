"""What the loop asks of a task: all that it knows of text, and of whatever comes beside it.

The loop counts steps and epochs, keeps files and tells events; what a batch holds, what its loss
means and what is worth showing of a network are a task's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from rnntui.checkpoints.config import Config
from rnntui.recipes.schema import Recipe
from rnntui.runs.history import Evaluation
from rnntui.training.events import Data, Event
from rnntui.training.ranks import Ranks

Weights = Mapping[str, NDArray[np.floating]]

Check = Callable[[], None]
"""Raises `Stopped` once the run is to end. To be called between pieces of work of a second each."""

Keep = Callable[[str], None]
"""Adds a section to the run's `samples.md`."""


class Stopped(Exception):
    """The run is to end while a task validates or shows its network: that work is void."""


class Task(Protocol):
    """Data, a network, and how the one is trained on the other."""

    @property
    def recipe(self) -> Recipe:
        """The run's."""

    @property
    def data(self) -> Data:
        """What it learns from; a run is resumed only on data of the same hash."""

    @property
    def device(self) -> torch.device:
        """Where the network lives."""

    @property
    def network(self) -> nn.Module:
        """What is trained: all of its parameters, and nothing else."""

    @property
    def generator(self) -> torch.Generator:
        """Draws all that is random in a step. Its state is saved with the run."""

    @property
    def ranks(self) -> Ranks:
        """The processes that train it together; `Alone()` where that makes no sense."""

    def warnings(self) -> tuple[str, ...]:
        """What a person should know of data and recipe before waiting for hours."""

    def steps(self, epoch: int) -> int:
        """Steps in an epoch; at least 1."""

    def loss(self, epoch: int, step: int, precision: str) -> tuple[Tensor, int]:
        """Read a batch, the same one for the same epoch and step.

        Args:
            epoch: from 0.
            step: within the epoch, from 0.
            precision: "fp32" or "bf16".

        Returns:
            Its mean loss in nats per prediction, and how many predictions that are.
        """

    def probe(self, precision: str) -> None:
        """Do a short piece of a step's work, for measuring; leaves nothing changed."""

    def carried(self) -> dict[str, Tensor]:
        """What one step hands to the next besides the weights, by name; maybe nothing."""

    def carry(self, tensors: Mapping[str, Tensor]) -> None:
        """Go on from what `carried` returned, on whatever device it was."""

    def validate(self, check: Check) -> float | None:
        """Return the loss on the validation part; None where there is none.

        Never touches what a step depends on.

        Raises:
            Stopped: by `check`.
        """

    @property
    def accuracy(self) -> float | None:
        """Share of the validation part judged rightly when last validated; None if none is."""

    def config(self, metrics: Mapping[str, Any]) -> Config:
        """What a checkpoint says of itself, with these figures.

        Where `val_loss` is among them, the weights are those last validated, and the task adds its
        own figures of that. Else nobody knows yet how good they are.
        """

    def weights(self) -> Weights:
        """The network's weights by a checkpoint's names; they may share its memory."""

    def show(self, line: Evaluation, *, last: bool, check: Check, keep: Keep) -> Iterator[Event]:
        """Show, after an evaluation, what the network can do by now.

        Args:
            line: the evaluation.
            last: the run ends with it.
            check: to be called between pieces of work.
            keep: for what `samples.md` is to hold of it.

        Yields:
            Events for whoever watches; maybe none.

        Raises:
            Stopped: by `check`.
        """
