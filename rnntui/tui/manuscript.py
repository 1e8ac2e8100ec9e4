"""The text of the Write mode as a list of passages: what was typed, what was written, and by what.

Headless. It knows how to go back: each written passage remembers the run and the place in it, which
the engine can return to exactly. The widgets show what this says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from rnntui.engine.parts import Place, Settings

_JOINED = 1000
"""Pieces that are joined at the latest: a text of 100 MB would be copied forty times a second
otherwise."""

Kind = Literal["prompt", "written"]


@dataclass(frozen=True)
class Passage:
    """A piece of the text."""

    kind: Kind
    text: str
    fresh: bool = False
    """A prompt that begins a text of its own: nothing before it was read."""
    model: str = ""
    """What wrote it."""
    run: int | None = None
    """The engine's run that wrote it; None for prompts, and when that engine is gone."""
    begins: int = 0
    """Position in the run at which the passage begins."""
    seed: int | None = None
    settings: tuple[tuple[int, Settings], ...] = ()
    """Settings by the position in the passage from which they held; more than one when a knob was
    turned in between."""

    @property
    def end(self) -> Place | None:
        """Where in the run the passage ends."""
        return Place(self.run, self.begins + len(self.text)) if self.run is not None else None

    @property
    def begin(self) -> Place | None:
        """Where in the run the passage begins."""
        return Place(self.run, self.begins) if self.run is not None else None

    @property
    def steered(self) -> bool:
        """Whether a knob was turned while it was written, so that no one setting gives the text."""
        return len({settings.sampling for _, settings in self.settings}) > 1


class Manuscript:
    """The passages in order.

    The last one grows forty times a second, for days if it is let: what it grew by is joined to it
    when somebody looks, and now and then.
    """

    def __init__(self, passages: Iterable[Passage] = ()) -> None:
        self._passages = list(passages)
        self._grown: list[str] = []
        self._length = sum(len(passage.text) for passage in self._passages)

    @property
    def passages(self) -> list[Passage]:
        """All passages, as they are now."""
        if self._grown:
            last = self._passages[-1]
            self._passages[-1] = replace(last, text="".join([last.text, *self._grown]))
            self._grown.clear()
        return self._passages

    @property
    def run(self) -> int | None:
        """The run that wrote the last passage; None where none did."""
        return self._passages[-1].run if self._passages else None

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(passage.text for passage in self.passages)

    @property
    def characters(self) -> int:
        """Its length."""
        return self._length

    @property
    def written(self) -> Passage | None:
        """The last passage, if the network wrote it."""
        last = self.passages[-1] if self.passages else None
        return last if last and last.kind == "written" else None

    @property
    def end(self) -> Place | None:
        """A place of the engine where the text ends, if it ends in what a run wrote."""
        return self.written.end if self.written else None

    @property
    def current(self) -> list[Passage]:
        """The passages of the newest text: from the last fresh prompt on."""
        begins = [i for i, passage in enumerate(self.passages) if passage.fresh]
        return self.passages[begins[-1] if begins else 0 :]

    def tail(self, characters: int) -> str:
        """The last so many characters of the newest text, for a model that has to read them."""
        return "".join(passage.text for passage in self.current)[-characters:]

    def add(self, passage: Passage) -> None:
        """Append a passage."""
        self.passages.append(passage)
        self._length += len(passage.text)

    def write(self, text: str) -> None:
        """Append to the last passage what its run wrote."""
        self._grown.append(text)
        self._length += len(text)
        if len(self._grown) >= _JOINED:
            _ = self.passages

    def steer(self, settings: Settings) -> None:
        """Note that the last passage goes on under other settings.

        Not where they draw the same characters: a pace or a panel leaves the text as it is.
        """
        last = self.passages[-1]
        if last.settings and last.settings[-1][1].sampling == settings.sampling:
            return
        self.passages[-1] = replace(last, settings=(*last.settings, (len(last.text), settings)))

    def take_back(self) -> Passage | None:
        """Remove the last passage and return it; None when there is none."""
        taken = self.passages.pop() if self.passages else None
        self._length -= len(taken.text) if taken else 0
        return taken

    def rewind(self, characters: int) -> int:
        """Remove up to so many characters from the last passage, if it was written.

        Returns:
            How many were removed.
        """
        last = self.written
        if last is None:
            return 0
        removed = min(characters, len(last.text))
        self._length -= removed
        if removed == len(last.text):
            self.passages.pop()
        else:
            text = last.text[: len(last.text) - removed]
            held = tuple(pair for pair in last.settings if pair[0] < len(text))
            self.passages[-1] = replace(last, text=text, settings=held)
        return removed

    def forget_runs(self) -> None:
        """The engine is gone, and the places it knew: what comes next has to be read anew."""
        self._passages = [replace(passage, run=None) for passage in self.passages]
