"""The Train mode: what can be done with the runs, key by key.

Thin: what is shown is in `watching`, runs in `summary` and `follow`, processes in `processes`.
"""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.binding import Binding, BindingType

from rnntui import paths
from rnntui.display import one_line
from rnntui.errors import RnntuiError
from rnntui.recipes.schema import as_dict
from rnntui.tui.screens.write import WriteScreen
from rnntui.tui.train.ask import AskLine, Confirm
from rnntui.tui.train.new_run import NewRun
from rnntui.tui.train.plan import Plan
from rnntui.tui.train.processes import Launch, begin, erase, stop
from rnntui.tui.train.summary import Summary, read_summary
from rnntui.tui.train.watching import WatchingScreen

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp

MORE_EPOCHS = 10
"""What is offered for a finished run to go on."""


class TrainScreen(WatchingScreen):
    """The keys of the mode."""

    HELP = """
# Train

The list has the runs of the library, newest first, and models that bring their history. The run
with the highlight is watched: its curves, what it writes, and when it will be done. `▶` running,
`■` stopped, `✓` finished, `!` killed before it could save (stale), `◆` a model, `✗` damaged.

`n` begins a run, `s` stops one (it saves after the step it is in), `r` resumes it, `w` writes with
its best checkpoint, `d` deletes it. `o` watches a run folder elsewhere. `Space` marks runs, `c`
puts the marked ones into one plot, `g` shows how far back their gradients reach. `x` changes
between epochs and seconds, `v` between curves and samples, `[` `]` the samples' temperature.

Trainings are processes of their own. Closing the app leaves them going, and one begun elsewhere is
watched and stopped just the same.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "new", id="train.new"),
        Binding("s", "stop", "stop", id="train.stop"),
        Binding("r", "resume", "resume", id="train.resume"),
        Binding("w", "write", "write", id="train.write"),
        Binding("v", "samples", "samples", id="train.view"),
        Binding("c", "compare", "compare", id="train.compare"),
        Binding("g", "gradients", "gradients", id="train.gradients"),
        Binding("space", "mark", "mark", id="train.mark"),
        Binding("x", "axis", "axis", id="train.axis"),
        Binding("left_square_bracket", "cooler", "temperature", key_display="[ ]",
                id="train.cooler"),
        Binding("right_square_bracket", "hotter", "hotter samples", show=False, id="train.hotter"),
        Binding("o", "attach", "open", id="train.attach"),
        Binding("d", "delete", "delete", id="train.delete"),
        Binding("escape", "back", "back", id="train.back", show=False),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.rnntui = cast("RnntuiApp", self.app)
        self.stopping: set[int] = set()
        """Processes that were asked to stop: a second time would not let them save."""
        self.plan = Plan()
        """What the form said last, when that has not become a run."""

    # ---- beginning, stopping, going on ----

    @work(exclusive=True, group="ask")
    async def action_new(self) -> None:
        """Fill in the form of a new run."""
        form = NewRun(self.plan)
        launch = await self.app.push_screen_wait(form)
        self.plan = form.plan
        if launch:
            self._take(launch)
            if launch.folder.is_run():
                self.plan = Plan(recipe=form.plan.recipe, corpus=form.plan.corpus)

    async def _now(self) -> Summary | None:
        """Return how the chosen run stands now: the list is a moment old."""
        chosen = self.runs.chosen
        return chosen and await asyncio.to_thread(read_summary, chosen.folder)

    def _take(self, launch: Launch) -> None:
        """Watch a training that was just begun, or list it as one that starts."""
        self.notice.hide()
        self.launches[launch.folder.path] = launch
        self.call_later(self._show_new, launch.folder.path)

    async def _show_new(self, path: Path) -> None:
        await self._list()
        self.runs.choose(path)

    def action_stop(self) -> None:
        """Ask the training to save and end after the step it is in."""
        run = self.runs.chosen
        if run is None:
            self._stop_starting()
            return
        if run.owner and run.owner.pid in self.stopping:
            self.notice.note(f"{run.name} is stopping: it saves after the step it is in")
            return
        try:
            pid = stop(run.folder)
        except RnntuiError as error:
            self._problem(error)
            return
        self.stopping.add(pid)
        self.notice.note(f"{run.name} saves and ends after the step it is in; r resumes it")

    def _stop_starting(self) -> None:
        """End a training that is only being begun."""
        option = self.runs.highlighted_option
        launch = self.launches.get(Path(option.id)) if option and option.id else None
        if launch and launch.alive:
            launch.process.send_signal(signal.SIGINT)
            self.notice.note(f"{launch.folder.name} will not begin")

    @work(exclusive=True, group="ask")
    async def action_resume(self) -> None:
        """Go on with a run that was stopped; of a finished one ask for more epochs."""
        run = await self._now()
        if run is None:
            return
        if run.trains or not run.is_run:
            why = "is being trained" if run.trains else f"cannot be resumed: it is {run.state}"
            self.notice.problem(f"{one_line(run.name)} {why}")
            return
        more: list[str] = []
        if run.state == "finished":
            answer = await self._ask_more(run)
            if answer is None:
                return
            more = [answer]
        try:
            task = as_dict(run.folder.read_recipe())["task"]
            launch = begin([task, f"--resume={run.folder.path}", *more], run.folder)
        except RnntuiError as error:
            self._problem(error)
            return
        self._take(launch)
        self.notice.note(f"{run.name} goes on from step {run.step:,}")

    async def _ask_more(self, run: Summary) -> str | None:
        """Return the option that lets a finished run go on, None to leave it."""
        assert run.recipe
        timed = run.recipe.minutes > 0
        now = run.recipe.minutes if timed else round(run.epoch or 0)
        unit = "minutes" if timed else "epochs"

        def check(text: str) -> str:
            try:
                return "" if float(text) > now else f"give more than {now:g}"
            except ValueError:
                return "give a number"

        answer = await self.app.push_screen_wait(
            AskLine(
                f"{run.name} is finished after {now:g} {unit}. How many in all? (Esc leaves it)",
                f"{now + MORE_EPOCHS:g}",
                check=check,
            )
        )
        if answer is None:
            return None
        return f"--minutes={float(answer):g}" if timed else f"--epochs={float(answer):.0f}"

    # ---- opening, deleting ----

    @work(exclusive=True, group="ask")
    async def action_attach(self) -> None:
        """Watch a run folder by its path."""
        from rnntui.tui.train.attach import RunSuggester, named, run_problem

        answer = await self.app.push_screen_wait(
            AskLine("Path of a run folder", check=run_problem, suggester=RunSuggester())
        )
        if answer:
            path = named(answer).resolve()
            self.elsewhere.append(path)
            await self._show_new(path)

    @work(exclusive=True, group="ask")
    async def action_delete(self) -> None:
        """Delete a run, once that is confirmed."""
        run = await self._now()
        if run is None:
            return
        if run.trains or run.state == "model":
            why = "is being trained: stop it first" if run.trains else "is a model, not a run"
            self.notice.problem(f"{one_line(run.name)} {why}")
            return
        question = f"Delete the run {one_line(str(run.folder.path), 200)}"
        if run.epoch:
            question += f", {run.epoch:.4g} epochs"
        if not await self.app.push_screen_wait(Confirm(f"{question}? It cannot be had back.")):
            return
        self.follower = None
        try:
            whole = await asyncio.to_thread(erase, run.folder)
        except RnntuiError as error:
            self._problem(error)
        else:
            rest = "" if whole else "; what else its folder holds is still there"
            self.notice.note(f"{one_line(run.name)} is deleted{rest}")
        await self._list()

    @work(exclusive=True, group="ask")
    async def action_write(self) -> None:
        """Write with the run's best checkpoint."""
        run = await self._now()
        if run is None:
            return
        if not run.has_checkpoint:
            self.notice.problem(f"{one_line(run.name)} has no checkpoint yet", "wait a moment")
            return
        own = run.folder.path.parent in (paths.own_runs(), paths.shipped_models())
        self.rnntui.model = run.name if own else str(run.folder.path)
        await self.app.switch_mode("write")
        screen = self.app.screen
        if isinstance(screen, WriteScreen):
            if screen.writer.facts is None:  # it opens just now, or could not
                screen.open()
            else:
                screen.change_model(self.rnntui.model, anew=True)

    # ---- several of them ----

    def _marked(self) -> list[Summary]:
        """Return the marked runs, or the chosen one."""
        marked = [each for each in self.runs.summaries if each.folder.path in self.runs.marked]
        chosen = self.runs.chosen
        return marked or ([chosen] if chosen else [])

    def action_compare(self) -> None:
        """Put the marked runs into one plot."""
        from rnntui.tui.train.compare import CompareScreen

        runs = self._marked()
        if runs:
            self.app.push_screen(CompareScreen([run.folder for run in runs], self.pane.against))

    def action_gradients(self) -> None:
        """Show how far back the gradients of the marked runs reach."""
        from rnntui.tui.train.gradients import GradientsScreen

        runs = self._marked()
        if runs:
            self.app.push_screen(GradientsScreen([run.folder for run in runs]))

    def _problem(self, error: RnntuiError) -> None:
        self.notice.problem(one_line(error.what, 300), one_line(error.fix, 300))
