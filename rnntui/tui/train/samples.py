"""What a run wrote while it learned, one temperature at a time, the newest first.

A forecaster wrote nothing: its forecasts are drawn beside what came, as wide as there is room.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from rnntui.display import visible
from rnntui.runs.predictions import Predictions
from rnntui.runs.predictions import drawn as picture
from rnntui.tui.train.drawn import Drawn

SHOWN = 30
"""Epochs that are shown; `samples.md` has all of them."""
_FAVOURITE = 0.7
"""The temperature that is shown first, or the nearest to it."""


class Samples(VerticalScroll):
    """Draws the samples; it stays where it was scrolled to while new ones come."""

    DEFAULT_CSS = """
    Samples {
        padding: 0 1;
        scrollbar-size-vertical: 1;
        &:focus { background: $boost; background-tint: $foreground 2%; }
        .heading { height: 1; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="samples")
        self.drawn: tuple[Drawn, ...] = ()
        self.predicted: tuple[Predictions, ...] = ()
        self.temperature: float | None = None
        """The one shown; None while the nearest to the favourite is."""
        self.heading = Static("", classes="heading", markup=False)
        self.text = Static("", markup=False)

    def compose(self) -> ComposeResult:
        """A heading, and the text."""
        yield self.heading
        yield self.text

    def show(self, drawn: Sequence[Drawn], predicted: Sequence[Predictions] = ()) -> None:
        """Draw some samples, or forecasts; the same ones again cost nothing."""
        if (tuple(drawn), tuple(predicted)) != (self.drawn, self.predicted):
            self.drawn, self.predicted = tuple(drawn), tuple(predicted)
            self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Draw pictures as wide as there is room now."""
        if self.predicted:
            self._draw()

    @property
    def temperatures(self) -> list[float]:
        """What the newest samples were drawn at."""
        return sorted(self.drawn[-1].texts) if self.drawn else []

    @property
    def shown_temperature(self) -> float | None:
        """The temperature whose samples are shown."""
        wanted = _FAVOURITE if self.temperature is None else self.temperature
        return min(self.temperatures, key=lambda each: abs(each - wanted), default=None)

    def turn(self, steps: int) -> None:
        """Show a hotter or cooler one's samples."""
        every, now = self.temperatures, self.shown_temperature
        if now is not None:
            place = min(max(every.index(now) + steps, 0), len(every) - 1)
            self.temperature = every[place]
            self._draw()

    def _draw(self) -> None:
        if self.predicted:
            self._draw_forecasts()
            return
        shown = self.shown_temperature
        if shown is None:
            self.heading.update("Samples: none yet")
            self.text.update("")
            return
        every = "  ".join(f"[{t:g}]" if t == shown else f"{t:g}" for t in self.temperatures)
        self.heading.update(f"Samples  T {every}")
        parts: list[str | tuple[str, str]] = []
        for each in reversed(self.drawn[-SHOWN:]):
            if shown in each.texts:
                parts.append((f"── epoch {each.epoch} · step {each.step:,}\n", "$foreground 60%"))
                parts.append(f"{visible(each.texts[shown]).strip()}\n\n")
        self.text.update(Content.assemble(*parts))

    def _draw_forecasts(self) -> None:
        self.heading.update("One step ahead")
        width = max(30, self.scrollable_content_region.width)
        parts: list[str | tuple[str, str]] = []
        for each in reversed(self.predicted):
            parts.append((f"── epoch {each.epoch:g} · step {each.step:,}\n", "$foreground 60%"))
            parts.append(f"{picture(each, width, 12)}\n")
        self.text.update(Content.assemble(*parts))
