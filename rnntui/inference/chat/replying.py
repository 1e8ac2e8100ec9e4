"""Making one reply: draw candidates, cost them without their context, rank them.

In pieces of a few milliseconds, so that whoever waits can show that something happens, and stop it.
A reply is shown only once it is chosen: at 2x512 that takes about as long as two hundred steps of
one stream, less than a person takes to look up.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

import msgspec

from rnntui.checkpoints.config import Config
from rnntui.errors import BadOption
from rnntui.inference.chat.candidates import Drawing, Drawn
from rnntui.inference.chat.manner import Manner
from rnntui.inference.chat.ranking import Candidate, rank
from rnntui.inference.chat.reading import Moment, costs, read_on
from rnntui.inference.models import TextModel
from rnntui.inference.sampling import Sampling

MOST_CANDIDATES = 256
_ROUNDS = 3
"""How often it draws again when every candidate had to be dropped."""


@dataclass(frozen=True)
class ReplySettings:
    """How replies are made. Replaced as a whole, never changed.

    Raises:
        BadOption: a value makes no sense.
    """

    sampling: Sampling = field(default_factory=Sampling)
    candidates: int = 8
    """n: how many are drawn."""
    relevance: float = 0.5
    """Lambda: how much a reply's likelihood without the context counts against it."""
    longest: int = 300
    """Symbols after which a candidate is broken off."""

    def __post_init__(self) -> None:
        """Check every value."""
        if not 1 <= self.candidates <= MOST_CANDIDATES:
            raise BadOption(f"candidates is {self.candidates}", f"choose 1 to {MOST_CANDIDATES}")
        if not 0 <= self.relevance <= 1:
            raise BadOption(f"relevance is {self.relevance:g}", "choose 0 (off) to 1")
        if self.longest < 1:
            raise BadOption(f"longest is {self.longest}", "choose 1 or more")


def suggested_knobs(config: Config) -> dict[str, Any]:
    """Return what a model suggests for the knobs of a conversation, by their names."""
    found: dict[str, Any] = msgspec.structs.asdict(config.sampling)
    if config.chat is not None:
        found |= {"candidates": config.chat.candidates, "relevance": config.chat.relevance}
    return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True)
class Reply:
    """A reply, and what else it might have been."""

    text: str
    """Of the first candidate; "" where the model had nothing to say."""
    candidates: tuple[Candidate, ...]
    """From best to worst, those dropped at the end."""
    seed: int
    settings: ReplySettings


class Drafting:
    """The making of one reply, which may be left at any time.

    Args:
        model: any that writes.
        manner: how its conversations are written down.
        moment: after the person's last turn.
        before: what it must not repeat, each by its `essence`.
        settings: how.
        seed: decides every draw.
    """

    def __init__(
        self,
        model: TextModel,
        manner: Manner,
        moment: Moment,
        before: Set[str],
        settings: ReplySettings,
        seed: int,
    ) -> None:
        self._model, self._manner, self._before = model, manner, before
        self.settings, self.seed = settings, seed
        mark = model.vocabulary.encode(manner.before[1]).ids.tolist()
        self._moment = read_on(model.network, moment, mark)
        self._round = 0
        self._drawing = self._draw()
        self._reply: Reply | None = None

    def _draw(self) -> Drawing:
        end = tuple(self._model.vocabulary.encode(self._manner.after[1]).ids.tolist())
        return Drawing(
            self._model.network, self._model.vocabulary, self._moment, end,
            count=self.settings.candidates, seed=self.seed, sampling=self.settings.sampling,
            longest=self.settings.longest, first=self._round * self.settings.candidates,
            may_begin_blank=not self._manner.template,
        )  # fmt: skip

    @property
    def done(self) -> bool:
        """Whether the reply is there."""
        return self._reply is not None

    def advance(self, steps: int = 16) -> None:
        """Draw so many symbols more of each candidate; once they are whole, rank them."""
        if self._reply is not None:
            return
        self._drawing.advance(steps)
        if not self._drawing.done:
            return
        reply = self.so_far()
        self._round += 1
        if reply.candidates[0].dropped and self._round < _ROUNDS:
            self._drawing = self._draw()
        else:
            self._reply = reply

    def so_far(self) -> Reply:
        """Return the reply as it would be if no more were drawn."""
        candidates = self._ranked(self._drawing.drawn())
        return Reply(candidates[0].text, candidates, self.seed, self.settings)

    def _ranked(self, drawn: list[Drawn]) -> tuple[Candidate, ...]:
        alone = None
        if self.settings.relevance:
            nothing = read_on(
                self._model.network, None,
                self._model.vocabulary.encode(self._manner.alone).ids.tolist() or [0],
            )  # fmt: skip
            alone = costs(self._model.network, nothing, [one.symbols for one in drawn])
        return rank(drawn, alone, self.settings.relevance, self._before)

    def finish(self) -> Reply:
        """Draw to the end, and return the reply."""
        while self._reply is None:
            self.advance(64)
        return self._reply
