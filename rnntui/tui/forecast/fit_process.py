"""A fit that runs: its process, and what its folder says."""

from __future__ import annotations

from rnntui.display import human_seconds
from rnntui.runs.folder import RunFolder
from rnntui.tui.forecast.fitting import FitPlan
from rnntui.tui.train import processes
from rnntui.tui.train.follow import Follower, Watched
from rnntui.tui.train.summary import Summary


class Fit:
    """Begins a training and follows it.

    Args:
        plan: what is fitted.
        arguments: after `rnntui train`.

    Raises:
        FileProblem: its log cannot be written.
    """

    def __init__(self, plan: FitPlan, arguments: list[str]) -> None:
        self.plan = plan
        self.folder = RunFolder(plan.folder)
        self.launch = processes.begin(arguments, self.folder)
        self._follower = Follower(self.folder)
        self.seen = Watched(Summary(self.folder, "damaged"))
        """As it stood at the last look."""
        self.stopped = False
        """Whether it was asked to end."""

    def look(self) -> bool:
        """Read what is new; return whether a better checkpoint may be there. Blocks a moment."""
        before = len(self.seen.history)
        if self.folder.is_run():
            self.seen = self._follower.look()
        return len(self.seen.history) != before

    @property
    def goes(self) -> bool:
        """Whether it still runs."""
        return self.launch.alive

    @property
    def checkpoint(self) -> str:
        """The best network so far, "" before there is one."""
        found = self.folder.checkpoint()
        return str(found) if found else ""

    def stop(self) -> None:
        """Ask it to save and end; one that has not come so far is ended."""
        if not self.launch.alive:
            return
        self.stopped = True
        if self.launch.trains:
            processes.stop(self.folder)
        else:
            self.launch.process.terminate()

    def said(self) -> str:
        """Return how it goes, in a line."""
        history = self.seen.history
        if not history:
            return f"fitting {self.plan.name}: {self.launch.said or 'it begins'} · Esc ends it"
        last = history[-1]
        recipe = self.seen.summary.recipe
        of = f" of {recipe.epochs}" if recipe and not recipe.minutes else ""
        losses = [line.val_loss for line in history if line.val_loss is not None]
        best = f" · best loss {min(losses):.4f}" if losses else ""
        seconds = human_seconds(last.seconds)
        return f"fitting {self.plan.name}: epoch {last.epoch:g}{of}{best} · {seconds} · Esc ends it"
