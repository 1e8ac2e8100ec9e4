"""What stands on the Write screen, as the writer sees it: it says what happened, this shows it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rnntui.display import human_count
from rnntui.engine.client import Client
from rnntui.engine.parts import Alternative as Candidate
from rnntui.engine.parts import Facts
from rnntui.engine.protocol import Frame
from rnntui.tui.judges import HOW_TO_GET_ONE, NONE_HERE
from rnntui.tui.widgets.distribution import Alternative, Distribution
from rnntui.tui.widgets.meters import Meter
from rnntui.tui.widgets.notice import Notice
from rnntui.tui.widgets.one_line import OneLine
from rnntui.tui.widgets.sentiment_meter import SentimentMeter
from rnntui.tui.widgets.transcript import Transcript

WHY = {
    "length": "as long as asked; c goes on",
    "stop": "the stop text came; c goes on",
    "stopped": "stopped; c goes on, r writes it anew",
    "error": "ended by an error; the text is kept",
}
"""What to say of the end of a run, by the engine's word for it."""

RESTART = "press Ctrl+E to start it again; the text is kept"


class Desk:
    """The widgets that follow a text; a `rnntui.tui.writer.View`.

    Args:
        spool: the file for text that no longer fits in view.
        engine: what writes; when it has died, the remedy is a key of the app.
        sentiment: whether the running score is wanted.
    """

    def __init__(self, spool: Path, engine: Client, *, sentiment: bool = True) -> None:
        self._engine = engine
        self.transcript = Transcript(spool)
        self.distribution = Distribution()
        self.surprise = Meter("Surprise", maximum=6.0, unit="nats", id="surprise")
        self.entropy = Meter("Entropy", maximum=4.0, unit="nats", id="entropy")
        self.sentiment = SentimentMeter(on=sentiment)
        self.notice = Notice()
        self.status = OneLine(id="status")
        self._figures = ""
        self._characters = 0  # written since the newest prompt, by however many runs
        self._said = ""
        self._turned = ""

    def say(self, text: str) -> None:
        """Show a line about the text."""
        self._said = text
        self.status.say(f"{text} · {self._turned}" if self._turned else text)

    def show_turned(self, knob: str) -> None:
        """Show a knob that was turned while the panel is out of sight; "" for none."""
        self._turned = knob
        self.say(self._said)

    def show_prompt(self, text: str) -> None:
        """A prompt was added to the text."""
        if self.transcript.length and not self.transcript.tail(1).endswith("\n"):
            self.transcript.append("\n", "prompt")
        self.transcript.append(text, "prompt")
        self.transcript.follow()
        self._characters, self._figures = 0, "not begun"

    def show_adopted(self, text: str) -> None:
        """Something that was written elsewhere became the end of the text."""
        self.transcript.append(text)
        self.transcript.follow()
        self._characters += len(text)

    def show_begin(self, model: str, seed: int, notes: tuple[str, ...]) -> None:
        """A run begins to write; the notes say what it could not read of the prompt."""
        self.notice.hide()
        if notes:
            self.notice.note("; ".join(notes))
        self.transcript.writing = True
        self._figures = f"seed {seed}"
        self.say(self._figures)

    def show_reading(self, done: int, total: int) -> None:
        """A run reads its prompt."""
        self.say(f"reading {done:,} of {total:,} characters")

    def show_frame(self, frame: Frame) -> None:
        """The network wrote something."""
        figures = frame.figures
        self.transcript.append(frame.text, "written", figures.nats if figures else None)
        if figures:
            self.surprise.push(figures.nats)
            self.entropy.push(figures.entropy)
        self.sentiment.push(frame.sentiment)
        if frame.alternatives:
            self.show_alternatives(frame.alternatives)
        self._characters += len(frame.text)
        nats = f" · {frame.nats_per_char:.2f} nats/char" if frame.nats_per_char else ""
        speed = f"{frame.characters_per_second:,.0f}/s"
        self.say(f"{self._characters:,} chars · {speed}{nats} · {self._figures}")

    def show_alternatives(self, candidates: Sequence[Candidate]) -> None:
        """What may come next."""
        if self.distribution.is_on_screen:
            self.distribution.show(list(map(_alternative, candidates)))

    def show_rest(self, rests: bool) -> None:
        """The person let the run rest, or go on."""
        self.transcript.writing = not rests
        if rests:
            self.say(f"paused; space goes on · {self._figures}")

    def show_end(self, why: str) -> None:
        """A run ended."""
        self.transcript.writing = False
        if not self.transcript.length:  # cleared meanwhile
            return
        if why == "stopped":
            self.transcript.mark_interrupted()
        self.say(f"{self._characters:,} chars · {WHY.get(why, why)} · {self._figures}")

    async def find_judge(self, wanted: str, *, tell: bool) -> None:
        """Let a model that judges follow the text, if one is here.

        Args:
            wanted: the one that comes first, if any.
            tell: whether to say so where there is none.

        Raises:
            EngineError: the engine is gone, or the model cannot be loaded.
        """
        if not await self.sentiment.find(self._engine, wanted) and tell:
            self.show_problem(NONE_HERE, HOW_TO_GET_ONE)

    def take_back(self, characters: int) -> None:
        """The last characters are gone from the text."""
        self.transcript.rewind(characters)
        self._characters = max(0, self._characters - characters)
        self.say(f"{characters:,} chars taken back; c goes on · {self._figures}")

    def show_clear(self) -> None:
        """The page is empty."""
        self.transcript.clear()
        self._characters = 0
        self.say("an empty page: i types a prompt, c writes without one")

    def show_problem(self, what: str, fix: str) -> None:
        """Something failed; the text stays."""
        if fix.startswith("`rnntui list`"):
            fix = "Ctrl+O chooses another"
        if self._engine.death:
            fix = RESTART if fix.startswith("restart") else f"{fix}; Ctrl+E tries again"
        self.notice.problem(what, fix)


def about_model(facts: Facts) -> tuple[str, ...]:
    """Return what the mode bar says of a model, the longest first."""
    name, shape = facts.name, f"{facts.cell} {facts.layers}×{facts.hidden}"
    return f"{name} · {shape} · {human_count(facts.parameters)}", f"{name} · {shape}", name


def _alternative(candidate: Candidate) -> Alternative:
    """A candidate as text: a byte of a byte model as the character it is, if it is one."""
    symbol = candidate.symbol
    if isinstance(symbol, int):
        symbol = chr(symbol) if symbol < 128 else f"\\x{symbol:02x}"
    return Alternative(symbol, candidate.raw, candidate.kept)
