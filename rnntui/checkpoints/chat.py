"""How a model that was trained on dialogues reads and writes them: `chat` of `config.json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

Mark = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Chat(msgspec.Struct, frozen=True):
    """A template of dialogues, and which dialogues were learned.

    A turn is its speaker's mark, what is said (without a newline), and the mark of its end. The
    first speaker, whom the person in front of the program plays, and the second take turns.
    """

    speakers: tuple[Mark, Mark] = (">", "<")
    """What a turn begins with: of the first speaker, and of the second."""
    end_of_turn: Mark = "\n"
    """What ends a turn; it never occurs inside one."""
    end_of_dialogue: Annotated[str, msgspec.Meta(max_length=64)] = "\n"
    """What follows the last turn."""
    split: tuple[float, float, float] = (0.85, 0.05, 0.1)
    """Shares of training, validation and test part by which a dialogue's hash assigns it one."""
    candidates: int | None = None
    """How many candidates for a reply were found good for this model; None for no opinion."""
    relevance: float | None = None
    """Likewise, how much it counts against a reply that it would fit anywhere."""
    sources: Mapping[str, str] = {}
    """Name and SHA-256 of each corpus of dialogues, before cleaning."""

    def turn(self, speaker: int, text: str) -> str:
        """Return one turn; `speaker` is 0 or 1."""
        return f"{self.speakers[speaker]}{text}{self.end_of_turn}"

    def dialogue(self, utterances: Sequence[str]) -> str:
        """Return a whole dialogue, the first speaker beginning."""
        turns = (self.turn(number % 2, text) for number, text in enumerate(utterances))
        return "".join(turns) + self.end_of_dialogue

    @property
    def opening(self) -> str:
        """What stands before a dialogue in the text that was learned: the end of another."""
        return self.end_of_turn + self.end_of_dialogue

    @property
    def marks(self) -> str:
        """Every character of the template, which a model's vocabulary has to have."""
        return "".join(self.speakers) + self.end_of_turn + self.end_of_dialogue
