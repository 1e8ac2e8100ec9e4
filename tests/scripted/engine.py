"""An engine that does what a test says: the client's interface without a process or a model."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import msgspec

from rnntui.engine.chat_client import Replies
from rnntui.engine.child import Death
from rnntui.engine.client import EngineError, Run
from rnntui.engine.forecast_client import Forecasts
from rnntui.engine.parts import Alternative, Facts, Listed, Place, Sampling, Settings
from rnntui.engine.protocol import (
    PROTOCOL,
    Copied,
    Error,
    Finished,
    Frame,
    Generate,
    Looked,
    Ready,
    Request,
    RunEvents,
    Started,
)
from rnntui.engine.sentiment_client import Judges
from rnntui.engine.sharing_client import Shares
from tests.scripted.chat import ScriptedTalk
from tests.scripted.forecast import ScriptedForecast
from tests.scripted.sentiment import ScriptedSentiment
from tests.scripted.sharing import ScriptedSharing

Step = str | RunEvents | Death
"""What a run does: a text is a frame; an event is given as it is, with the run's own number; a
death ends the engine."""

FACTS = Facts(
    "scripted", "/models/scripted", "text", 1000, "lstm", 2, 8, 60, "char", False, "script", {}, "",
    {},
)  # fmt: skip
"""A model that loads."""


class ScriptedEngine:
    """Replays scripts: the first run takes the first, and so on; the last serves all later ones.

    A script that ends without `Finished` leaves its run waiting; `feed` goes on with it.

    Args:
        scripts: the steps of each run.
        facts: of every model, or the error that loading one ends in.
        missing: models that cannot be loaded.
        listed: the library.
        completion: of every text.
        on_death: as of the real one.
    """

    def __init__(
        self,
        *scripts: Sequence[Step],
        facts: Facts | EngineError = FACTS,
        missing: Sequence[str] = (),
        listed: tuple[Listed, ...] = (),
        completion: str = "",
        on_death: Callable[[Death], None] | None = None,
    ) -> None:
        self._scripts, self._facts, self._listed = scripts or ((),), facts, listed
        self._completion, self._on_death = completion, on_death
        self._missing = missing
        self._numbers = itertools.count(1)
        self._sent: dict[int, int] = {}  # characters, by run
        self.sentiment: Judges = ScriptedSentiment()
        self.sharing: Shares = ScriptedSharing()
        self.talk: Replies = ScriptedTalk()
        self.series: Forecasts = ScriptedForecast()
        self.death: Death | None = None
        """How a script ended it."""
        self.alternatives: tuple[Alternative, ...] = (Alternative("e", 0.5, 0.6),)
        """What `look` sees."""
        self.runs: list[Run] = []
        """All that were started."""
        self.requests: list[Request] = []
        """All that runs have asked for, credit too."""

    async def start(self) -> Ready:
        """Start; always works."""
        self.death = None
        return Ready(0, PROTOCOL, "0", 0, "")

    async def restart(self) -> Ready:
        """Start again."""
        return await self.start()

    async def close(self) -> None:
        """End."""

    async def load(self, model: str) -> Facts:
        """Return the facts with the name asked for.

        Raises:
            EngineError: the script says so.
        """
        if isinstance(self._facts, EngineError):
            raise self._facts
        if model in self._missing:
            raise EngineError(f"there is no model '{model}' here", "`rnntui list` shows them")
        return msgspec.structs.replace(self._facts, name=model)

    async def unload(self, model: str) -> None:
        """Do nothing."""

    async def models(self) -> tuple[Listed, ...]:
        """Return the library."""
        return self._listed

    async def look(self, after: Place, sampling: Sampling, alternatives: int = 12) -> Looked:
        """Return the alternatives."""
        return Looked(0, self.alternatives, 1.0)

    async def complete(self, model: str, text: str, length: int = 24) -> str:
        """Return the completion."""
        return self._completion

    async def copied(self, model: str, text: str) -> Copied:
        """Return that a quarter of a text is copied."""
        grams = max(0, len(text) - 7)
        return Copied(0, "a corpus", grams, grams // 4, text[:9], 12, 0.2)

    def generate(
        self,
        model: str,
        prompt: str = "",
        settings: Settings | None = None,
        *,
        after: Place | None = None,
        then: str = "",
        seed: int | None = None,
        stream: int = 0,
    ) -> Run:
        """Start a run that does what its script says, at once."""
        request = Generate(
            next(self._numbers), model, prompt, after, then, seed, stream, settings or Settings()
        )
        self.requests.append(request)
        run = Run(self.requests.append, request)
        script = self._scripts[min(len(self.runs), len(self._scripts) - 1)]
        self.runs.append(run)
        self.feed(run, Started(run.id, model, 7 if seed is None else seed, after is not None))
        self.feed(run, *script)
        return run

    def feed(self, run: Run, *steps: Step) -> None:
        """Let a run take further steps."""
        for step in steps:
            if isinstance(step, str):
                sent = self._sent[run.id] = self._sent.get(run.id, 0) + len(step)
                run.give(Frame(run.id, len(self._sent), step, sent, 100.0))
            elif isinstance(step, Death):
                self._die(step)
            else:
                run.give(msgspec.structs.replace(step, run=run.id))

    def _die(self, death: Death) -> None:
        self.death = death
        for run in self.runs:
            run.give(Error(death.what, death.fix, run=run.id))
            run.give(Finished(run.id, "error", run.characters, run.seed))
        if self._on_death:
            self._on_death(death)
