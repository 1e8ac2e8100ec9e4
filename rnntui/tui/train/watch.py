"""The pane of the run that is watched: figures, curves, and what it writes."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widgets import Static

from rnntui.tui.train import figures, plots
from rnntui.tui.train.curves import Curves, Plot
from rnntui.tui.train.follow import Watched
from rnntui.tui.train.samples import Samples

BESIDE = 110
"""Columns from which the samples stand beside the curves; below, a key changes between the two."""


class WatchPane(Vertical):
    """Draws a `Watched`; where only figures changed, no curve is drawn anew."""

    DEFAULT_CSS = """
    WatchPane {
        #figures { height: 2; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #curves { width: 1fr; }
        #loss { height: 3fr; }
        #small { height: 2fr; min-height: 6; }
        #small Curves { width: 1fr; height: 1fr; }
        Samples { display: none; }
        &.-samples Samples { display: block; }
        &.-samples #curves { display: none; }
        &.-beside {
            Samples { display: block; width: 2fr; border-left: vkey $panel; }
            #curves { display: block; width: 3fr; }
        }
    }
    """

    against: reactive[plots.Against] = reactive[plots.Against]("epochs", init=False)
    """The x axis of every plot."""

    def __init__(self) -> None:
        super().__init__(id="watch")
        self.run: Watched | None = None
        self.figures = Static("", id="figures", markup=False)
        self.loss, self.rate, self.gradient = Curves(id="loss"), Curves(), Curves()
        self.samples = Samples()

    def compose(self) -> ComposeResult:
        """The parts."""
        yield self.figures
        with Horizontal(id="shown"):
            with Vertical(id="curves"):
                yield self.loss
                with Horizontal(id="small"):
                    yield self.rate
                    yield self.gradient
            yield self.samples

    def show(self, run: Watched) -> None:
        """Draw how a run stands now."""
        before, self.run = self.run, run
        self.figures.update(f"{figures.headline(run)}\n{figures.details(run)}", layout=False)
        if before and (before.history, before.progress) == (run.history, run.progress):
            if before.summary.state != run.summary.state:
                self._draw()
        else:
            self._draw()
        self.samples.show(run.drawn, run.predicted)

    def clear(self, text: str) -> None:
        """Show no run, and say why."""
        self.run = None
        self.figures.update(text, layout=False)
        for each in (self.loss, self.rate, self.gradient):
            each.show(Plot())
        self.samples.show(())

    def watch_against(self) -> None:
        """Draw against the other axis."""
        self._draw()

    def toggle_samples(self) -> None:
        """Change between curves and samples, where there is no room for both."""
        self.toggle_class("-samples")

    def on_resize(self, event: events.Resize) -> None:
        """Put the samples beside the curves where there is room."""
        self.set_class(event.size.width >= BESIDE, "-beside")

    def _draw(self) -> None:
        if self.run:
            self.loss.show(plots.loss(self.run, self.against))
            self.rate.show(plots.learning_rate(self.run, self.against))
            self.gradient.show(plots.gradient(self.run, self.against))
