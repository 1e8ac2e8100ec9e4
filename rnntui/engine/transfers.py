"""Models under way between the Hub and here: how far each is, and what ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rnntui.checkpoints.folder import CARD, WEIGHTS
from rnntui.checkpoints.hub.meter import Progress
from rnntui.checkpoints.hub.names import HubName
from rnntui.checkpoints.hub.watch import Watch
from rnntui.engine.errands import Errands
from rnntui.engine.protocol.sharing import Pack, Transfer
from rnntui.errors import BadOption

if TYPE_CHECKING:
    from rnntui.checkpoints.hub.parcel import Parcel
    from rnntui.checkpoints.hub.push import Target

_LICENCE_BY = "the form has a field for it"

Work = Callable[["_Way"], str]
End = Callable[[str | Exception | None], None]
"""Told the result, what went wrong, or None where it was cancelled."""


@dataclass
class _Way:
    """One transfer. Its thread writes the figures, the loop reads them: none needs another."""

    name: HubName
    way: Literal["fetch", "push"]
    watch: Watch = field(default_factory=Watch)
    done: int = 0
    total: int = 0
    speed: float = 0.0
    said: str = ""

    def progress(self, now: Progress) -> None:
        """Take how far a fetch is."""
        self.done, self.total, self.speed, self.said = now.done, now.total, now.speed, ""

    def sent(self, count: int) -> None:
        """Take how far a push is; ends it where it was cancelled."""
        self.watch.check()
        self.done, self.said = count, ""

    def say(self, line: str) -> None:
        """Take what is waited for."""
        self.said = line


class Under:
    """The transfers that go on, one for each name and any number at once.

    Args:
        errands: do them.
    """

    def __init__(self, errands: Errands) -> None:
        self._errands = errands
        self._ways: dict[str, tuple[_Way, End]] = {}  # by the model's name

    def shown(self) -> tuple[Transfer, ...]:
        """Return how far each is."""
        return tuple(
            Transfer(name, each.way, max(0, each.done), each.total, each.speed, each.said)
            for name, (each, _) in self._ways.items()
        )

    def fetch(self, name: HubName, then: End) -> None:
        """Fetch a model; `then` gets its folder.

        Raises:
            BadOption: it is under way already.
        """
        self._begin(_Way(name, "fetch"), _fetched, then)

    def push(self, name: HubName, work: Work, total: int, then: End) -> None:
        """Send a model; `then` gets the commit.

        Raises:
            BadOption: something is under way there already.
        """
        self._begin(_Way(name, "push", total=total), work, then)

    def cancel(self, model: str) -> None:
        """End a transfer; a push only tells its end once it is known."""
        if model in self._ways:
            way, then = self._ways[model]
            way.watch.cancel.set()
            if way.way == "fetch":
                del self._ways[model]
                then(None)

    def _begin(self, way: _Way, work: Work, then: End) -> None:
        model = str(way.name)
        if model in self._ways:
            raise BadOption(f"{model} is under way already", "wait for it, or cancel it")
        way.watch.say = way.say
        self._ways[model] = way, then

        def ended(result: str | Exception) -> None:
            if self._ways.get(model, (None,))[0] is not way:
                return
            del self._ways[model]
            stopped = isinstance(result, Exception) and way.watch.cancel.is_set()
            then(None if stopped else result)

        self._errands.begin(lambda: work(way), ended)


def _fetched(way: _Way) -> str:
    from rnntui.checkpoints.hub.pull import pull

    way.say("asking the Hub")
    return pull(way.name, progress=way.progress, watch=way.watch).folder


@dataclass(frozen=True)
class Packet:
    """A model that may be pushed once a person has agreed."""

    parcel: Parcel
    target: Target
    lines: tuple[str, ...]
    """What will be public."""
    address: str

    @property
    def weight(self) -> int:
        """Bytes of its weights."""
        return self.parcel.sizes.get(WEIGHTS, 0)


def pack(folder: Path, name: HubName, wanted: Pack) -> Packet:
    """Gather a model's files and look what is at the other end; nothing is sent."""
    from rnntui.checkpoints.hub.errors import page
    from rnntui.checkpoints.hub.push import look
    from rnntui.checkpoints.run_card import Told
    from rnntui.runs.sharing import card_differs, difference, gathered, plan

    parcel = gathered(folder, name.repo, Told(wanted.licence))
    target = look(name, wanted.private)
    lines: list[str] = []
    if card_differs(parcel, target):
        lines = ["", "how the card there differs:", *difference(parcel, target)]
        if wanted.replace_card:
            lines.insert(1, "the card there is replaced")
        else:
            parcel = parcel.without(CARD)
            lines.insert(1, "the card there differs and is kept")
    return Packet(parcel, target, (*plan(parcel, target, _LICENCE_BY), *lines), page(name))


def sent(packet: Packet) -> Work:
    """Return what pushes a packet."""

    def work(way: _Way) -> str:
        from huggingface_hub.utils.tqdm import disable_progress_bars

        from rnntui.checkpoints.hub.push import send

        disable_progress_bars()  # they would fill the engine's log
        way.say("asking the Hub")
        message = f"A {packet.parcel.config.task} model"
        return send(packet.parcel, packet.target, message, way.sent)

    return work
