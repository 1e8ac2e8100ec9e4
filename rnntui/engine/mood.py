"""The score of a text that a run writes, word by word: what the Sentiment meter shows.

A text without end has no score that still moves: each word would weigh less than the one before.
So it is that of the last words, read anew from some way back now and then, and memory is bounded.
"""

from __future__ import annotations

import re
import time

import numpy as np

from rnntui.data.tokens import tokens
from rnntui.inference.running import RunningScore
from rnntui.inference.sentiment import SentimentModel

STRETCH, KEPT = 250, 50
"""Words read before beginning anew, and the words that are begun with."""
_OF_WORK, _OF_TIME = 0.03, 0.03
"""What reading may take: at full speed of the engine's own work, at a pace of the time that passes.
At reading pace that is enough for every word. At full speed a frame brings 30, and the last few of
them are read: all would cost a sixth of the speed."""
_SAVED = 0.004
"""Seconds of it that are kept for later."""
_LONGEST = 80
"""Characters without a space that count as ended."""

_ENDED = re.compile(r".*\s", re.DOTALL)


class Mood:
    """What a model thinks of a text as it grows.

    Args:
        model: of one direction.
        before: the text that is gone on with.

    Raises:
        BadOption: the model has to read all anew after each word.
    """

    def __init__(self, model: SentimentModel, before: str) -> None:
        self._model = model
        self._running = RunningScore(model)
        self._stretch = min(STRETCH, model.window)
        self._rest = ""
        """The word that has not ended."""
        self._ids: list[int] = self._words(before[-8 * KEPT :])[-KEPT:]
        self._allowed, self._cost = _SAVED, 0.0
        self._work, self._time = time.thread_time(), time.perf_counter()

    def read(self, text: str, *, paced: bool) -> tuple[float, ...]:
        """Take what was written.

        Args:
            text: since the last call.
            paced: whether the run waits for its pace, so that there is time.

        Returns:
            The probability of positive after each of its words, or after the last ones where
            reading all would take too long; rounded.
        """
        self._allow(paced)
        words = self._words(text)
        count = int(max(0.0, self._allowed) / self._cost) if self._cost else 1
        words = words[max(0, len(words) - count) :]
        begun = time.thread_time()
        scores = tuple(round(self._after(word), 4) for word in words)
        if words:
            took = time.thread_time() - begun
            self._allowed -= took
            each = took / len(words)
            self._cost = 0.8 * self._cost + 0.2 * each if self._cost else each
        return scores

    def _allow(self, paced: bool) -> None:
        work, now = time.thread_time(), time.perf_counter()
        share = _OF_TIME * (now - self._time) if paced else _OF_WORK * (work - self._work)
        self._allowed = min(_SAVED, self._allowed + share)
        self._work, self._time = work, now

    def _words(self, text: str) -> list[int]:
        """The words that have ended."""
        text = self._rest + text
        ended = _ENDED.match(text)
        cut = ended.end() if ended else 0
        if len(text) - cut > _LONGEST:
            cut = len(text)
        self._rest = text[cut:]
        ids: list[int] = self._model.words.encode(w for w, _, _ in tokens(text[:cut])).tolist()
        return ids

    def _after(self, word: int) -> float:
        if len(self._ids) >= self._stretch:
            self._ids = self._ids[-min(KEPT, self._stretch - 1) :] if self._stretch > 1 else []
            self._running = RunningScore(self._model)
        self._ids.append(word)
        return self._running.update_words(np.array(self._ids, np.int32))
