"""The Models mode: what can be done with models, key by key.

Thin: what is listed is in `shelf`, the widgets beside it; the models are where the engine is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.binding import BindingType
from textual.widgets import OptionList

from rnntui.checkpoints.hub.names import hub_name
from rnntui.display import human_bytes, one_line
from rnntui.engine.parts import Listed
from rnntui.engine.protocol.sharing import Offer, Packed
from rnntui.errors import RnntuiError
from rnntui.tui.models.browsing import BrowsingScreen
from rnntui.tui.models.keys import HELP, KEYS
from rnntui.tui.models.opening import open_model, used_by
from rnntui.tui.models.shelf import ORDERS, Row, reference
from rnntui.tui.train.ask import Confirm

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp


class ModelsScreen(BrowsingScreen):
    """The keys of the mode."""

    BINDING_GROUP_TITLE = "Models"
    HELP = HELP
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self) -> None:
        super().__init__()
        self.rnntui = cast("RnntuiApp", self.app)

    # ---- opening, fetching ----

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        row = self.models.chosen
        if row is None:
            return
        here = row.listed or self.shelf.pulled(row.name)
        if row.transfer:
            self.notice.note(f"{row.name} is on its way; x ends that")
        elif here:
            self._open(here)
        else:
            self.fetch(row.name)

    @work(exclusive=True, group="open", exit_on_error=False)
    async def _open(self, model: Listed) -> None:
        try:
            await open_model(self.rnntui, model, reference(model, self.shelf.listed))
        except RnntuiError as error:
            self.problem(error)

    @work(group="fetch", exit_on_error=False)
    async def fetch(self, name: str) -> None:
        """Fetch a model; any number may come at once, and the screen may be left meanwhile."""
        self.notice.hide()
        self.watch_transfers()
        try:
            folder = await self.rnntui.engine.sharing.fetch(name)
        except RnntuiError as error:
            self.problem(error)
            await self.relist()
            return
        await self.relist()
        if folder is None:
            self.tell(f"{name} was stopped; files that were whole are kept")
            return
        model = next((each for each in self.shelf.listed if each.folder == folder), None)
        called = f" as {model.name}" if model and model.name != name else ""
        self.tell(f"{name} is here{called}, wherever a model is chosen")
        if model and (chosen := self.models.chosen) and chosen.name == name:
            self.models.choose(Row(model.name, model).key)

    @work(group="cancel", exit_on_error=False)
    async def action_cancel(self) -> None:
        """End the transfer with the highlight, or the one begun last."""
        chosen = self.models.chosen
        names = [transfer.model for transfer in self.shelf.transfers]
        if not names:
            return
        name = chosen.name if chosen and chosen.name in names else names[-1]
        try:
            await self.rnntui.engine.sharing.cancel(name)
        except RnntuiError as error:
            self.problem(error)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to cancel only what is on its way."""
        return bool(self.shelf.transfers) if action == "cancel" else True

    def interrupt(self) -> bool:
        """End the search or the transfer in hand; return whether there was one."""
        if self.searching is not None:
            self.end_search()
            return True
        moving = bool(self.shelf.transfers)
        if moving:
            self.action_cancel()
        return moving

    # ---- the Hub ----

    def action_hub(self) -> None:
        """Ask for words to search the Hub by."""
        self.finder.ask("hub")

    @work(exclusive=True, group="search", exit_on_error=False)
    async def search(self, words: str) -> None:
        """Ask the Hub; a newer search replaces this one."""
        self.searching = words
        self.draw()
        try:
            await self.rnntui.engine_ready()
            offers = await self.rnntui.engine.sharing.search(words)
        except RnntuiError as error:
            self.searching = None
            self.draw()
            self.problem(error)
            self._offer(words, ())
            return
        if offers is not None:
            self.searching = None
            self.notice.hide()
            self._offer(words, offers)

    def _offer(self, words: str, offers: tuple[Offer, ...]) -> None:
        """Show what the Hub has; a name of the form owner/repo is offered as it is typed."""
        named = hub_name(words.strip())
        if named and str(named) not in [offer.name for offer in offers]:
            typed = Offer(str(named), "?", 0, 0, "", False, False, False)
            offers = (typed, *offers)
        elif not offers and self.shelf.offers is None:
            return
        self.shelf.offers = offers
        self.draw()
        if offers:
            self.models.choose(Row(offers[0].name).key)

    # ---- marks ----

    def action_mark(self) -> None:
        """Mark the model with the highlight, or take the mark away; go on to the next."""
        if chosen := self.models.chosen:
            marked = self.shelf.marked
            if chosen.key in marked:
                marked.remove(chosen.key)
            else:
                marked.append(chosen.key)
            self.draw()
            self.models.action_cursor_down()

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_compare(self) -> None:
        """Put the marked models beside each other: two, or as many as there is room for."""
        from rnntui.tui.models.compare import CompareModels

        rows = [self.models.rows[key] for key in self.shelf.marked if key in self.models.rows]
        chosen = self.models.chosen
        if len(rows) == 1 and chosen and chosen.key != rows[0].key:
            rows.append(chosen)
        if len(rows) < 2:
            self.notice.note("Space marks models; c then puts them beside each other")
            return
        told = []
        try:
            for row in rows:
                description = await self.describe(row)
                if description is None:  # the highlight moved, and asked for another meanwhile
                    description = await self.describe(row)
                if description is None:
                    self.notice.note("another model was asked about meanwhile; c asks again")
                    return
                told.append((row.name, description))
        except RnntuiError as error:
            self.problem(error)
            return
        self.app.push_screen(CompareModels(told))

    def action_sort(self) -> None:
        """Take the next order: by source, by name, the largest first, by task."""
        self.shelf.order = (self.shelf.order + 1) % len(ORDERS)
        self.draw()

    # ---- removing, sharing ----

    def _chosen_here(self, doing: str) -> Listed | None:
        """Return the model with the highlight if it is here; say so where it is not."""
        chosen = self.models.chosen
        if chosen and chosen.listed:
            return chosen.listed
        self.notice.note(f"put the highlight on a model that is here to {doing} it")
        return None

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_remove(self) -> None:
        """Take a model off the disk, once that is confirmed."""
        model = self._chosen_here("delete")
        if model is None:
            return
        sharing = self.rnntui.engine.sharing
        try:
            what = await sharing.removal(model.name, model.folder)
            users = used_by(self.rnntui, model)
            used = f" It is in use in {' and '.join(users)}." if users else ""
            back = "" if model.source == "hub" else " It cannot be had back."
            if not await self.app.push_screen_wait(Confirm(f"Delete {what}?{used}{back}")):
                return
            freed = await sharing.remove(model.name, model.folder)
        except RnntuiError as error:
            self.problem(error)
        else:
            self.notice.note(f"{one_line(model.name)} is gone; {human_bytes(freed)} are free again")
        await self.relist()

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_push(self) -> None:
        """Share a model on the Hub, once it was shown what becomes public."""
        from rnntui.tui.models.push import PushForm

        model = self._chosen_here("share")
        if model is None:
            return
        if model.problem:
            self.notice.problem(f"{one_line(model.name)} is damaged: {model.problem}")
            return
        packed = await self.app.push_screen_wait(PushForm(model))
        if packed:
            self.push(packed)

    @work(group="push", exit_on_error=False)
    async def push(self, packed: Packed) -> None:
        """Send what was agreed to."""
        self.watch_transfers()
        try:
            done = await self.rnntui.engine.sharing.push(packed)
        except RnntuiError as error:
            self.problem(error)
            await self.relist()
            return
        await self.relist()
        if done.commit is None:
            self.tell("the push was stopped; nothing was committed")
            return
        self.said = f"shared: {done.address}"
        self.draw()
        self.tell(f"shared as {done.address}, commit {done.commit[:12]}")
