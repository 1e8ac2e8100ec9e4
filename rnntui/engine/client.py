"""The app's side: starts the engine, asks it things, and hands out what runs write.

The text belongs to whoever takes the frames: an engine that dies takes none of it along, and after
`restart` a run goes on from the text.

    engine = Engine()
    await engine.start()
    run = engine.generate("shakespeare-lstm", "ROMEO:", Settings(length=200))
    async for event in run:
        if isinstance(event, Frame):
            print(event.text, end="")
    await engine.close()

Writing is asked for here, each other kind of work through a client of its own.
"""

from __future__ import annotations

from collections.abc import Callable

from rnntui.engine.chat_client import Replies, Talk
from rnntui.engine.child import Death
from rnntui.engine.connection import HUNG_AFTER, Connection
from rnntui.engine.forecast_client import Forecasts, Series
from rnntui.engine.handle import Run
from rnntui.engine.interface import CONTEXT, Client, EngineError, clean, draw_seed
from rnntui.engine.parts import Facts, Listed, Place, Sampling, Settings
from rnntui.engine.protocol import (
    Complete,
    Completion,
    Copied,
    Copying,
    Error,
    Finished,
    Generate,
    Listing,
    Load,
    Loaded,
    Look,
    Looked,
    Models,
    Unload,
    Unloaded,
)
from rnntui.engine.sentiment_client import Judges, Sentiment
from rnntui.engine.sharing_client import Shares, Sharing

__all__ = ["CONTEXT", "Client", "Death", "Engine", "EngineError", "Run", "draw_seed"]


class Engine(Connection):
    """An engine in a child process.

    Args:
        command: as of `Connection`; so are those after it.
        on_death: see there.
        hung_after: see there.
    """

    def __init__(
        self,
        command: str | None = None,
        *,
        on_death: Callable[[Death], None] | None = None,
        hung_after: float = HUNG_AFTER,
    ) -> None:
        super().__init__(command, on_death=on_death, hung_after=hung_after)
        self.sentiment: Judges = Sentiment(self)
        """Judges texts."""
        self.sharing: Shares = Sharing(self)
        """Describes, removes, fetches and sends models."""
        self.talk: Replies = Talk(self)
        """Replies."""
        self.series: Forecasts = Series(self)
        """Reads series, continues and tests them."""
        self._typing: int | None = None

    async def load(self, model: str) -> Facts:
        """Load a model, or load it anew if its files have changed.

        Raises:
            EngineError: there is no such model, or it is damaged.
        """
        return (await self.ask(Load(self.number(), clean(model)), Loaded)).facts

    async def unload(self, model: str) -> None:
        """Let go of a model."""
        await self.ask(Unload(self.number(), clean(model)), Unloaded)

    async def models(self) -> tuple[Listed, ...]:
        """Return the models of the library where the engine is."""
        return (await self.ask(Models(self.number()), Listing)).models

    async def look(self, after: Place, sampling: Sampling, alternatives: int = 12) -> Looked:
        """Return what may come next at a place, under any settings.

        Raises:
            EngineError: the engine has forgotten the place.
        """
        return await self.ask(Look(self.number(), after, sampling, alternatives), Looked)

    async def complete(self, model: str, text: str, length: int = 24) -> str:
        """Return a few likely words after a text being typed; "" when a newer call came first.

        Raises:
            EngineError: the model cannot be loaded.
        """
        number = self.number()
        older = self._answers.get(self._typing or 0)
        if older and not older.done():
            older.set_result(Completion(self._typing or 0, ""))
        self._typing = number
        # Cut at a multiple of 512, so that of a long text too most key presses only add to it.
        tail = clean(text[max(0, len(text) - CONTEXT) // 512 * 512 :])
        return (await self.ask(Complete(number, clean(model), tail, length), Completion)).text

    async def copied(self, model: str, text: str) -> Copied:
        """Return how much of a text stands in what the model learned.

        Raises:
            EngineError: the training text is not where the engine is.
        """
        request = Copying(self.number(), clean(model), clean(text))
        return await self.ask(request, Copied)

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
        """Start a run; `Generate` says what the arguments mean.

        Always give the text so far as the prompt, its last `CONTEXT` characters will do: it is read
        only when the engine no longer knows the place `after`.
        """
        request = Generate(
            self.number(), clean(model), clean(prompt), after, clean(then), seed, stream,
            settings or Settings(),
        )  # fmt: skip
        run = Run(self._send, request)
        if self._child is None or self.death:
            run.give(Error("the engine is not running", "restart it", run=run.id))
            run.give(Finished(run.id, "error", 0, seed))
        else:
            self._runs[run.id] = run
            self._send(request)
        return run
