"""A conversation as a tree of turns, and the state of the network after each of them.

Editing or regenerating never loses anything: it grows another branch, and the earlier ones stay
reachable. A turn's state follows from the texts on the way to it alone, read one after another by
one stream, so going back is exact, and a conversation that was saved can be gone on with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnntui.errors import RnntuiError
from rnntui.inference.chat.manner import Heard, Manner
from rnntui.inference.chat.ranking import essences
from rnntui.inference.chat.reading import Moment, read_on
from rnntui.inference.chat.replying import Drafting, Reply, ReplySettings
from rnntui.inference.models import TextModel, draw_seed

Role = Literal["you", "model"]


class NoSuchTurn(RnntuiError):
    """Something was to be done with a turn that is not there, or is the other's."""


@dataclass(frozen=True)
class Turn:
    """One turn of a branch."""

    id: int
    """Unique in the conversation, in the order of making; from 1."""
    parent: int
    """The turn before it; 0 for the beginning."""
    role: Role
    text: str
    reply: Reply | None = None
    """How it came about, of the model's turns; None of one that was brought from elsewhere."""


def reply_seed(seed: int, number: int) -> int:
    """Return the seed of a conversation's reply.

    Args:
        seed: the conversation's.
        number: how many replies it had before.
    """
    sequence = np.random.SeedSequence(seed, spawn_key=(number,))
    return int(sequence.generate_state(1)[0] >> 1)


