"""How a conversation is written down for a model: by its template, or as text that goes on.

Any text model can be talked with. One that learned dialogues gets the marks it knows; any other
reads what is typed and continues it to the end of the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from rnntui.checkpoints.chat import Chat
from rnntui.data.vocabulary import Encoded, Vocabulary, explain
from rnntui.errors import RnntuiError

LONGEST_MESSAGE = 2_000
"""Characters of a message that are read, its last ones: three times the longest utterance of the
dialogues that chat-lstm learned, and a third of a second's work."""


class NothingToRead(RnntuiError):
    """A message in which there is nothing for the model."""


@dataclass(frozen=True)
class Heard:
    """A message as the model will read it."""

    text: str
    notes: tuple[str, ...] = ()
    """What had to be changed, as sentences."""


@dataclass(frozen=True)
class Manner:
    """What stands around what is said."""

    opening: str
    """Before the first turn."""
    before: tuple[str, str]
    """Before what the person says, and before what the model says."""
    after: tuple[str, str]
    """After it. The model's ends its turn; until then it is still speaking."""
    template: bool
    """Whether the model learned dialogues; otherwise it continues the person's text."""

    @classmethod
    def of(cls, chat: Chat | None) -> Self:
        """Return the manner of a model with this template, or with none."""
        if chat is None:
            return cls("\n", ("", ""), ("", "\n"), template=False)
        return cls(chat.opening, chat.speakers, (chat.end_of_turn,) * 2, template=True)

    @property
    def alone(self) -> str:
        """What stands before a reply that is read without its context."""
        return self.opening + self.before[1]

    def hear(self, text: str, vocabulary: Vocabulary) -> Heard:
        """Return a message as the model will read it.

        A newline would end the turn in most templates, so there white space becomes one space.

        Raises:
            NothingToRead: it is empty, or the model knows none of its characters.
        """
        notes = []
        said = " ".join(text.split()) if self.template else text.rstrip("\n")
        for mark in {self.after[0], self.after[1]} if self.template else ():
            said = said.replace(mark, " ")
        if not said.strip():
            raise NothingToRead("the message is empty", "type something")
        if len(said) > LONGEST_MESSAGE:
            notes.append(
                f"the message has {len(said):,} characters; its last {LONGEST_MESSAGE:,} are read"
            )
            said = said[-LONGEST_MESSAGE:].lstrip()
        read = vocabulary.encode(said)
        notes += explain(read, "message")
        if not vocabulary.decode(read.ids).strip():
            raise NothingToRead(
                "the model knows none of the message's characters", "say it in its language"
            )
        return Heard(said, tuple(notes))

    def turn(self, speaker: int, text: str, vocabulary: Vocabulary) -> Encoded:
        """Return a whole turn as symbols; `speaker` is 0 for the person, 1 for the model."""
        return vocabulary.encode(self.before[speaker] + text + self.after[speaker])
