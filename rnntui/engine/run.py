"""One run: it gets a model and a place to begin, reads its prompt, and writes frame by frame.

A run is moved by the server's loop: `due` says when it has something to do, `step` does about a
fortieth of a second of it. It waits for nothing itself, and holds a bounded amount of memory
however long it writes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Literal

import msgspec
import numpy as np

from rnntui.engine.mood import Mood
from rnntui.engine.parts import Alternative, Figures, Settings
from rnntui.engine.parts import Sampling as WireSampling
from rnntui.engine.protocol import Event, Finished, Frame, Generate, Reading, Started
from rnntui.engine.reading import SlicedReading
from rnntui.engine.timing import FRAMES_PER_SECOND, FrameSize, Pace, Speed
from rnntui.engine.trail import Places, Trail
from rnntui.inference.generation import Session
from rnntui.inference.models import TextModel
from rnntui.inference.sampling import Distribution, Sampling
from rnntui.inference.sentiment import SentimentModel
from rnntui.inference.stopping import StopText

Send = Callable[[Event], None]
Why = Literal["length", "stop", "stopped", "error"]

_MOST_CREDIT = 64
_SHORTEST_FRAME = 1 / 120
"""Seconds; with several runs at once each one's frames are as short as this at most."""
_SAY_READING = 0.2
"""Seconds between two words about a long prompt, and before the first."""


def checked(sampling: WireSampling) -> Sampling:
    """Return settings as the sampler takes them.

    Raises:
        BadOption: a value makes no sense.
    """
    return Sampling(**msgspec.structs.asdict(sampling))


def alternatives(model: TextModel, seen: Distribution, most: int) -> tuple[Alternative, ...]:
    """Return the likeliest next symbols, by whichever of their two probabilities is larger."""
    if not most:
        return ()
    weight = np.maximum(seen.raw, seen.kept)  # (V,)
    order = np.argsort(-weight, kind="stable")[:most].tolist()
    symbols = model.vocabulary.symbols
    return tuple(
        Alternative(symbols[i], round(float(seen.raw[i]), 6), round(float(seen.kept[i]), 6))
        for i in order
    )


def entropy(seen: Distribution) -> float:
    """Return the entropy, in nats, of the network's own distribution."""
    likely = seen.raw[seen.raw > 0]
    return -float((likely * np.log(likely)).sum())


class _Outgoing:
    """What has been drawn and not yet sent: a stop text holds back what may be its beginning."""

    def __init__(self, stop: str) -> None:
        self._stop = StopText(stop)
        self._carried = ""
        self._nats = self._rank = self._entropy = np.zeros(0)

    @property
    def stopped(self) -> bool:
        """Whether the stop text has come."""
        return self._stop.stopped

    def turn(self, stop: str) -> None:
        """Take another stop text; what the old one held back is looked through for it."""
        self._carried += self._stop.flush()
        self._stop = StopText(stop)

    def draw(
        self, session: Session, count: int, sampling: Sampling, figures: bool, last: bool
    ) -> tuple[str, Figures | None]:
        """Draw characters and return what can be sent; all of it when these are the last."""
        if figures:
            traced = session.trace(count, sampling)
            text = traced.text
            fresh = (traced.nats, traced.rank, traced.entropy)
        else:
            text = session.next_many(count, sampling)
            fresh = (np.full(count, np.nan),) * 3
        held = (self._nats, self._rank, self._entropy)
        released = self._stop.push(self._carried + text)
        self._carried = ""
        if last:
            released += self._stop.flush()
        joined = [np.concatenate(pair) for pair in zip(held, fresh, strict=True)]
        cut = len(released)
        self._nats, self._rank, self._entropy = (array[cut:] for array in joined)
        return released, _figures([array[:cut] for array in joined]) if figures else None


def _figures(columns: list[np.ndarray]) -> Figures:
    """Round for the wire; characters without figures, and overflowed networks, count as 0."""
    nats, rank, entropy = (np.nan_to_num(c, nan=0, posinf=0, neginf=0) for c in columns)
    return Figures(
        tuple(np.round(nats, 4).tolist()),
        tuple(rank.astype(np.int64).tolist()),
        tuple(np.round(entropy, 4).tolist()),
    )


