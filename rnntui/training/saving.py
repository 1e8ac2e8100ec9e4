"""What a run writes into its folder, and when it is safe there.

An evaluation is first noted and then committed: its checkpoints, its line of the history and its
samples reach the disk before the state that knows of them, so that a kill at any instant leaves a
state from which what is missing is made again, exactly.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import numpy as np
import torch

from rnntui.checkpoints.config import Config
from rnntui.checkpoints.folder import write_checkpoint
from rnntui.files import write_atomically
from rnntui.recipes.catalog import to_toml
from rnntui.recipes.schema import as_dict
from rnntui.runs import history, samples
from rnntui.runs.folder import RunFolder
from rnntui.runs.history import Evaluation
from rnntui.training import resume
from rnntui.training.optimizer import AveragedWeights, set_parameters
from rnntui.training.resume import Counters
from rnntui.training.stepping import Optimizer
from rnntui.training.task import Task, Weights

Checkpoint = tuple[Config, Weights]


class Saves:
    """The files of a run.

    Args:
        folder: where they are.
        task: the network, and what a checkpoint says of it.
        optimizer: its state is saved too.
        average: the averaged weights, which checkpoints hold in place of the network's own.
        writes: False of a rank that leaves the folder to the leader.
    """

    def __init__(
        self,
        folder: RunFolder,
        task: Task,
        optimizer: Optimizer,
        average: AveragedWeights | None,
        *,
        writes: bool = True,
    ) -> None:
        self._folder, self._task = folder, task
        self._optimizer, self._average = optimizer, average
        self._writes = writes
        self._last: Checkpoint | None = None
        self._best: Checkpoint | None = None
        self._lines: list[Evaluation] = []
        self._sections: list[str] = []
        self._at = time.perf_counter()

    @property
    def age(self) -> float:
        """Seconds since the state was last saved."""
        return time.perf_counter() - self._at

    def begin(self, counters: Counters) -> None:
        """Make the folder a run.

        The recipe comes last and does it: a run always loads and resumes, and what was cut off
        before it is one begins again by the same command.
        """
        self.save(counters, 0.0)
        if self._writes:
            write_atomically(self._folder.recipe, to_toml(self._task.recipe))

    def note(self, line: Evaluation, sections: list[str], *, best: bool) -> None:
        """Take down an evaluation of the network as it is now, for the next `commit`.

        Args:
            line: its figures.
            sections: its samples, as `samples.md` has them.
            best: no evaluation was better.
        """
        weights = {name: np.array(array) for name, array in self._task.weights().items()}
        self._last = (self._task.config(_metrics(line)), weights)
        if best:
            self._best = self._last
        self._lines.append(line)
        self._sections += sections

    def flush(self) -> None:
        """Write the evaluations that were noted."""
        if self._last:
            write_checkpoint(self._folder.last, *self._last)
        if self._best:
            write_checkpoint(self._folder.best, *self._best)
        if self._lines:
            history.append(self._folder.history, *self._lines)
        if self._sections:
            samples.append(self._folder.samples, "".join(self._sections))
        self._last = self._best = None
        self._lines, self._sections = [], []

    def commit(self, counters: Counters) -> None:
        """Write the evaluations that were noted, and the state to go on from."""
        carried = self._task.carried()  # of all ranks together: each must call this
        self._at = time.perf_counter()
        if not self._writes:
            return
        self.flush()
        tensors: dict[str, torch.Tensor] = {
            f"network/{n}": p for n, p in self._task.network.named_parameters()
        }
        groups = {
            "average": self._average.values if self._average else {},
            "optimizer": self._optimizer.tensors(),
            "carried": {name: tensor.clone() for name, tensor in carried.items()},
        }
        tensors |= {f"{g}/{n}": t for g, named in groups.items() for n, t in named.items()}
        tensors["generator"] = self._task.generator.get_state()
        resume.save_state(self._folder.state, counters, tensors)
        self._at = time.perf_counter()

    def save(self, counters: Counters, epochs: float) -> None:
        """Commit between two evaluations: a long first epoch, too, leaves a model to use."""
        figures = {"step": counters.step, "epoch": epochs, "seconds": counters.seconds}
        if self._writes:
            self._keep_last(figures)
        self.commit(counters)

    def _keep_last(self, figures: dict[str, float]) -> None:
        with self.averaged():
            self._last = (self._task.config(figures), self._task.weights())
            self.flush()

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Put the averaged weights into the network for a while, if the run keeps any."""
        if not self._average:
            yield
            return
        with self._average.inside(self._task.network):
            yield

    def restore(self) -> tuple[Counters, bool]:
        """Put everything back to where the run was saved, and cut off what was written later.

        Returns:
            Where it stands; and whether it was saved on another kind of device, whose random
            numbers cannot be drawn on this one: then others are.
        """
        counters = resume.read_counters(self._folder.state)
        counters.recipe = as_dict(self._task.recipe)
        tensors = resume.read_tensors(self._folder.state, counters)

        def group(name: str) -> dict[str, torch.Tensor]:
            start = f"{name}/"
            return {k[len(start) :]: v for k, v in tensors.items() if k.startswith(start)}

        set_parameters(self._task.network, group("network"))
        if self._average:
            for name, value in group("average").items():
                self._average.values[name].copy_(value)
        self._optimizer.restore(group("optimizer"))
        self._task.carry(group("carried"))
        moved = self._restore_generator(tensors["generator"], counters.step)
        if self._writes:
            self._cut(counters)
        return counters, moved

    def _restore_generator(self, state: torch.Tensor, step: int) -> bool:
        generator = self._task.generator
        if state.numel() == generator.get_state().numel():
            generator.set_state(state)
            return False
        # Not the recipe's seed itself, or the masks of the first steps would come once more.
        generator.manual_seed((self._task.recipe.seed + step) % (1 << 63))
        return True

    def _cut(self, counters: Counters) -> None:
        # What was evaluated after the state was saved is evaluated again, perhaps at its very step.
        told = counters.step if counters.evaluated < 0 else counters.evaluated
        history.cut(self._folder.history, told)
        samples.cut(self._folder.samples, told)
        write_atomically(self._folder.recipe, to_toml(self._task.recipe))


def _metrics(line: Evaluation) -> dict[str, float]:
    """The figures a checkpoint carries: the evaluation it was saved at."""
    kept = ("step", "epoch", "seconds", "train_loss", "val_loss")
    return {k: v for k, v in msgspec.structs.asdict(line).items() if k in kept and v is not None}
