"""The part of the Train mode that shows: the list of runs, and the one that is watched.

Files are read in a thread, twice a second at most, and only while the screen is in sight.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from rnntui.display import one_line
from rnntui.tui.train.follow import Follower
from rnntui.tui.train.processes import Launch
from rnntui.tui.train.run_list import RunList, header
from rnntui.tui.train.summary import Listing
from rnntui.tui.train.watch import WatchPane
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.mode_bar import ModeBar
from rnntui.tui.widgets.notice import Notice

LOOK = 0.7
"""Seconds between two looks at the run that is watched."""
LIST = 3
"""Looks at the watched run for one at the list."""


class WatchingScreen(Screen[None]):
    """The runs on the left, the one that is watched on the right; one by one at 80 columns."""

    DEFAULT_CSS = """
    WatchingScreen {
        #left { width: 36; border-right: vkey $panel; }
        &.-wide #left { width: 42; }
        #left .header { height: 1; color: $text-muted; display: none; text-wrap: nowrap; }
        #runs { height: 1fr; }
        #watch { width: 1fr; }
        &.-narrow #left { width: 1fr; border-right: none; .header { display: block; } }
        &.-narrow #watch { display: none; }
        &.-narrow.-watching #left { display: none; }
        &.-narrow.-watching #watch { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.bar, self.notice = ModeBar("train"), Notice()
        self.runs, self.pane = RunList(), WatchPane()
        self.header = Static("", classes="header", markup=False)
        self.listing = Listing()
        self.elsewhere: list[Path] = []
        """Run folders that were opened by their path."""
        self.launches: dict[Path, Launch] = {}
        """Trainings that this app began."""
        self.follower: Follower | None = None

    def compose(self) -> ComposeResult:
        """The parts."""
        yield self.bar
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield self.header
                yield self.runs
            yield self.pane
        yield self.notice
        yield KeyLine()

    def on_mount(self) -> None:
        """Keys go to the list."""
        self.runs.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Name the columns of the list where it has any."""
        self.header.update(header(event.size.width))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to change between curves and samples only where one of them is in sight."""
        if action == "samples":
            hidden = self.has_class("-narrow") and not self.has_class("-watching")
            return not hidden and not self.pane.has_class("-beside")
        return super().check_action(action, parameters)

    def on_screen_resume(self, _: events.ScreenResume) -> None:
        """In sight: look."""
        self._look()

    def on_screen_suspend(self, _: events.ScreenSuspend) -> None:
        """Out of sight: read no files."""
        self.workers.cancel_group(self, "look")

    # ---- looking ----

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        looks = 0
        while True:
            if looks % LIST == 0:
                await self._list()
            await self._follow()
            looks += 1
            await asyncio.sleep(LOOK)

    async def _list(self) -> None:
        summaries = await asyncio.to_thread(self.listing.look, list(self.elsewhere))
        begun = {each.folder.path for each in summaries}
        starting = {}
        for path, launch in list(self.launches.items()):
            if launch.alive and path not in begun:
                starting[path] = launch.said
            elif not launch.alive:
                self._ended(launch)
        self.runs.show(summaries, starting)
        self._aim()  # what was being begun may have become a run under the highlight
        self._say()
        if not summaries and not starting:
            self.pane.clear("No run is here yet: n begins one, o opens a run folder elsewhere.")

    def _say(self) -> None:
        """Say at the top how many train, and where there is no list in sight, the way to it."""
        trained = sum(each.trains for each in self.runs.summaries)
        parts = [f"{trained} running"] if trained else []
        if self.has_class("-watching") and self.has_class("-narrow"):
            parts.append("Esc: list")
        self.bar.facts = (" · ".join(parts), *parts[-1:])
        self.refresh_bindings()

    def _ended(self, launch: Launch) -> None:
        """Tell of a training of ours that ended by itself; the form keeps what was typed."""
        del self.launches[launch.folder.path]
        name = one_line(launch.folder.name, 40)
        if launch.failed:
            again = "" if launch.folder.is_run() else "; n shows the form as it was"
            said = launch.said or "it ended before its first step"
            self.notice.problem(f"{name}: {said}{again}")
        elif launch.process.returncode == 0:
            self.notice.note(f"{name} is done: w writes with it")

    async def _follow(self) -> None:
        follower = self.follower
        if follower is None:
            return
        run = await asyncio.to_thread(follower.look)
        if follower is not self.follower:
            return  # another run has been chosen meanwhile
        name = one_line(follower.folder.name, 40)
        if run.gone:
            self.follower = None
            self.pane.clear(f"{name} · its folder is gone")
            self.notice.problem(f"{name} was deleted or moved while it was watched")
            await self._list()
            return
        if run.another:
            self.notice.note(f"{name} was replaced by another run, which is watched now")
        if run.problem:
            self.notice.problem(run.problem)
        self.pane.show(run)
        listed = next((x for x in self.runs.summaries if x.folder == run.summary.folder), None)
        if listed and listed.state != run.summary.state:
            await self._list()

    @on(RunList.OptionHighlighted)
    def _chosen(self) -> None:
        if self._aim():
            self._look()

    def _aim(self) -> bool:
        """Follow the run with the highlight, if that is another than the one that is watched."""
        chosen = self.runs.chosen
        if not chosen or (self.follower and self.follower.folder == chosen.folder):
            return False
        self.follower = Follower(chosen.folder)
        return True

    # ---- moving about ----

    @on(RunList.OptionSelected)
    def action_watch(self) -> None:
        """Look at the run alone, where there is no room for the list beside it."""
        self.add_class("-watching")
        self._say()
        self.pane.samples.focus()

    def action_back(self) -> None:
        """Back to the list."""
        self.remove_class("-watching")
        self._say()
        self.notice.hide()
        self.runs.focus()

    def action_samples(self) -> None:
        """Change between curves and samples."""
        self.pane.toggle_samples()

    def action_axis(self) -> None:
        """Draw against epochs or against seconds."""
        self.pane.against = "seconds" if self.pane.against == "epochs" else "epochs"

    def action_cooler(self) -> None:
        """Show samples of a lower temperature."""
        self.pane.samples.turn(-1)

    def action_hotter(self) -> None:
        """Show samples of a higher temperature."""
        self.pane.samples.turn(1)

    def action_mark(self) -> None:
        """Mark a run for comparing."""
        self.runs.toggle_mark()