class Run:
    """A generation under way.

    Args:
        request: what was asked.
        send: where events go.
        places: where its trail is kept.

    Raises:
        BadOption: a setting makes no sense.
    """

    _model: TextModel
    _outgoing: _Outgoing

    def __init__(self, request: Generate, send: Send, places: Places) -> None:
        self.id = request.run
        self.ended = False
        self.paused = False
        self._request, self._send, self._places = request, send, places
        self._settings, self._sampling = request.settings, checked(request.settings.sampling)
        self._credit = request.credit
        self._session: Session | None = None
        self._reading: SlicedReading | None = None
        self._trail: Trail | None = None  # from the first character on
        self._mood: Mood | None = None
        self._resumed = False
        self._begun = self._said = time.perf_counter()
        self._drawn = self._sent = self._frames = 0
        self._nats, self._judged = 0.0, 0
        self._size, self._pace, self._speed = FrameSize(), Pace(), Speed(self._begun)

    # ---- what the loop and the requests do to it ----

    def begin(self, model: TextModel) -> None:
        """Take the model: go to the place asked for, or begin to read the prompt.

        Raises:
            BadOption: the seed makes no sense.
        """
        self._model = model
        asked = self._request
        trail = self._places.find(asked.after.run) if asked.after else None
        if asked.after and trail and trail.model is model:
            self._session = trail.session_at(asked.after.position)
        self._resumed = self._session is not None
        if self._session is None:
            self._session = model.session(asked.seed, asked.stream)
        elif asked.seed is not None:
            self._session.reseed(asked.seed, asked.stream)
        text = asked.then if self._resumed else asked.prompt + asked.then
        self._reading = SlicedReading(self._session, model, text)
        self._outgoing = _Outgoing(model.folded(self._settings.stop))

    def steer(self, settings: Settings) -> None:
        """Take other settings from the next character on.

        Raises:
            BadOption: one makes no sense; the old ones then stay.
        """
        self._sampling = checked(settings.sampling)
        if settings.stop != self._settings.stop and self._reading:
            self._outgoing.turn(self._model.folded(settings.stop))
        self._settings = settings
        if self._trail:
            self._pace.turn(settings.pace, time.perf_counter(), self._drawn)

    @property
    def judge(self) -> str:
        """The model that is to judge what it writes; "" for none."""
        return self._settings.sentiment

    def judge_by(self, model: SentimentModel | None) -> None:
        """Say of each word from now on what a model thinks; None ends that.

        Raises:
            BadOption: the model has to read all anew after each word.
        """
        self._mood = None
        if model:
            begun = self._sent > 0  # then what came before is no longer here
            self._mood = Mood(model, "" if begun else self._request.prompt + self._request.then)

    def grant(self, frames: int) -> None:
        """Allow so many frames more."""
        self._credit = min(self._credit + frames, _MOST_CREDIT)

    def end(self, why: Why) -> None:
        """End it, and say so."""
        if not self.ended:
            self.ended = True
            if self._trail:
                self._places.add(self.id, self._trail)  # as the last one used
            seed = self._session.seed if self._session else None
            self._send(Finished(self.id, why, self._sent, seed))

    def due(self) -> float:
        """Return when it has something to do; infinity while only a message can tell."""
        if self.paused or self._reading is None:
            return math.inf
        if not self._reading.done or self._trail is None:
            return -math.inf
        return self._pace.due(self._drawn) if self._credit > 0 else math.inf

    def step(self, runs: int) -> None:
        """Do the next piece of work: read on, start, or write a frame.

        Args:
            runs: how many share the engine at the moment.
        """
        if self._reading is None or self._session is None:
            return
        if not self._reading.done:
            self._read(self._reading)
        elif self._trail is None:
            self._start(self._session, self._reading)
        elif self._left() <= 0:
            self.end("length")
        else:
            self._write(self._session, self._trail, runs)

    # ---- the pieces ----

    def _read(self, reading: SlicedReading) -> None:
        reading.step(1 / FRAMES_PER_SECOND)
        now = time.perf_counter()
        if now - self._said > _SAY_READING and not reading.done:
            self._said = now
            self._send(Reading(self.id, reading.read, reading.total))

    def _start(self, session: Session, reading: SlicedReading) -> None:
        self._trail = Trail(self._model, session)
        self._places.add(self.id, self._trail)
        now = time.perf_counter()
        self._speed = Speed(now)
        self._pace.turn(self._settings.pace, now, 0)
        self._send(Started(self.id, self._model.name, session.seed, self._resumed, reading.notes()))

    def _left(self) -> float:
        length = self._settings.length
        return math.inf if length is None else length - self._drawn

    def _write(self, session: Session, trail: Trail, runs: int) -> None:
        begun = time.perf_counter()
        settings, sampling, left = self._settings, self._sampling, self._left()
        count = int(min(self._size.count, self._pace.allowed(begun, self._drawn), left))
        text, figures = self._outgoing.draw(
            session, count, sampling, settings.figures, last=count == left
        )
        self._drawn += count
        self._sent += len(text)
        trail.advance(session, sampling, count)
        if text:
            self._send_frame(session, text, figures)
        if self._outgoing.stopped:
            self.end("stop")
        elif count == left:
            self.end("length")
        target = max(1 / FRAMES_PER_SECOND / runs, _SHORTEST_FRAME)
        self._size.took(time.perf_counter() - begun, count, target)

    def _send_frame(self, session: Session, text: str, figures: Figures | None) -> None:
        if figures:
            self._nats += sum(figures.nats)
            self._judged += len(text)
        most = self._settings.alternatives
        shown = most and self._sent == self._drawn  # else the session is beyond the text
        self._send(
            Frame(
                self.id,
                self._frames,
                text,
                self._sent,
                round(self._speed.at(time.perf_counter(), self._sent), 1),
                round(self._nats / self._judged, 4) if self._judged else None,
                figures,
                alternatives(self._model, session.distribution(self._sampling), most)
                if shown
                else (),
                self._mood.read(text, paced=self._settings.pace > 0) if self._mood else (),
            )
        )
        self._frames += 1
        self._credit -= 1