class Conversation:
    """A conversation with a model.

    Args:
        model: any that writes.
        seed: decides every reply, together with their number; drawn when None.
    """

    def __init__(self, model: TextModel, seed: int | None = None) -> None:
        self.model = model
        self.manner = Manner.of(model.config.chat)
        self._turns: dict[int, Turn] = {}
        self._moments: dict[int, Moment] = {}
        self._latest: dict[int, int] = {}
        """By turn: the one after it that was last gone to."""
        self.active = 0
        """The last turn of the branch that is being spoken; 0 at the beginning."""
        self.reseed(draw_seed() if seed is None else seed)

    def reseed(self, seed: int) -> None:
        """Let replies from here on follow from another seed."""
        self.seed, self._replies = seed, 0

    def next_seed(self) -> int:
        """Return the seed of the next reply: a function of the seed and of how many there were."""
        self._replies += 1
        return reply_seed(self.seed, self._replies - 1)

    # ---- what was said ----

    def __len__(self) -> int:
        """Return how many turns there are, in all branches; the newest one's id."""
        return len(self._turns)

    def turn(self, number: int) -> Turn:
        """Return a turn by its id.

        Raises:
            NoSuchTurn: there is none.
        """
        if number not in self._turns:
            raise NoSuchTurn(f"there is no turn {number}", "choose one of this conversation")
        return self._turns[number]

    def path(self, number: int | None = None) -> tuple[Turn, ...]:
        """Return the turns from the beginning to one of them, by default to the active one."""
        turns = []
        at = self.active if number is None else number
        while at:
            turns.append(self.turn(at))
            at = turns[-1].parent
        return tuple(reversed(turns))

    def after(self, number: int) -> tuple[Turn, ...]:
        """Return the turns that follow a turn in any branch, the oldest first; 0 for the first."""
        return tuple(turn for turn in self._turns.values() if turn.parent == number)

    def siblings(self, number: int) -> tuple[Turn, ...]:
        """Return what stands, in any branch, where a turn stands; itself among them."""
        return self.after(self.turn(number).parent)

    def go_to(self, number: int) -> None:
        """Speak on in the branch of a turn, from where it was last left.

        Raises:
            NoSuchTurn: there is none.
        """
        for turn in self.path(number):
            self._latest[turn.parent] = turn.id
        while number in self._latest:
            number = self._latest[number]
        self.active = number

    def rewind(self, number: int) -> None:
        """Speak on from right after a turn, whatever followed it; 0 for the beginning."""
        if number:
            self.turn(number)
        self.active = number

    # ---- speaking ----

    def say(self, text: str) -> Heard:
        """Take the person's next turn.

        Raises:
            NothingToRead: it is empty, or nothing of it is known to the model.
        """
        heard = self.manner.hear(text, self.model.vocabulary)
        self.add("you", heard.text)
        return heard

    def edit(self, number: int, text: str) -> Heard:
        """Say something else where the person said a turn: a new branch, which becomes active.

        Raises:
            NoSuchTurn: there is none, or it is the model's.
            NothingToRead: as `say`.
        """
        turn = self.turn(number)
        if turn.role != "you":
            raise NoSuchTurn(f"turn {number} is the model's", "edit one of yours")
        heard = self.manner.hear(text, self.model.vocabulary)
        self.rewind(turn.parent)
        self.add("you", heard.text)
        return heard

    def add(self, role: Role, text: str, reply: Reply | None = None) -> Turn:
        """Append a turn to the active branch as it is, as when a saved conversation is read."""
        turn = Turn(len(self._turns) + 1, self.active, role, text, reply)
        self._turns[turn.id] = turn
        self._latest[turn.parent] = turn.id
        self.active = turn.id
        return turn

    # ---- replies ----

    def draft(self, settings: ReplySettings, seed: int | None = None) -> Drafting:
        """Begin a reply to the person's last turn; `answer` takes it once it is made.

        After a reply it is another one to the same turn.

        Args:
            settings: how.
            seed: the reply's own; None takes the conversation's next.

        Raises:
            NoSuchTurn: nothing was said yet.
        """
        asked = self._asked()
        # A later reply to the same turn must not be the same again, so those count as said too.
        before = [t.text for t in self.path(asked) if t.role == "model"]
        before += [t.text for t in self.after(asked)]
        seed = self.next_seed() if seed is None else seed
        return Drafting(
            self.model, self.manner, self.moment(asked), essences(before), settings, seed
        )

    def answer(self, reply: Reply, text: str | None = None) -> Turn:
        """Take a reply to the person's last turn as the model's turn.

        Args:
            reply: as it was drafted.
            text: another of its candidates, or as much of it as was let through; None for all of
                the best.
        """
        self.rewind(self._asked())
        return self.add("model", reply.text if text is None else text, reply)

    def reply(self, settings: ReplySettings, seed: int | None = None) -> Turn:
        """Reply to the person's last turn; after a reply, reply again."""
        return self.answer(self.draft(settings, seed).finish())

    def choose(self, chosen: int) -> Turn:
        """Put another candidate in place of the last reply, in a branch of its own.

        Raises:
            NoSuchTurn: there is no reply, or it has no such candidate.
        """
        last = self.path()[-1] if self.active else None
        if last is None or last.reply is None:
            raise NoSuchTurn("there is no reply to choose another for", "say something first")
        if not 0 <= chosen < len(last.reply.candidates):
            count = len(last.reply.candidates)
            raise NoSuchTurn(f"there is no candidate {chosen + 1}", f"choose 1 to {count}")
        text = last.reply.candidates[chosen].text
        for turn in self.siblings(last.id):
            if turn.text == text:
                self.go_to(turn.id)
                return turn
        return self.answer(last.reply, text)

    def _asked(self) -> int:
        """The person's turn that a reply now would answer."""
        for turn in reversed(self.path()):
            if turn.role == "you":
                return turn.id
        raise NoSuchTurn("nothing was said yet", "say something first")

    # ---- states ----

    def moment(self, number: int) -> Moment:
        """Return the network's state after a turn; what is not known yet is read."""
        known = number
        unread: list[Turn] = []
        while known and known not in self._moments:
            unread.append(self.turn(known))
            known = unread[-1].parent
        moment = self._moments[known] if known else self._begin()
        for turn in reversed(unread):
            moment = read_on(self.model.network, moment, list(self._symbols(turn)))
            self._moments[turn.id] = moment
        return moment

    def _begin(self) -> Moment:
        if 0 not in self._moments:
            opening = self.model.vocabulary.encode(self.manner.opening).ids.tolist()
            # A model without a newline begins with its first symbol, whichever that is.
            self._moments[0] = read_on(self.model.network, None, opening or [0])
        return self._moments[0]

    def _symbols(self, turn: Turn) -> Iterator[int]:
        speaker = 0 if turn.role == "you" else 1
        yield from self.manner.turn(speaker, turn.text, self.model.vocabulary).ids.tolist()
