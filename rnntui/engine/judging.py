"""Judging as the engine serves it: the newest text typed, and batches a piece at a time.

It is done on a thread of its own: a long text takes seconds, and a network of both directions reads
it hundreds of times, while runs and pings wait for nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from rnntui.data.batches import windows
from rnntui.engine.pipes import Helper
from rnntui.engine.protocol import Judge, Judged, JudgedMany, JudgeMany, Request, Trace, Verdict
from rnntui.engine.service import Service, Tools
from rnntui.inference.calibration import probability
from rnntui.inference.loading import Model
from rnntui.inference.running import RunningScore
from rnntui.inference.sentiment import (
    NOTHING,
    NOTHING_KNOWN,
    Logits,
    Reading,
    SentimentModel,
    over_windows,
)

_SLICE = 128
"""Words read between two looks whether the text has changed meanwhile: a hundredth of a second."""
_WINDOWS = 512
"""Windows of a long text whose scores are kept: a change then costs that of the window it is in."""


class Judging(Service):
    """Answers the newest `judge`, and each `judgemany`."""

    takes: ClassVar[tuple[type[Request], ...]] = (Judge, JudgeMany)

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._thread = Helper(tools.inbox)
        self._judge = _Judge()
        self._asked: Judge | None = None

    def forget(self, model: Model) -> None:
        """Let go of a model."""
        self._thread.submit(lambda: self._judge.forget(model), lambda _: None)

    def handle(self, request: Request) -> None:
        """Take a request."""
        match request:
            case Judge():
                self._one(request)
            case JudgeMany():
                self._many(request)

    def _one(self, request: Judge) -> None:
        if self._asked:
            self.tools.send(Judged(self._asked.request, None))
        self._asked = request

        def wanted() -> bool:
            return self._asked is request

        def answer(result: Judged | Exception | None) -> None:
            if not wanted():
                return
            self._asked = None
            if isinstance(result, Judged):
                self.tools.send(result)
            elif result is not None:
                self.tools.fail(result, request.request)

        def then(result: SentimentModel | Exception) -> None:
            if isinstance(result, SentimentModel):
                self.tools.yield_to_the_screen()
                self._thread.submit(lambda: self._judge.one(result, request, wanted), answer)
            else:
                answer(result)

        self.tools.host.want(request.model, SentimentModel, then)

    def _many(self, request: JudgeMany) -> None:
        def answer(result: JudgedMany | Exception) -> None:
            if isinstance(result, JudgedMany):
                self.tools.send(result)
            else:
                self.tools.fail(result, request.request)

        def then(result: SentimentModel | Exception) -> None:
            if isinstance(result, SentimentModel):
                self.tools.yield_to_the_screen()
                self._thread.submit(lambda: _many(result, request), answer)
            else:
                self.tools.fail(result, request.request)

        self.tools.host.want(request.model, SentimentModel, then)


class _Judge:
    """Judges texts of which each is the one before with a change; lives on the thread."""

    def __init__(self) -> None:
        self._running: RunningScore | None = None
        self._model: SentimentModel | None = None
        self._windows: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()  # by their words

    def forget(self, model: Model) -> None:
        """Let go of a model."""
        if self._model is model:
            self._running = self._model = None
            self._windows.clear()

    def one(
        self, model: SentimentModel, request: Judge, wanted: Callable[[], bool]
    ) -> Judged | None:
        """Judge a text; None when it is no longer wanted."""
        if not wanted():
            return None
        reading = model.read(request.text)
        if not request.trace:
            return _judged(request, model, reading, model.logit(reading.ids), None)
        if model.runs_along and model.whole:
            logits = self._along(model, reading, wanted)
        else:
            logits = model.prefix_logits(reading.ids)
        if logits is None or not wanted():
            return None
        logit = float(logits[-1]) if len(logits) else model.prior_logit
        trace = _trace(reading, logits, model.shares(reading.ids, logits))
        return _judged(request, model, reading, logit, trace)

    def _along(
        self, model: SentimentModel, reading: Reading, wanted: Callable[[], bool]
    ) -> Logits | None:
        """The log-odds after each word; only those after the first changed one are computed."""
        if self._running is None or self._model is not model:
            self._running, self._model = RunningScore(model), model
            self._windows.clear()
        if len(reading.ids) > model.window and reading.known.any():
            return self._long(model, reading, wanted)
        done, total = 0, len(reading.ids)
        while True:
            done = min(total, done + _SLICE)
            self._running.update_words(reading.ids[:done])
            if done == total:
                return self._running.logits
            if not wanted():
                return None

    def _long(
        self, model: SentimentModel, reading: Reading, wanted: Callable[[], bool]
    ) -> Logits | None:
        """The same for a text of several windows: those that were read before are not read anew."""
        spans = windows(len(reading.ids), model.window)
        found = []
        for begin, end in spans:
            if not wanted():
                return None
            ids = reading.ids[begin:end]
            key = ids.tobytes()
            if key not in self._windows:
                self._windows[key] = model.network.prefix_logits(ids)
            self._windows.move_to_end(key)
            found.append(self._windows[key])
        while len(self._windows) > _WINDOWS:
            self._windows.popitem(last=False)
        logits = over_windows(found, spans)
        logits[: int(reading.known.argmax())] = model.prior_logit
        return logits


def _trace(reading: Reading, logits: Logits, shares: Logits) -> Trace:
    return Trace(
        tuple(begin for begin, _ in reading.places),
        tuple(end for _, end in reading.places),
        tuple(reading.known.tolist()),
        tuple(np.round(probability(logits), 4).tolist()),
        tuple(np.round(shares, 4).tolist()),
    )


def _judged(
    request: Judge, model: SentimentModel, reading: Reading, logit: float, trace: Trace | None
) -> Judged:
    score, known = float(probability(np.array(logit))), int(reading.known.sum())
    verdict = Verdict(round(score, 6), len(reading.ids), known)
    return Judged(request.request, verdict, trace, notes(model, len(reading.ids), known))


def notes(model: SentimentModel, words: int, known: int) -> tuple[str, ...]:
    """Return what there is to say of a verdict on so many words, of which so many are known."""
    if not known:
        return (NOTHING_KNOWN if words else NOTHING,)
    said = []
    if words == 1:
        said.append("one word is little to go by")
    elif words - known > words // 5:
        said.append(f"{words - known:,} of {words:,} words are unknown to the model")
    if words > model.window:
        count = -(-words // model.window)
        said.append(
            f"read in {count:,} windows of {model.window:,}"
            if model.whole
            else f"only its last {model.window:,} words count"
        )
    return tuple(said)


def _many(model: SentimentModel, request: JudgeMany) -> JudgedMany:
    found = model.classify_many(request.texts)
    return JudgedMany(
        request.request, tuple(Verdict(round(v.score, 6), v.words, v.known) for v in found)
    )
