"""Sharing as the engine serves it: models described, removed, fetched from the Hub, sent there.

The Hub is asked on threads (`errands`), so that runs and pings wait for no network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from rnntui.checkpoints.config import Config
from rnntui.checkpoints.facts import about, card, facts
from rnntui.checkpoints.folder import WEIGHTS
from rnntui.checkpoints.hub.names import HubName, hub_name
from rnntui.checkpoints.hub.watch import Watch
from rnntui.checkpoints.library import Entry, entries
from rnntui.display import human_bytes, one_line
from rnntui.engine.errands import Errands
from rnntui.engine.pipes import Helper
from rnntui.engine.protocol import Request
from rnntui.engine.protocol.sharing import (
    Cancel,
    Cancelled,
    Describe,
    Described,
    Description,
    Fetch,
    Fetched,
    Moving,
    Offer,
    Pack,
    Packed,
    Push,
    Pushed,
    Remove,
    Removed,
    Search,
    Searched,
    Transfers,
)
from rnntui.engine.service import Service, Tools
from rnntui.engine.transfers import Packet, Under, pack, sent
from rnntui.errors import BadOption, CheckpointError, RnntuiError
from rnntui.runs import removing

_CARD = 20_000
"""Characters of a card that are sent: four times what ours have, and what a hostile one can cost
the app, whose parser of Markdown takes a second for the worst of that length, is bounded."""

_Answer = TypeVar("_Answer")


class Sharing(Service):
    """Answers what is asked about models as one has them and shares them."""

    takes: ClassVar[tuple[type[Request], ...]] = (
        Search, Describe, Fetch, Transfers, Cancel, Remove, Pack, Push,
    )  # fmt: skip

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._disk = Helper(tools.inbox)
        self._errands = Errands(tools.inbox)
        self._under = Under(self._errands)
        self._packed: tuple[int, Packet] | None = None

    def handle(self, request: Request) -> None:
        """Take a request."""
        match request:
            case Search():
                self._search(request)
            case Describe():
                self._describe(request)
            case Fetch():
                self._fetch(request)
            case Transfers():
                self.tools.send(Moving(request.request, self._under.shown()))
            case Cancel():
                self._under.cancel(request.model)
                self.tools.send(Cancelled(request.request))
            case Remove():
                self._remove(request)
            case Pack():
                self._pack(request)
            case Push():
                self._push(request)

    def _or_fail(
        self, request: int, then: Callable[[_Answer], None]
    ) -> Callable[[_Answer | Exception], None]:
        """Return what takes the end of some work: `then` its result, the app what went wrong."""

        def take(result: _Answer | Exception) -> None:
            if isinstance(result, Exception):
                self.tools.fail(result, request)
            else:
                then(result)

        return take

    # ---- looking ----

    def _search(self, request: Search) -> None:
        def found(offers: tuple[Offer, ...]) -> None:
            self.tools.send(Searched(request.request, offers))

        self._errands.newest(
            "search",
            lambda watch: _search(request.words, watch),
            self._or_fail(request.request, found),
            lambda: self.tools.send(Searched(request.request, None)),
        )

    def _describe(self, request: Describe) -> None:
        def told(description: Description) -> None:
            self.tools.send(Described(request.request, description))

        then = self._or_fail(request.request, told)
        if request.folder:
            self._disk.submit(lambda: _here(_entry(request.model, request.folder)), then)
            return
        name = _name(request.model)
        self._errands.newest(
            "describe",
            lambda watch: _there(name, watch),
            then,
            lambda: self.tools.send(Described(request.request, None)),
        )

    # ---- from the Hub, and there ----

    def _fetch(self, request: Fetch) -> None:
        def came(folder: str | Exception | None) -> None:
            if isinstance(folder, Exception):
                self.tools.fail(folder, request.request)
            else:
                self.tools.send(Fetched(request.request, folder))

        self._under.fetch(_name(request.model), came)

    def _pack(self, request: Pack) -> None:
        name = _name(request.repository)

        def packed(packet: Packet) -> None:
            self._packed = request.request, packet
            target = packet.target
            answer = Packed(request.request, packet.lines, packet.address, target.private)
            self.tools.send(answer)

        def work() -> Packet:
            folder = _entry(request.model, request.folder).folder
            return pack(folder, name, request)

        self._errands.begin(work, self._or_fail(request.request, packed))

    def _push(self, request: Push) -> None:
        if self._packed is None or self._packed[0] != request.pack:
            raise BadOption("what was packed is no longer here", "look at it again, then push")
        packet = self._packed[1]

        def gone(commit: str | Exception | None) -> None:
            if isinstance(commit, Exception):
                self.tools.fail(commit, request.request)
            else:
                self.tools.send(Pushed(request.request, packet.address, commit))

        self._under.push(packet.target.name, sent(packet), packet.weight, gone)

    # ---- the disk ----

    def _remove(self, request: Remove) -> None:
        def work() -> Removed:
            goes = removing.removal(_entry(request.model, request.folder))
            freed = removing.remove(goes) if request.really else None
            return Removed(request.request, goes.what, freed)

        def done(answer: Removed) -> None:
            if request.really:
                self.tools.host.drop(request.folder)
            self.tools.send(answer)

        self._disk.submit(work, self._or_fail(request.request, done))


def _name(model: str) -> HubName:
    name = hub_name(model.strip())
    if name is None:
        raise BadOption(f"{model!r:.80} is no name on the Hub", "write owner/name")
    return name


def _entry(model: str, folder: str) -> Entry:
    """Return a model of the library by its name and folder: neither alone need be its own.

    Raises:
        CheckpointError: there is none. What is named here may be removed, so nothing is guessed.
    """
    for entry in entries():
        if entry.name == model and str(entry.folder) == folder:
            return entry
    raise CheckpointError(f"{one_line(model)} is no longer here", "look at the list again")


def _search(words: str, watch: Watch) -> tuple[Offer, ...]:
    from rnntui.checkpoints.hub.search import search

    return tuple(
        Offer(
            str(found.name), found.task, found.downloads, found.likes,
            f"{found.updated:%Y-%m-%d}" if found.updated else "",
            found.gated, found.private, found.here,
        )
        for found in search(words, watch=watch)
    )  # fmt: skip


def _here(entry: Entry) -> Description:
    """Describe a model that is here; a card that cannot be read is a problem, not an end."""
    try:
        text, problem = card(entry.folder), entry.problem
    except (RnntuiError, OSError) as error:
        text, problem = "", entry.problem or f"its card cannot be read: {error}"
    return _description(facts(entry), entry.config, text, problem)


def _there(name: HubName, watch: Watch) -> Description:
    """Describe a model that the Hub has."""
    from rnntui.checkpoints.hub.preview import preview

    found = preview(name, watch)
    plan = found.plan
    weights = next((file.size for file in plan.files if file.name == WEIGHTS), 0)
    told = {
        "from": f"the Hub, {plan.name.repo}",
        "revision": plan.name.revision or "the default branch",
        "commit": plan.commit,
        "licence": plan.licence or "none named",
        "to fetch": human_bytes(plan.bytes),
    }
    return _description(told | about(found.config, weights), found.config, found.card, "")


def _description(
    told: dict[str, str], config: Config | None, text: str, problem: str
) -> Description:
    shown = (
        text
        if len(text) <= _CARD
        else text[:_CARD] + "\n\n(The rest of its README.md is not shown.)"
    )
    return Description(
        tuple(told.items()),
        shown,
        config.metrics if config else {},
        config.task if config else "?",
        bool(config and config.chat),
        problem,
    )
