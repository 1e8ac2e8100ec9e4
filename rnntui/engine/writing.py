"""Writing as the engine serves it: runs side by side, and the questions about them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import ClassVar

from rnntui.engine.completing import Completer
from rnntui.engine.copying import Library
from rnntui.engine.protocol import (
    Complete,
    Copied,
    Copying,
    Credit,
    Error,
    Finished,
    Generate,
    Look,
    Looked,
    Pause,
    Request,
    Resume,
    Steer,
    Stop,
)
from rnntui.engine.run import Run, alternatives, checked, entropy
from rnntui.engine.service import Service, Tools
from rnntui.engine.trail import Places
from rnntui.errors import BadOption
from rnntui.inference.loading import Model
from rnntui.inference.models import TextModel
from rnntui.inference.sentiment import SentimentModel


class Writing(Service):
    """Moves runs, one piece of one run at a time, and the completer."""

    takes: ClassVar[tuple[type[Request], ...]] = (
        Generate, Steer, Pause, Resume, Stop, Credit, Look, Complete, Copying,
    )  # fmt: skip

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._places = Places()
        self._completer = Completer(tools.send)
        self._library = Library()
        self._runs: dict[int, Run] = {}  # the next one to work first

    # ---- work ----

    def due(self) -> float:
        """Return when the completer or a run has something to do."""
        runs = min((run.due() for run in self._runs.values()), default=math.inf)
        return min(self._completer.due(), runs)

    def step(self) -> None:
        """Do one piece of work for the completer, and for the run that has waited longest."""
        if self._completer.due() < 0:
            self._finish_words()
        now = time.perf_counter()
        due = [run for run in self._runs.values() if run.due() <= now]
        if due:
            run = due[0]
            self._runs[run.id] = self._runs.pop(run.id)
            self._attempt(run, lambda: run.step(len(due)))
            if run.ended:
                self._runs.pop(run.id, None)

    def _finish_words(self) -> None:
        asked = self._completer.asked
        try:
            self._completer.step()
        except Exception as error:
            self._completer.abandon(asked)
            self.tools.fail(error, asked.request if asked else None)

    def _attempt(self, run: Run, work: Callable[[], None]) -> None:
        """Do something that ends a run if it fails."""
        try:
            work()
        except Exception as error:
            self._break(run.id, error)

    def _break(self, run: int, error: Exception) -> None:
        self.tools.fail(error, run=run)
        self._end(run)

    def _end(self, run: int) -> None:
        started = self._runs.pop(run, None)
        if started:
            started.end("error")
        else:
            self.tools.send(Finished(run, "error", 0, None))

    def refused(self, kind: str, run: int) -> None:
        """End the run that does not begin; one that goes on is not ended by a wrong setting."""
        if kind == "generate":
            self._end(run)

    def forget(self, model: Model) -> None:
        """Let go of a model."""
        if isinstance(model, TextModel):
            self._places.forget(model)
            self._completer.forget(model)

    # ---- requests ----

    def handle(self, request: Request) -> None:
        """Take a request."""
        match request:
            case Generate():
                self._generate(request)
            case Complete():
                self._complete(request)
            case Copying():
                self._copying(request)
            case Look():
                self._look(request)
            case Steer() | Pause() | Resume() | Stop() | Credit():
                run = self._runs.get(request.run)
                if run:
                    self._change(run, request)

    def _change(self, run: Run, request: Steer | Pause | Resume | Stop | Credit) -> None:
        match request:
            case Steer():
                before = run.judge
                run.steer(request.settings)
                if run.judge != before:
                    self._appoint(run)
            case Pause():
                run.paused = True
            case Resume():
                run.paused = False
            case Credit():
                run.grant(request.frames)
            case Stop():
                run.end("stopped")
                del self._runs[run.id]

    def _generate(self, request: Generate) -> None:
        if request.run in self._runs:
            # No `finished` here: it would end the other run.
            self.tools.send(
                Error(f"run {request.run} is under way", "number runs anew", run=request.run)
            )
            return
        run = Run(request, self.tools.send, self._places)
        self._runs[run.id] = run

        def then(result: TextModel | Exception) -> None:
            if self._runs.get(run.id) is not run:  # stopped meanwhile
                return
            if isinstance(result, TextModel):
                self.tools.yield_to_the_screen()
                self._attempt(run, lambda: run.begin(result))
            else:
                self._break(run.id, result)

        self.tools.host.want(request.model, TextModel, then)
        if run.judge:
            self._appoint(run)

    def _appoint(self, run: Run) -> None:
        """Let the model that a run's settings name judge what it writes, once it is loaded."""
        name = run.judge
        if not name:
            run.judge_by(None)
            return

        def then(result: SentimentModel | Exception) -> None:
            try:
                if isinstance(result, Exception):
                    raise result
                if run.judge == name:  # else it was steered meanwhile
                    run.judge_by(result)
            except Exception as error:
                self.tools.fail(error, run=run.id)

        self.tools.host.want(name, SentimentModel, then)

    def _complete(self, request: Complete) -> None:
        self._completer.ask(request)

        def then(result: TextModel | Exception) -> None:
            if isinstance(result, TextModel):
                self._completer.begin(request, result)
            elif self._completer.abandon(request):
                self.tools.fail(result, request.request)

        self.tools.host.want(request.model, TextModel, then)

    def _copying(self, request: Copying) -> None:
        def answer(result: Copied | Exception) -> None:
            if isinstance(result, Copied):
                self.tools.send(result)
            else:
                self.tools.fail(result, request.request)

        def then(result: TextModel | Exception) -> None:
            if isinstance(result, TextModel):
                config = result.config
                self.tools.helper.submit(lambda: self._library.copied(request, config), answer)
            else:
                self.tools.fail(result, request.request)

        self.tools.host.want(request.model, TextModel, then)

    def _look(self, request: Look) -> None:
        trail = self._places.find(request.after.run)
        session = trail.session_at(request.after.position) if trail else None
        if trail is None or session is None:
            raise BadOption(
                f"the engine has forgotten character {request.after.position} of run "
                f"{request.after.run}",
                "go on from the text",
            )
        seen = session.distribution(checked(request.sampling))
        found = alternatives(trail.model, seen, request.alternatives)
        self.tools.send(Looked(request.request, found, round(entropy(seen), 4)))
