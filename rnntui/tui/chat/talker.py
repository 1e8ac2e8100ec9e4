"""What the Chat mode does: one conversation, one engine, and every turn kept as it comes. Headless.

A reply is drawn whole and then shown at reading pace, so that "streaming" is the app's: it can be
stopped anywhere, and what was shown is what was said. Answering, regenerating and choosing another
candidate differ only in where the text of the turn comes from.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec

from rnntui.engine.chat_client import Manner
from rnntui.engine.client import Client, EngineError, draw_seed
from rnntui.engine.parts import Facts
from rnntui.engine.protocol import Replied
from rnntui.errors import RnntuiError
from rnntui.knobs import CHAT_KNOBS, Knobs
from rnntui.store.records import Author, Candidate, Conversation, Session, Turn
from rnntui.tui.archive import Archive
from rnntui.tui.chat.keeping import TalkKeeping
from rnntui.tui.chat.talk import Talk, as_said
from rnntui.tui.wire import to_settings

FRAME = 1 / 30
"""Seconds between two looks of a reply that is being shown."""


class View(Protocol):
    """What a talker needs of a screen."""

    def show_talk(self) -> None:
        """The branch, or something in it, is another."""

    def show_growth(self, turn: Turn) -> None:
        """The last turn grew."""

    def show_thinking(self, thinking: bool) -> None:
        """A reply is being drawn, or no longer."""

    def show_note(self, text: str) -> None:
        """There is something to say that is no problem."""

    def show_problem(self, what: str, fix: str) -> None:
        """Something failed; the conversation stays."""


@dataclass(eq=False)
class _Showing:
    """A reply that is coming in."""

    talk: Talk
    number: int
    """Of its turn."""
    whole: str
    over: bool = False


class Talker:
    """A conversation that goes on.

    Args:
        engine: where the models are.
        archive: where it is kept.
        view: what shows it.
    """

    def __init__(self, engine: Client, archive: Archive, view: View) -> None:
        self.engine, self.archive, self.view = engine, archive, view
        self.facts: Facts | None = None
        """The model that replies."""
        self.knobs = Knobs()
        self.judge = ""
        """The model that judges what is said; "" for none."""
        self.session: Session | None = None
        """What was opened, as it was then; None of a conversation that began here."""
        self._question: object | None = None
        self._showing: _Showing | None = None
        self._seed = draw_seed()
        self._drawn = 0
        self.talk = Talk()
        self.keeping = TalkKeeping(self.author)

    def begin(self, conversation: Conversation | None = None) -> None:
        """Begin a conversation, or go on with one that was kept."""
        self.stop()
        self.talk = Talk(conversation)
        self.session = conversation.session if conversation else None
        seed = self.session.author.seed if self.session else None
        self._drawn = len([turn for turn in self.talk.turns if turn.role == "model"])
        self._seed = draw_seed() if seed is None else seed
        author = self.session.author if self.session else self.author
        self.keeping = TalkKeeping(author, conversation)
        self.view.show_talk()

    @property
    def replying(self) -> bool:
        """Whether a reply is being drawn or shown."""
        return self._question is not None or self._showing is not None

    @property
    def seed(self) -> int:
        """What decides the replies: the knob's, else the conversation's."""
        knob = self.knobs.value("seed")
        return self._seed if knob is None else int(knob)

    @property
    def author(self) -> Author:
        """What talks, and how."""
        name, revision = (self.facts.name, self.facts.revision) if self.facts else ("", "")
        return Author(name, revision, self.seed, self.settings)

    @property
    def manner(self) -> Manner:
        """How the next reply is made."""
        sampling = to_settings(self.knobs, figures=False, alternatives=0).sampling
        candidates, relevance = (self.knobs.value(name) for name in CHAT_KNOBS)
        return Manner(sampling, int(candidates or 1), float(relevance or 0))

    @property
    def settings(self) -> dict[str, Any]:
        """The same as a turn keeps it."""
        manner = self.manner
        sampling = msgspec.structs.asdict(manner.sampling)
        return {**sampling, "candidates": manner.candidates, "relevance": manner.relevance}

    def take_model(self, facts: Facts) -> None:
        """Go on with a model."""
        self.facts = facts
        author = self.author
        if self.talk.active is None:
            self.keeping = TalkKeeping(author)
        else:
            self._keep(lambda store, keeping: keeping.adjust(store, author))

    # ---- speaking ----

    def say(self, text: str) -> Turn:
        """Add the person's turn to the branch; `reply` answers it.

        Raises:
            RnntuiError: no model is loaded, or nothing was said.
        """
        if self.facts is None:
            raise RnntuiError("no model is loaded", "choose one with Ctrl+O")
        if not text.strip():
            raise RnntuiError("the message is empty", "type something")
        self.stop()
        if not len(self.talk):
            self.keeping.author = self.author
        turn = self.talk.add("you", text)
        self._keep(lambda store, keeping: keeping.keep(store, turn))
        self.view.show_talk()
        return turn

    def edit(self, number: int, text: str) -> Turn:
        """Say something else where a turn was said: a branch of its own.

        Raises:
            RnntuiError: as `say`.
        """
        before, place = self.talk.active, self.talk.turn(number).parent
        self.stop()
        self.talk.rewind(place)
        try:
            return self.say(text)
        except RnntuiError:
            self.talk.rewind(before)
            raise

    async def reply(self) -> None:
        """Reply to the person's last turn; after a reply, reply again."""
        self.stop()
        asked = self.talk.asked
        if asked is None or self.facts is None:
            what = "nothing was said yet" if self.facts else "no model is loaded"
            self.view.show_problem(what, "type something" if self.facts else "Ctrl+O chooses one")
            return
        question = self._question = object()
        self.view.show_thinking(True)
        number, self._drawn = self._drawn, self._drawn + 1
        facts, settings = self.facts, self.settings
        try:
            replied = await self._draft(asked, number)
            if replied is None or self._question is not question:
                return
        finally:
            if self._question is question:
                self._question = None
                self.view.show_thinking(False)
        if replied.notes:
            self.view.show_note("; ".join(replied.notes))
        author = Author(facts.name, facts.revision, replied.seed, settings)
        await self._show(asked, _candidates(replied), author)

    async def _draft(self, asked: Turn, number: int) -> Replied | None:
        assert self.facts
        before = [turn.text for turn in self.talk.after(asked.id)]
        try:
            return await self.engine.talk.reply(
                self.facts.folder, as_said(self.talk.path_to(asked.id)), self.manner,
                seed=self.seed, number=number, avoid=before,
            )  # fmt: skip
        except EngineError as error:
            self.view.show_problem(error.what, error.fix)
            return None

    async def _show(self, asked: Turn, candidates: Sequence[Candidate], author: Author) -> None:
        """Let the best candidate come in at the knob's pace, and keep it as it comes."""
        whole = candidates[0].text
        self.talk.rewind(asked.id)
        turn = self.talk.add("model", "", author=author, candidates=candidates, finished=False)
        showing = self._showing = _Showing(self.talk, turn.id, whole)
        self._keep(lambda store, keeping: keeping.grow(store, turn))
        self.view.show_talk()
        try:
            shown, due = 0, len(whole) - len(whole.lstrip("\n")) + 1.0  # the first one at once
            last = time.perf_counter()
            while not showing.over and shown < len(whole):
                now = time.perf_counter()
                due, last = self._due(due, len(whole), now - last), now
                self._grow(showing, whole[shown : int(due)])
                shown = int(due)
                if shown < len(whole):
                    await asyncio.sleep(FRAME)
        finally:
            self._end(showing)
        await self.judge_turn(showing.talk, turn.id)

    def _due(self, due: float, most: int, seconds: float) -> float:
        """Return how much of a text is to be seen; the pace may have been turned meanwhile."""
        pace = float(self.knobs.value("pace") or 0)
        return min(due + seconds * pace, most) if pace else float(most)

    def _grow(self, showing: _Showing, text: str) -> None:
        grown = showing.talk.turn(showing.number).text + text
        turn = showing.talk.change(showing.number, text=grown)
        self._keep(lambda store, keeping: keeping.write(store, text))
        self.view.show_growth(turn)

    def _end(self, showing: _Showing) -> None:
        """End a reply where it is."""
        if showing.over:
            return
        showing.over, self._showing = True, None
        stopped = len(showing.talk.turn(showing.number).text) < len(showing.whole)
        turn = showing.talk.change(showing.number, stopped=stopped, finished=datetime.now(UTC))
        self._keep(lambda store, keeping: keeping.finish(store, turn))
        self.view.show_talk()

    def choose(self, number: int, candidate: int) -> Turn:
        """Put another candidate in the place of a reply, in a branch of its own; `judge_turn` it.

        Returns:
            It; where it was chosen before, as it stands in its branch.
        """
        self.stop()
        reply = self.talk.turn(number)
        text = reply.candidates[candidate].text
        for each in self.talk.siblings(number):
            if self.talk.turn(each).text == text:
                self.go_to(each)
                return self.talk.turn(each)
        self.talk.rewind(reply.parent)
        turn = self.talk.add(
            "model", text, author=reply.author, candidates=reply.candidates, finished=True
        )
        self._keep(lambda store, keeping: keeping.keep(store, turn))
        self.view.show_talk()
        return turn

    def go_to(self, number: int) -> None:
        """Follow the branch of a turn."""
        self.stop()
        self.talk.go_to(number)
        active = self.talk.active
        self._keep(lambda store, keeping: keeping.select(store, active))
        self.view.show_talk()

    def stop(self) -> bool:
        """End the reply; what was shown of it stays. Return whether there was one."""
        replying = self.replying
        if self._question is not None:
            self._question = None
            self.engine.talk.hush()
            self.view.show_thinking(False)
        if self._showing is not None:
            self._end(self._showing)
        return replying

    # ---- besides ----

    async def judge_turn(self, talk: Talk, number: int) -> None:
        """Find the sentiment of a turn, if there is a model that judges."""
        text = talk.turn(number).text
        if talk is not self.talk or not self.judge or not text.strip():
            return
        try:
            async for verdicts in self.engine.sentiment.judge_many(self.judge, [text]):
                score = verdicts[0].score if verdicts[0].known else None
        except EngineError:
            return  # a dead engine is told elsewhere; a message without a score is no problem
        if score is not None and talk is self.talk:
            talk.change(number, sentiment=score)
            self._keep(lambda store, keeping: keeping.judge(store, number, score))
            self.view.show_talk()

    def _keep(self, work: Any) -> None:
        keeping = self.keeping
        self.archive.tell(
            lambda store: work(store, keeping),
            lambda error: self.view.show_problem(error.what, error.fix),
        )


def _candidates(replied: Replied) -> tuple[Candidate, ...]:
    """Return candidates as the store has them."""
    return tuple(
        Candidate(
            one.text, one.score,
            {"here": one.here}
            | ({} if one.alone is None else {"alone": one.alone})
            | ({"dropped": DROPPED.index(one.dropped)} if one.dropped else {}),
        )
        for one in replied.candidates
    )  # fmt: skip


DROPPED = ("", "empty", "repeated", "said before", "crude")
"""Why a candidate was dropped; the store keeps its number here among the figures."""
