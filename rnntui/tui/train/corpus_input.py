"""The line that names a corpus: completes names and paths, ↑ and ↓ walk through the names."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.suggester import Suggester
from textual.widgets import Input

from rnntui.errors import CorpusError
from rnntui.tui.train.plan import complete, corpus_names, corpus_problem


class CorpusSuggester(Suggester):
    """Completes the last word with what a task learns from."""

    def __init__(self, task: str) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.task = task

    async def get_suggestion(self, value: str) -> str | None:
        """Return the whole line, completed."""
        return complete(value, self.task)


class CorpusInput(Input):
    """Tab takes what is offered, or goes on where a corpus is named already."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "walk(1)", "named ones", key_display="↑ ↓", id="corpus.next"),
        Binding("up", "walk(-1)", "named ones", show=False, id="corpus.previous"),
        Binding("tab", "take", "complete", show=False, id="corpus.take"),
    ]

    def __init__(self, value: str, task: str) -> None:
        self.offers = CorpusSuggester(task)
        super().__init__(value, id="corpus", compact=True, suggester=self.offers)

    def offer(self, task: str) -> None:
        """Offer what another task learns from."""
        self.offers.task = task

    def action_walk(self, steps: int) -> None:
        """Put the next of the named corpora here."""
        names = corpus_names(self.offers.task)
        place = names.index(self.value) + steps if self.value in names else min(steps, 0)
        self.value = names[place % len(names)]
        self.cursor_position = len(self.value)

    def action_take(self) -> None:
        """Take what is offered; where nothing is, or nothing is missing, go on."""
        word = self.value.rpartition(" ")[2]
        whole = complete(self.value, self.offers.task)
        try:
            corpus_problem(word, self.offers.task)
        except CorpusError:
            if whole:
                self.value = whole
                self.cursor_position = len(whole)
                return
        self.screen.focus_next()
