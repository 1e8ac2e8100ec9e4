"""The screen of the Models mode as it is looked at: list, filter, what there is to tell of a model.

What can be done with models is in `screen`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen
from textual.worker import Worker

from rnntui.display import one_line
from rnntui.engine.child import Death
from rnntui.engine.client import EngineError
from rnntui.engine.protocol.sharing import Description
from rnntui.errors import RnntuiError
from rnntui.tui.models.about import About
from rnntui.tui.models.finder import Finder
from rnntui.tui.models.model_list import ModelList
from rnntui.tui.models.shelf import ORDERS, Row, Shelf, heading
from rnntui.tui.screens.desk import RESTART
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.mode_bar import ModeBar
from rnntui.tui.widgets.notice import Notice
from rnntui.tui.widgets.one_line import OneLine

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp

_LOOK = 0.25
"""Seconds between two looks at transfers."""
_REST = {True: 0.1, False: 0.5}
"""Seconds the highlight rests on a model, here or not, before it is asked about."""


class BrowsingScreen(Screen[None]):
    """What is here and what the Hub has; it paints before either is known."""

    DEFAULT_CSS = """
    BrowsingScreen {
        ModelList { width: 1fr; height: 1fr; }
        About { width: 46; border-left: vkey $panel; }
        &.-wide About { width: 70; }
        &.-narrow About { display: none; }
        &.-closed About { display: none; }
        &.-card ModelList { display: none; }
        &.-card About { display: block; width: 1fr; border-left: none; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.rnntui = cast("RnntuiApp", self.app)
        self.add_class(self.rnntui.width_class, update=False)
        self.bar = ModeBar("models")
        self.finder = Finder()
        self.models = ModelList()
        self.about = About()
        self.notice = Notice()
        self.status = OneLine("the engine is starting", id="status")
        self.shelf = Shelf()
        self.searching: str | None = None
        """What the Hub is asked for just now; None for nothing."""
        self.said = ""
        """What the status line says besides."""
        self._known: dict[str, Description] = {}
        self._moving = self._listed = False

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        yield self.bar
        yield self.finder
        with Horizontal(id="body"):
            yield self.models
            yield self.about
        yield self.notice
        yield self.status
        yield KeyLine()

    def on_mount(self) -> None:
        """Paint; what is known comes later."""
        self.rnntui.engine_died.subscribe(self, self._engine_died)
        self.rnntui.engine_restarted.subscribe(self, self._engine_restarted)
        self.set_focus(self.models)

    def on_screen_resume(self, _: events.ScreenResume) -> None:
        """In sight: look what is here; something may have been trained or pulled meanwhile."""
        self.refresh_list()

    # ---- what is known ----

    @work(exclusive=True, group="list", exit_on_error=False)
    async def refresh_list(self) -> None:
        """List what is here, and go on to watch what is on its way."""
        try:
            await self.rnntui.engine_ready()
        except RnntuiError as error:
            self.status.say("the engine does not run, so no models are listed")
            self.problem(error)
            return
        await self.relist()
        if self.shelf.transfers:
            self.watch_transfers()

    async def relist(self) -> None:
        """List what is here and on its way, now."""
        engine = self.rnntui.engine
        try:
            listed, transfers = await engine.models(), await engine.sharing.transfers()
        except EngineError as error:
            self.problem(error)
            return
        if listed != self.shelf.listed:
            self._known = {key: each for key, each in self._known.items() if key[:4] == "hub "}
        self.shelf.listed, self.shelf.transfers = listed, transfers
        self._listed = True
        self.draw()
        self._describe_chosen()

    @work(exclusive=True, group="watch", exit_on_error=False)
    async def watch_transfers(self) -> None:
        """Show how far transfers are, until there are none."""
        seen = False
        while True:
            await asyncio.sleep(_LOOK)
            try:
                moving = await self.rnntui.engine.sharing.transfers()
            except EngineError:
                moving = ()  # the engine is gone, and they are; whoever waits for one says so
            self.shelf.transfers = moving
            self.draw()
            if seen and not moving:
                return
            seen = True

    def draw(self) -> None:
        """Show what is known."""
        if not self.is_attached:
            return
        shelf = self.shelf
        if bool(shelf.transfers) != self._moving:
            self._moving = bool(shelf.transfers)
            self.refresh_bindings()
        here = shelf.here()
        over = heading(shelf, searching=self.searching)
        self.models.show(here, over, shelf.hub(), shelf.marked)
        parts = [f"{len(shelf.listed)} models"]
        if len(here) < len(shelf.listed):
            parts = [f"{len(here)} of {len(shelf.listed)} models"]
        parts.append(ORDERS[shelf.order])
        if marked := sum(key in self.models.rows for key in shelf.marked):
            parts.append(f"{marked} marked")
        if shelf.transfers:
            parts.append(f"{len(shelf.transfers)} on the way, x cancels")
        if not self._listed:
            parts = ["the engine is starting"]
        elif not shelf.listed:
            parts = ["no model is here: h searches the Hub, F6 trains one"]
        self.status.say(" · ".join([*parts, *([self.said] if self.said else [])]))
        where = self.rnntui.launch.engine
        self.bar.facts = (f"on: {one_line(where, 30)}",) if where else ()

    # ---- one model ----

    @on(ModelList.Chosen)
    def _chosen(self) -> None:
        self._describe_chosen()

    @work(exclusive=True, group="describe", exit_on_error=False)
    async def _describe_chosen(self) -> None:
        row = self.models.chosen
        if row is None:
            self.about.show("", "")
            return
        if row.key not in self._known:
            await asyncio.sleep(_REST[row.listed is not None])
            if row.listed is None:
                self.about.show(row.name, "\nasking the Hub what it is ...")
        try:
            described = await self.describe(row)
        except EngineError as error:
            self.about.show(row.name, f"\n✗ {error}")
            return
        if described:
            self.about.show(row.name, described)

    async def describe(self, row: Row) -> Description | None:
        """Return what there is to tell of a model; None when another was asked about meanwhile.

        Raises:
            EngineError: it cannot be had, or is no model of ours.
        """
        if row.key not in self._known:
            folder = row.listed.folder if row.listed else ""
            described = await self.rnntui.engine.sharing.describe(row.name, folder)
            if described is None:
                return None
            self._known[row.key] = described
        return self._known[row.key]

    def action_about(self) -> None:
        """Show the card alone, or go back to the list."""
        if not self.has_class("-card") and not self.about.display:
            self.add_class("-card")
            self.set_focus(self.about)
        elif self.has_class("-card"):
            self.remove_class("-card")
            self.set_focus(self.models)
        else:  # beside the list: more room for it first
            self.add_class("-card")
            self.set_focus(self.about)

    # ---- the line that is typed into ----

    def action_filter(self) -> None:
        """Filter the list by what is typed."""
        self.remove_class("-card")
        self.finder.ask("filter")

    @on(Finder.Filtered)
    def _filtered(self, event: Finder.Filtered) -> None:
        self.shelf.words = event.words
        self.draw()

    @on(Finder.Asked)
    def _asked(self, event: Finder.Asked) -> None:
        self.finder.clear()  # or it would hide what is found
        self.search(event.words)

    def end_search(self) -> None:
        """Wait for the Hub no longer."""
        self.workers.cancel_group(self, "search")
        self.searching = None
        self.draw()

    def search(self, words: str) -> Worker[None]:
        """Ask the Hub."""
        raise NotImplementedError

    @on(Finder.Left)
    def _left(self, event: Finder.Left) -> None:
        if event.empty and self.finder.purpose == "filter":
            self.finder.clear()
        self.finder.rest()
        self.set_focus(self.models)

    def action_back(self) -> None:
        """Close the card, end the search, or give the filter up."""
        if self.has_class("-card"):
            self.action_about()
        elif self.searching is not None:
            self.end_search()
        else:
            self.finder.clear()

    # ---- what is said ----

    def problem(self, error: RnntuiError) -> None:
        """Say what went wrong."""
        fix = RESTART if self.rnntui.engine.death else error.fix
        self.notice.problem(one_line(error.what, 300), one_line(fix, 300))
        if self.app.screen is not self:
            self.app.notify(str(error), severity="error", markup=False, timeout=10)

    def tell(self, text: str) -> None:
        """Say how something ended, wherever the person is."""
        if self.app.screen is self:
            self.notice.note(text)
        else:
            self.app.notify(text, markup=False, timeout=10)

    def _engine_died(self, death: Death) -> None:
        self.notice.problem(death.what, RESTART)

    def _engine_restarted(self, _: None) -> None:
        self.notice.hide()
        self._known.clear()
        self.refresh_list()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a bug in the background."""
        self.rnntui.on_worker_state_changed(event)
