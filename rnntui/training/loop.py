"""The training loop: steps, evaluations, saves, as a stream of events.

Whoever iterates over `Training.run()` drives it; between two events nothing runs. What is trained
on what is a `Task`'s business.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator

import msgspec
import torch

from rnntui.errors import DivergedError
from rnntui.recipes.schema import as_dict
from rnntui.runs.folder import RunFolder
from rnntui.runs.history import Evaluation
from rnntui.training import throughput
from rnntui.training.events import Evaluated, Event, Finished, Started, Stepped
from rnntui.training.optimizer import (
    AveragedWeights,
    clip_gradients,
    learning_rate,
    make_optimizer,
)
from rnntui.training.resume import Counters
from rnntui.training.saving import Saves
from rnntui.training.task import Stopped, Task

_BUSY = 0.6
"""An epoch slower than this share of the fastest one has the threads measured again."""
_BETWEEN_COMMITS = 1.0
"""Seconds after a commit before an evaluation is worth another: toys have forty epochs a second,
and a disk that is busy takes tens of milliseconds for each of the files of one."""


_MOVED = (
    "this run was saved on another kind of device: it goes on from the same weights, but not bit "
    "for bit"
)


_TOLD = msgspec.json.Decoder(tuple[Counters, bool, bool])


class Training:
    """One run, from its first step or from where it was left.

    Args:
        task: data and network.
        folder: where the run writes; its lock is the caller's to hold.
        resumed: continue from the folder's state instead of beginning.
        notes: what else to tell at the start.
    """

    def __init__(
        self, task: Task, folder: RunFolder, *, resumed: bool, notes: tuple[str, ...] = ()
    ) -> None:
        self.task = task
        self.recipe = task.recipe
        self.folder = folder
        self.network = task.network
        self.parameters = list(task.network.parameters())
        self.optimizer = make_optimizer(task.network, task.recipe)
        self.average = AveragedWeights(task.network, task.recipe.ema) if task.recipe.ema else None
        self.ranks = task.ranks
        self.saves = Saves(folder, task, self.optimizer, self.average, writes=self.leads)
        self.at = Counters(data_sha256=task.data.sha256, recipe=as_dict(task.recipe), evaluated=0)
        self.resumed = resumed
        self.notes = notes
        self.stop_requested = False
        self._agreed_stop = self._save_due = self._moved = False
        self._clock = time.perf_counter()

    @property
    def leads(self) -> bool:
        """Whether this process shows and writes the run; of several ranks, one does."""
        return self.ranks.rank == 0

    def stop(self) -> None:
        """Ask the run to save and end, at once or after the step it is in.

        Safe in a signal handler.
        """
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
        try:
            # 2. Epochs, each with its evaluation.
            why = yield from self._train()
        except DivergedError:
            self.saves.flush()
            raise
        # 3. End. A stopped run is saved in mid-epoch and goes on from there.
        self.at.finished = why != "stopped"
        self._tick()
        if self.at.evaluated == self.at.step:
            self.saves.commit(self.at)
        else:
            self._save()
        at = self.at
        yield Finished(self.folder.path, why, at.step, self._epochs(), at.seconds, at.best_loss)

    def _begin(self) -> None:
        self.network.train()
        if self.resumed:
            self.at, self._moved = self.saves.restore()
        self._settle(anew=not self.resumed or self._moved)
        self._follow()
        torch.set_num_threads(self.at.threads)
        if not self.resumed:
            self.saves.begin(self.at)
        self._clock = time.perf_counter()

    def _settle(self, *, anew: bool) -> None:
        """Choose threads and precision; a resumed run keeps its own, to continue exactly."""
        recipe, at = self.recipe, self.at
        if anew or recipe.threads:
            at.threads = recipe.threads or self._measured_threads()
        torch.set_num_threads(at.threads)
        if anew or recipe.precision != "auto":
            at.precision = recipe.precision
            if recipe.precision == "auto":
                at.precision = throughput.choose_precision(self.task.device, self.task.probe)

    def _measured_threads(self) -> int:
        if self.task.device.type != "cpu":
            return 1
        return throughput.choose_threads(lambda: self.task.probe("fp32"))

    def _started(self) -> Started:
        return Started(
            folder=self.folder.path,
            parameters=sum(p.numel() for p in self.parameters),
            data=self.task.data,
            device=str(self.task.device),
            threads=self.at.threads,
            precision=self.at.precision,
            resumed_at=self.at.step,
            warnings=(*self.task.warnings(), *self.notes, *([_MOVED] if self._moved else [])),
        )

    def _train(self) -> Generator[Event, None, str]:
        """Train until something ends it; return what: "stopped", "early stop" and so on."""
        while not self._over():
            yield from self._epoch()
            if not self._stops:
                yield from self._evaluate()
            if self._stale():
                return "early stop"
            if self._stops and not self._over():
                return "stopped"
        return "time is up" if self.recipe.minutes else "done"

    def _epoch(self) -> Iterator[Event]:
        """Take the steps that are left of the current epoch; maybe none are."""
        at, recipe = self.at, self.recipe
        steps = self.task.steps(at.epoch)
        while at.epoch_step < steps and not self._stops and not self._out_of_time():
            lr = learning_rate(
                recipe, step=at.step, epoch=at.epoch, progress=self._progress(), drops=at.drops
            )
            yield self._step(lr)
            if self._save_due:
                self._save()

    def _step(self, lr: float) -> Stepped:
        """Take one step, and tell of it."""
        at, recipe = self.at, self.recipe
        self.optimizer.lr = lr
        tensor, symbols = self.task.loss(at.epoch, at.epoch_step, at.precision)
        tensor.backward()  # type: ignore[no-untyped-call]
        loss = self._agree(tensor.item())
        if not math.isfinite(loss):
            raise self._diverged("loss", loss)
        norm, clipped = clip_gradients(self.parameters, recipe.clip_mode, recipe.clip)
        if not math.isfinite(norm):
            raise self._diverged("gradient", norm)
        self.optimizer.step()
        self.optimizer.zero_grad()
        if self.average:
            self.average.update(self.network, at.step)
        at.step, at.epoch_step, at.lr = at.step + 1, at.epoch_step + 1, lr
        at.loss_sum += loss
        at.norm_sum += norm
        at.clipped_sum += clipped
        at.symbols_sum += symbols
        at.steps_sum += 1
        self._tick()
        return Stepped(
            step=at.step,
            epoch=self._epochs(),
            progress=self._progress(),
            loss=loss,
            lr=lr,
            grad_norm=norm,
            grad_norm_clipped=clipped,
            symbols=symbols,
            seconds=at.seconds,
        )

    def _agree(self, loss: float) -> float:
        """Average gradients over the ranks, settle what they must do alike; return the mean loss.

        Whatever a rank decides by its own clock or signals is decided here, or ranks would part
        and wait for each other for ever.
        """
        ranks, due = self.ranks, 60 * self.recipe.save_minutes
        self._count_time()
        told = (
            loss,
            float(self.stop_requested),
            float(self.saves.age > due > 0),
            self.at.seconds if self.leads else 0.0,
        )
        loss, stop, save, seconds = ranks.average(self.parameters, told)
        self._agreed_stop, self._save_due = stop > 0, save > 0
        self.at.seconds = seconds * ranks.world
        return loss

    @property
    def _stops(self) -> bool:
        """Whether the run is to stop: all ranks, or none."""
        return self.stop_requested if self.ranks.world == 1 else self._agreed_stop

    def _follow(self, *, stopped: bool = False) -> None:
        """Take over the leader's counters, whether it stopped, and whether it is time to save."""
        if self.ranks.world > 1:
            told = self.ranks.follow(msgspec.json.encode((self.at, stopped, self._save_due)))
            self.at, self._agreed_stop, self._save_due = _TOLD.decode(told)

    def _diverged(self, what: str, value: float) -> DivergedError:
        step = self.at.step if what == "weights" else self.at.step + 1
        return DivergedError(
            f"the {what} became {value} at step {step}; {self.folder.path} keeps the "
            "last good checkpoint",
            f"lower --lr (now {self.recipe.lr:g}) or --clip (now {self.recipe.clip:g})",
        )

    def _check_weights(self) -> None:
        """Raise DivergedError before weights that are no numbers replace good ones on the disk.

        The last step's loss was finite, but it was computed before the weights moved.
        """
        for parameter in self.parameters:
            if not torch.isfinite(parameter).all():
                raise self._diverged("weights", math.nan)

    def _evaluate(self) -> Iterator[Event]:
        """Evaluate, and save now and then; a stop in its midst leaves the run as it was before.

        The leader does it, the other ranks wait.
        """
        self._check_weights()
        before = msgspec.structs.replace(self.at)
        stopped = False
        if self.leads:
            try:
                yield from self._evaluation()
            except Stopped:
                self.at = msgspec.structs.replace(before, seconds=self.at.seconds)
                stopped = True
            self._save_due = self.saves.age > _BETWEEN_COMMITS
        self._follow(stopped=stopped)
        if stopped or self._agreed_stop:
            return
        torch.set_num_threads(self.at.threads)
        self.at.start_interval()
        self._tick()
        if self._save_due and not self._over():
            self.saves.commit(self.at)

    def _evaluation(self) -> Iterator[Event]:
        at = self.at
        at.evaluated = at.step
        if at.epoch_step >= self.task.steps(at.epoch):
            at.epoch, at.epoch_step = at.epoch + 1, 0
        with self.saves.averaged():
            loss = self.task.validate(self._check)
            self._tick()
            line = self._line(loss)
            best = self._judge(loss)
            yield Evaluated(line, best, self._read_speed(line))
            sections: list[str] = []
            yield from self.task.show(
                line, last=self._over(), check=self._check, keep=sections.append
            )
            self.saves.note(line, sections, best=best)

    def _check(self) -> None:
        if self.stop_requested:
            raise Stopped

    def _judge(self, loss: float | None) -> bool:
        """Count an evaluation in, and tell whether it is the best so far.

        A loss that is not finite never is: nothing would be less than NaN.
        """
        at = self.at
        if loss is None:
            return False
        if math.isfinite(loss) and (at.best_loss is None or loss < at.best_loss):
            at.best_loss, at.since_best = loss, 0
            return True
        at.since_best += 1
        if self.recipe.schedule == "plateau" and at.since_best % self.recipe.decay_every == 0:
            at.drops += 1
        return False

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
            accuracy=self.task.accuracy,
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

    def _save(self) -> None:
        self._check_weights()
        self._tick()
        self.saves.save(self.at, round(self._epochs(), 4))

    def _tick(self) -> None:
        """Bring the run's clock up to date; that of several ranks moves where they agree on it."""
        if self.ranks.world == 1:
            self._count_time()

    def _count_time(self) -> None:
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
            return self._out_of_time() and self.at.evaluated == self.at.step
        return self.at.epoch >= self.recipe.epochs

    def _stale(self) -> bool:
        return bool(self.recipe.early_stop) and self.at.since_best >= self.recipe.early_stop
