"""A file of reviews: judged piece by piece, sorted, sifted, and written to a CSV."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.worker import Worker

from rnntui.display import human_seconds, one_line
from rnntui.engine.client import EngineError
from rnntui.engine.parts import Facts
from rnntui.errors import RnntuiError
from rnntui.tui.screens.desk import about_model
from rnntui.tui.sentiment.batch import ORDERS, Batch, reading
from rnntui.tui.sentiment.keys import BATCH_HELP, BATCH_KEYS
from rnntui.tui.sentiment.review_list import ReviewList
from rnntui.tui.sentiment.reviews import BREAK, write_verdicts
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.mode_bar import ModeBar
from rnntui.tui.widgets.notice import Notice
from rnntui.tui.widgets.one_line import OneLine

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp

_SHOWN_EVERY = 0.25
"""Seconds between two looks of the list while verdicts come in."""
_LONGER = 50_000
"""Verdicts for each of which it is a second more: sorting and counting them takes time."""


class BatchScreen(Screen[str | None]):
    """Returns the text to open in the editor, or None; what was opened last is `many`.

    Args:
        batch: the texts; verdicts they have from the same model are kept.
        facts: the model that judges.
    """

    BINDING_GROUP_TITLE = "Many reviews"
    HELP = BATCH_HELP
    BINDINGS: ClassVar[list[BindingType]] = BATCH_KEYS

    def __init__(self, batch: Batch, facts: Facts) -> None:
        super().__init__()
        self.rnntui = cast("RnntuiApp", self.app)
        self.many, self.facts = batch, facts
        self.bar = ModeBar("sentiment")
        self.bar.facts = about_model(facts)
        self.heading = OneLine(id="batch-heading")
        self.listed = ReviewList(batch)
        self.notice = Notice()
        self.status = OneLine(id="status")
        self._goes = asyncio.Event()
        self._goes.set()
        self._begun = 0.0, 0  # when, and with how many verdicts

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        yield self.bar
        yield self.heading
        yield self.listed
        yield self.notice
        yield self.status
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin, or go on."""
        self.set_focus(self.listed)
        self._take(self.many)

    def _take(self, batch: Batch) -> None:
        """List a batch, and judge what is not judged yet."""
        self.many = batch
        batch.judged_by(self.facts.folder)
        self.listed.take(batch)
        self._goes.set()
        self._show()
        self.notice.hide()
        if batch.remark:
            self.notice.note(batch.remark)
        if not batch.done:
            self.judge()

    @work(exclusive=True, group="batch", exit_on_error=False)
    async def judge(self) -> None:
        """Judge what is not judged yet."""
        batch, shown = self.many, 0.0
        self._begun = time.monotonic(), len(batch.verdicts)
        texts = [review.text for review in batch.reviews[len(batch.verdicts) :]]
        try:
            async for piece in self.rnntui.engine.sentiment.judge_many(self.facts.folder, texts):
                batch.verdicts.extend(piece)
                if time.monotonic() - shown > _SHOWN_EVERY + len(batch.verdicts) / _LONGER:
                    self._show()
                    shown = time.monotonic()
                await self._goes.wait()
        except EngineError as error:
            self.notice.problem(error.what, f"{error.fix}; Space goes on")
            self._goes.clear()
        self._show()

    def _show(self, *, keep: bool = True) -> None:
        batch = self.many
        shown = batch.shown()
        self.listed.show(shown, keep=keep)
        name = one_line(batch.name, 40)
        self.heading.say(f"{name} · {batch.summary()}")
        parts = [ORDERS[batch.order]]
        if batch.doubtful:
            parts.append(f"{len(shown):,} between {batch.low:.2f} and {batch.high:.2f}")
        if not batch.done:
            rests = not self._goes.is_set()
            parts.append(
                "paused; Space goes on" if rests else f"judging{self._left()}; Space pauses"
            )
        self.status.say(" · ".join(parts))

    def _left(self) -> str:
        """Return how long it may take yet; "" while nobody knows."""
        since, before = self._begun
        count = len(self.many.verdicts)
        if count == before:
            return ""
        left = (time.monotonic() - since) / (count - before) * (len(self.many.reviews) - count)
        return f", {human_seconds(left)} left"

    def action_sort(self) -> None:
        """Take the next order: as in the file, positive, negative, doubtful first."""
        self.many.order = (self.many.order + 1) % len(ORDERS)
        self._show(keep=False)

    def action_doubtful(self) -> None:
        """Show the doubtful ones alone, or all."""
        self.many.doubtful = not self.many.doubtful
        self._show()

    def action_bound(self, low: int, high: int) -> None:
        """Move a bound of doubt."""
        self.many.turn(low, high)
        self.many.doubtful = True
        self._show()

    def action_pause(self) -> None:
        """Let the judging rest, or go on."""
        if self.many.done:
            self.notice.note("all of them are judged")
            return
        if self._goes.is_set():
            self._goes.clear()
        else:
            self.notice.hide()
            self._begun = time.monotonic(), len(self.many.verdicts)
            self._goes.set()
            if not any(worker.group == "batch" and worker.is_running for worker in self.workers):
                self.judge()
        self._show()

    def interrupt(self) -> bool:
        """Let the judging rest; return whether there was something to stop."""
        goes = self._goes.is_set() and not self.many.done
        if goes:
            self.action_pause()
        return goes

    @work(exclusive=True, group="other", exit_on_error=False)
    async def action_other(self) -> None:
        """Judge another file; where it cannot be read, the list stays as it is."""
        from rnntui.tui.screens.file_picker import FilePicker

        title = "A file of reviews: CSV, or one text a line"
        path = await self.app.push_screen_wait(FilePicker(title, "path of a file of reviews"))
        if path is None:
            return
        self.status.say(reading(path))
        try:
            batch = await asyncio.to_thread(Batch.of_file, path)
        except RnntuiError as error:
            self.notice.problem(error.what, error.fix)
            self._show()
        else:
            self._take(batch)

    def action_leave(self) -> None:
        """Go back; what is not judged is judged when the file is opened again."""
        self.dismiss(None)

    @on(ReviewList.Opened)
    def _open(self, event: ReviewList.Opened) -> None:
        self.dismiss(BREAK.sub("\n", self.many.reviews[event.index].text))

    @work(exclusive=True, group="export", exit_on_error=False)
    async def action_export(self) -> None:
        """Write what is shown to a CSV where the app was started."""
        path = Path.cwd() / f"rnntui-sentiment-{time.strftime('%Y-%m-%d-%H%M%S')}.csv"
        shown = list(self.listed.shown)
        reviews = [self.many.reviews[i] for i in shown]
        verdicts = [self.many.verdicts[i] for i in shown]
        try:
            await asyncio.to_thread(write_verdicts, path, reviews, verdicts)
        except RnntuiError as error:
            self.notice.problem(error.what, error.fix)
        else:
            many = f"{len(shown):,} review{'s' * (len(shown) != 1)}"
            self.notice.note(f"{many} written to {one_line(str(path), 200)}")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a bug in the background."""
        self.rnntui.on_worker_state_changed(event)
