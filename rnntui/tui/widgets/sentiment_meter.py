"""The running score of a text that is being written: a meter for whatever writes.

A screen that has a run asks `judge` for its settings and pushes what frames bring:

    await meter.find(engine, wanted)
    Settings(..., sentiment=meter.judge)
    meter.push(frame.sentiment)
"""

from __future__ import annotations

from rnntui.engine.client import Client
from rnntui.tui.judges import find_judge
from rnntui.tui.widgets.meters import Meter


class SentimentMeter(Meter):
    """`Sentiment ▄▄▅▆ 0.71`: probability of positive; out of sight while nothing judges.

    Args:
        on: whether it is wanted, once there is a model.
    """

    DEFAULT_CSS = """
    SentimentMeter {
        display: none;
        &.-on { display: block; }
    }
    """

    def __init__(self, *, on: bool = True) -> None:
        super().__init__("Sentiment", maximum=1.0, smooth=4, id="sentiment")
        self.on = on
        """Whether it is wanted."""
        self.model = ""
        """What judges; "" while none is found."""

    @property
    def judge(self) -> str:
        """The model for a run's settings; "" where the score is not wanted, or there is none."""
        return self.model if self.on else ""

    async def find(self, engine: Client, wanted: str = "") -> bool:
        """Look for a model that follows a text; return whether there is one.

        Args:
            engine: where the models are.
            wanted: a name or folder that comes before the default.

        Raises:
            EngineError: the engine is gone, or the model asked for cannot be loaded.
        """
        facts = await find_judge(engine, wanted, along=True)
        self.model = facts.folder if facts else ""
        if facts:
            self.tooltip = f"Probability of positive for the last words written, by {facts.name}"
        self._show()
        return facts is not None

    def toggle(self) -> None:
        """Want it, or no longer."""
        self.on = not self.on
        self.clear()
        self._show()

    def _show(self) -> None:
        self.set_class(bool(self.judge), "-on")
