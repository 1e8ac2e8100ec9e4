"""The training loop: steps, evaluations, saves, as a stream of events.

Whoever iterates over `Training.run()` drives it; between two events nothing runs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import torch

from rnntui.checkpoints.folder import write_checkpoint
from rnntui.errors import DivergedError
from rnntui.files import write_atomically
from rnntui.recipes.catalog import to_toml
from rnntui.recipes.schema import as_dict
from rnntui.runs import history, samples
from rnntui.runs.folder import RunFolder
from rnntui.runs.history import Evaluation
from rnntui.training import resume, throughput
from rnntui.training.events import Evaluated, Event, Finished, Sampled, Started, Stepped
from rnntui.training.optimizer import (
    AveragedWeights,
    clip_gradients,
    learning_rate,
    make_optimizer,
)
from rnntui.training.sampling import draw_samples, predictions
from rnntui.training.text import TextTask

_BUSY = 0.6
"""An epoch slower than this share of the fastest one has the threads measured again."""


class Training:
    """One run, from its first step or from where it was left.

    Args:
        task: data and network.
        folder: where the run writes; its lock is the caller's to hold.
        resumed: continue from the folder's state instead of beginning.
    """

    def __init__(self, task: TextTask, folder: RunFolder, *, resumed: bool) -> None:
        self.task = task
        self.recipe = task.recipe
        self.folder = folder
        self.network = task.network
        self.parameters = list(task.network.parameters())
        self.optimizer = make_optimizer(task.network, task.recipe)
        self.average = AveragedWeights(task.network, task.recipe.ema) if task.recipe.ema else None
        self.at = resume.Counters(
            corpus_sha256=task.corpus.sha256, recipe=as_dict(task.recipe), evaluated=0
        )
        self.resumed = resumed
        self.stop_requested = False
        self._saved_at = time.perf_counter()
        self._clock = time.perf_counter()

    def stop(self) -> None:
        """Ask the run to save and end after the step it is in. Safe in a signal handler."""
        self.stop_requested = True

    def run(self) -> Iterator[Event]:
        """Train, yielding an event for everything worth knowing.

        Raises:
            DivergedError: the loss or gradient is no longer a number; what was saved stays.
            FileProblem: the folder cannot be written; likewise.
        """
        # 1. Begin: restore or start, and settle threads and precision.
        self._begin()
        yield self._started()
        why = "done"
        while not self._over():
            # 2. One epoch, perhaps its second half.
            yield from self._epoch()
            if self.stop_requested:
                why = "stopped"
                break
            # 3. Evaluate, sample, save.
            yield from self._evaluate()
            if self._stale():
                why = "early stop"
                break
        # 4. End. A stopped run is saved in mid-epoch and goes on from there.
        self.at.finished = why != "stopped"
        if why == "stopped":
            self._save_checkpoint()
        self._save()
        at = self.at
        if why == "done" and self.recipe.minutes:
            why = "time is up"
        yield Finished(self.folder.path, why, at.step, self._epochs(), at.seconds, at.best_loss)

    def _begin(self) -> None:
        self.network.train()
        if self.resumed:
            self._restore()
        self._settle()
        if not self.resumed:
            # The recipe comes last and makes the folder a run: a run always loads and resumes, and
            # what was cut off before it is one begins again by the same command.
            self._save_checkpoint()
            self._save()
            write_atomically(self.folder.recipe, to_toml(self.recipe))
        self._clock = self._saved_at = time.perf_counter()

    def _settle(self) -> None:
        """Choose threads and precision; a resumed run keeps its own, to continue exactly."""
        recipe, at = self.recipe, self.at
        if not self.resumed or recipe.threads:
            at.threads = recipe.threads or self._measured_threads()
        torch.set_num_threads(at.threads)
        if not self.resumed or recipe.precision != "auto":
            at.precision = recipe.precision
            if recipe.precision == "auto":
                at.precision = throughput.choose_precision(self.task.device, self.task.probe)

    def _measured_threads(self) -> int:
        if self.task.device.type != "cpu":
            return 1
        return throughput.choose_threads(lambda: self.task.probe("fp32"))

    def _started(self) -> Started:
        task, parts = self.task, self.task.parts
        return Started(
            folder=self.folder.path,
            parameters=sum(p.numel() for p in self.parameters),
            corpus=task.corpus.name,
            symbols=(len(parts["train"]), len(parts["val"]), len(parts["test"])),
            vocabulary=len(task.corpus.vocabulary),
            device=str(task.device),
            threads=self.at.threads,
            precision=self.at.precision,
            resumed_at=self.at.step,
            warnings=task.warnings(),
        )

    def _epoch(self) -> Iterator[Event]:
        """Take the steps that are left of the current epoch."""
        at, recipe = self.at, self.recipe
        steps = self.task.steps(at.epoch)
        while at.epoch_step < steps:
            lr = learning_rate(
                recipe, step=at.step, epoch=at.epoch, progress=self._progress(), drops=at.drops
            )
            loss, norm, symbols = self._step(lr)
            self._tick()
            yield Stepped(
                at.step, self._epochs(), self._progress(), loss, lr, norm, symbols, at.seconds
            )
            if self.stop_requested or self._out_of_time():
                break
            if time.perf_counter() - self._saved_at > 60 * recipe.save_minutes > 0:
                self._save_checkpoint()
                self._save()

    def _step(self, lr: float) -> tuple[float, float, int]:
        """Take one step; return loss, gradient norm before clipping, and predictions."""
        at, recipe = self.at, self.recipe
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        tensor, symbols = self.task.loss(at.epoch, at.epoch_step, at.precision)
        loss = tensor.item()
        if not math.isfinite(loss):
            raise self._diverged("loss", loss)
        tensor.backward()  # type: ignore[no-untyped-call]
        norm, clipped = clip_gradients(self.parameters, recipe.clip_mode, recipe.clip)
        if not math.isfinite(norm):
            raise self._diverged("gradient", norm)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        if self.average:
            self.average.update(self.network, at.step)
        at.step, at.epoch_step, at.lr = at.step + 1, at.epoch_step + 1, lr
        at.loss_sum += loss
        at.norm_sum += norm
        at.clipped_sum += clipped
        at.symbols_sum += symbols
        at.steps_sum += 1
        return loss, norm, symbols

    def _diverged(self, what: str, value: float) -> DivergedError:
        step = self.at.step if what == "weights" else self.at.step + 1
        return DivergedError(
            f"the {what} became {value} at step {step}; {self.folder.path} keeps the "
            "last good checkpoint",
            f"lower --lr (now {self.recipe.lr:g}) or --clip (now {self.recipe.clip:g})",
        )

    def _evaluate(self) -> Iterator[Event]:
        at, recipe = self.at, self.recipe
        if at.epoch_step >= self.task.steps(at.epoch):
            at.epoch, at.epoch_step = at.epoch + 1, 0
        self._check_weights()
        with self._averaged():
            loss = self.task.validate()
            best = loss is not None and (at.best_loss is None or loss < at.best_loss)
            self._tick()
            line = self._line(loss)
            if best:
                at.best_loss, at.since_best = loss, 0
            elif loss is not None:
                at.since_best += 1
                if recipe.schedule == "plateau" and at.since_best % recipe.decay_every == 0:
                    at.drops += 1
            yield Evaluated(line, best, self._read_speed(line))
            config = self.task.config(_metrics(line))
            weights = self.task.weights(None)
            write_checkpoint(self.folder.last, config, weights)
            if best:
                write_checkpoint(self.folder.best, config, weights)
            history.append(self.folder.history, line)
            if recipe.show_predictions:
                yield predictions(config, weights, self.task.corpus.ids, line)
            if recipe.sample_every and (at.epoch % recipe.sample_every == 0 or self._over()):
                texts = draw_samples(config, weights, recipe)
                samples.append(
                    self.folder.samples,
                    samples.section(line.epoch, line.step, recipe.seed, texts),
                )
                yield Sampled(line.epoch, texts)
        at.start_interval()
        at.evaluated = at.step
        self._save()

    def _line(self, val_loss: float | None) -> Evaluation:
        at = self.at
        count = max(1, at.steps_sum)
        seconds = at.seconds - at.seconds_at_evaluation
        return Evaluation(
            step=at.step,
            epoch=round(self._epochs(), 4),
            seconds=round(at.seconds, 3),
            train_loss=at.loss_sum / count,
            lr=at.lr,
            grad_norm=at.norm_sum / count,
            grad_norm_clipped=at.clipped_sum / count,
            symbols_per_second=round(at.symbols_sum / seconds, 1) if seconds else 0.0,
            val_loss=val_loss,
            threads=at.threads,
            precision=at.precision,
        )

    def _read_speed(self, line: Evaluation) -> tuple[str, ...]:
        """Measure the threads again when the machine has grown busy; say what changed."""
        at, before = self.at, self.at.threads
        at.fastest = max(at.fastest, line.symbols_per_second)
        if self.recipe.threads or line.symbols_per_second > _BUSY * at.fastest:
            return ()
        at.threads = self._measured_threads()
        torch.set_num_threads(at.threads)
        at.fastest = line.symbols_per_second
        if at.threads == before:
            return ()
        return (f"the machine's load changed: going on with {at.threads} threads, not {before}",)

    @contextmanager
    def _averaged(self) -> Iterator[None]:
        """Put the averaged weights into the network for a while, if the run keeps any."""
        if not self.average:
            yield
            return
        own = {n: p.detach().clone() for n, p in self.network.named_parameters()}
        try:
            self._set(self.average.values)
            yield
        finally:
            self._set(own)

    @torch.no_grad()
    def _set(self, values: dict[str, torch.Tensor]) -> None:
        for name, parameter in self.network.named_parameters():
            parameter.copy_(values[name])

    def _check_weights(self) -> None:
        """Raise DivergedError before weights that are no numbers replace good ones on the disk.

        The last step's loss was finite, but it was computed before the weights moved.
        """
        for parameter in self.parameters:
            if not torch.isfinite(parameter).all():
                raise self._diverged("weights", math.nan)

    def _save_checkpoint(self) -> None:
        """Write `last/` between two evaluations: a long first epoch, too, leaves a model to use."""
        self._check_weights()
        at = self.at
        figures = {"step": at.step, "epoch": round(self._epochs(), 4), "seconds": at.seconds}
        with self._averaged():
            weights = self.task.weights(None)
            write_checkpoint(self.folder.last, self.task.config(figures), weights)

    def _save(self) -> None:
        self._check_weights()
        tensors: dict[str, torch.Tensor] = {
            f"network/{n}": p for n, p in self.network.named_parameters()
        }
        if self.average:
            tensors |= {f"average/{n}": t for n, t in self.average.values.items()}
        groups = {
            "optimizer": resume.optimizer_tensors(self.optimizer),
            "carried": self.task.carried(),
        }
        tensors |= {f"{g}/{n}": t for g, named in groups.items() for n, t in named.items()}
        tensors["generator"] = self.task.generator.get_state()
        self._tick()
        resume.save_state(self.folder.state, self.at, tensors)
        self._saved_at = time.perf_counter()

    def _restore(self) -> None:
        self.at = resume.read_counters(self.folder.state)
        self.at.recipe = as_dict(self.recipe)
        tensors = resume.read_tensors(self.folder.state, self.at)

        def group(name: str) -> dict[str, torch.Tensor]:
            start = f"{name}/"
            return {k[len(start) :]: v for k, v in tensors.items() if k.startswith(start)}

        self._set(group("network"))
        if self.average:
            for name, value in group("average").items():
                self.average.values[name].copy_(value)
        resume.restore_optimizer(self.optimizer, group("optimizer"))
        self.task.carry(group("carried"))
        self.task.generator.set_state(tensors["generator"])
        # What was evaluated after the state was saved is evaluated again, perhaps at its very step.
        told = self.at.step if self.at.evaluated < 0 else self.at.evaluated
        history.cut(self.folder.history, told)
        samples.cut(self.folder.samples, told)
        write_atomically(self.folder.recipe, to_toml(self.recipe))

    def _tick(self) -> None:
        now = time.perf_counter()
        self.at.seconds += now - self._clock
        self._clock = now

    def _epochs(self) -> float:
        return self.at.epoch + self.at.epoch_step / max(1, self.task.steps(self.at.epoch))

    def _progress(self) -> float:
        if self.recipe.minutes:
            return min(1.0, self.at.seconds / (60 * self.recipe.minutes))
        return min(1.0, self._epochs() / self.recipe.epochs)

    def _out_of_time(self) -> bool:
        return bool(self.recipe.minutes) and self.at.seconds >= 60 * self.recipe.minutes

    def _over(self) -> bool:
        if self.recipe.minutes:
            return self._out_of_time()
        return self.at.epoch >= self.recipe.epochs

    def _stale(self) -> bool:
        return bool(self.recipe.early_stop) and self.at.since_best >= self.recipe.early_stop


def _metrics(line: Evaluation) -> dict[str, float]:
    """The figures a checkpoint carries: the evaluation it was saved at."""
    kept = ("step", "epoch", "seconds", "train_loss", "val_loss")
    return {k: v for k, v in msgspec.structs.asdict(line).items() if k in kept and v is not None}
