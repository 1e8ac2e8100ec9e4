"""Talking as the engine serves it: the branch is read, candidates are drawn, and ranked.

It is done on a thread of its own, a few symbols between two looks whether the reply is still
wanted, so that runs and pings wait for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rnntui.engine.pipes import Helper
from rnntui.engine.protocol import Candidate, Hush, Replied, Reply, Request, Said
from rnntui.engine.run import checked
from rnntui.engine.service import Service, Tools
from rnntui.errors import BadOption
from rnntui.inference.chat.conversation import Conversation, reply_seed
from rnntui.inference.chat.manner import Heard, NothingToRead
from rnntui.inference.chat.ranking import essences
from rnntui.inference.chat.replying import Drafting, ReplySettings
from rnntui.inference.loading import Model
from rnntui.inference.models import TextModel

MOST_TURNS = 2_000
"""Turns whose states are kept, 8 kB each at 2x512; beyond, all is read anew."""

Wanted = Callable[[], bool]


class Talking(Service):
    """Answers the newest `reply`."""

    takes: ClassVar[tuple[type[Request], ...]] = (Reply, Hush)

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._thread = Helper(tools.inbox)
        self._listener = _Listener()
        self._asked: Reply | None = None

    def forget(self, model: Model) -> None:
        """Let go of a model."""
        self._thread.submit(lambda: self._listener.forget(model), lambda _: None)

    def handle(self, request: Request) -> None:
        """Take a request."""
        match request:
            case Reply():
                self._reply(request)
            case Hush():
                if self._asked and self._asked.request == request.reply:
                    self._give_up()

    def _give_up(self) -> None:
        if self._asked:
            self.tools.send(Replied(self._asked.request, ()))
            self._asked = None

    def _reply(self, request: Reply) -> None:
        if not request.turns or request.turns[-1].role != "you":
            raise BadOption("there is nothing to reply to", "say something first")
        settings = ReplySettings(
            checked(request.sampling), candidates=request.candidates, relevance=request.relevance
        )
        self._give_up()
        self._asked = request

        def wanted() -> bool:
            return self._asked is request

        def answer(result: Replied | Exception | None) -> None:
            if not wanted():
                return
            self._asked = None
            if isinstance(result, Replied):
                self.tools.send(result)
            elif result is not None:
                self.tools.fail(result, request.request)

        def then(result: TextModel | Exception) -> None:
            if isinstance(result, TextModel):
                self.tools.yield_to_the_screen()
                reply = self._listener.reply
                self._thread.submit(lambda: reply(result, request, settings, wanted), answer)
            else:
                answer(result)

        self.tools.host.want(request.model, TextModel, then)


class _Listener:
    """Remembers what one model was told, branch by branch; lives on the thread."""

    def __init__(self) -> None:
        self._conversation: Conversation | None = None
        self._known: dict[tuple[int, Said], int] = {}  # the turn before, and what was said then

    def forget(self, model: Model) -> None:
        """Let go of a model."""
        if self._conversation and self._conversation.model is model:
            self._conversation = None
            self._known.clear()

    def reply(
        self, model: TextModel, request: Reply, settings: ReplySettings, wanted: Wanted
    ) -> Replied | None:
        """Reply to the last turn; None when that is no longer wanted.

        Raises:
            NothingToRead: the model knows nothing of it.
        """
        conversation = self._with(model)
        *before, asked = request.turns
        place = 0
        for turn in before:
            if not wanted():
                return None
            try:
                place, _ = self._after(conversation, place, turn)
            except NothingToRead:
                continue  # said to another model, say: this one heard nothing
            conversation.moment(place)
        place, heard = self._after(conversation, place, asked)
        said = [turn.text for turn in before if turn.role == "model"]
        seed = reply_seed(request.seed, request.number)
        drafting = Drafting(
            model, conversation.manner, conversation.moment(place),
            essences([*said, *request.avoid]), settings, seed,
        )  # fmt: skip
        while wanted() and not drafting.done:
            drafting.advance()
        if not wanted():
            return None
        return Replied(request.request, _candidates(drafting), seed, heard.notes)

    def _with(self, model: TextModel) -> Conversation:
        known = self._conversation
        if known is None or known.model is not model or len(known) > MOST_TURNS:
            known = self._conversation = Conversation(model, 0)
            self._known.clear()
        return known

    def _after(self, conversation: Conversation, place: int, said: Said) -> tuple[int, Heard]:
        """Return which turn it is when that is said after another, and how it was heard."""
        heard = Heard(said.text)
        if said.role == "you":
            heard = conversation.manner.hear(said.text, conversation.model.vocabulary)
        key = place, said
        if key not in self._known:
            conversation.rewind(place)
            self._known[key] = conversation.add(said.role, heard.text).id
        return self._known[key], heard


def _candidates(drafting: Drafting) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            one.text, round(one.score, 6), round(one.nats, 6),
            None if one.alone is None else round(one.alone, 6), one.dropped,
        )
        for one in drafting.finish().candidates
    )  # fmt: skip
