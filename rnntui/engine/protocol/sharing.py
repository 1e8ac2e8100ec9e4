"""Messages about models as one has them and shares them: described, removed, the Hub's both ways.

Transfers are known by the model's name on the Hub, `owner/repo[@revision]`: one at a time each.
"""

from __future__ import annotations

from typing import Any, Literal

from rnntui.engine.parts import Count, Part
from rnntui.engine.protocol.base import Event, Request


class Offer(Part, frozen=True):
    """A model that the Hub has. All of it is its owner's word."""

    name: str
    """owner/repo."""
    task: str
    """text, sentiment or forecast; "?" where its card says nothing of it."""
    downloads: int
    """In the last month."""
    likes: int
    """Of all time."""
    updated: str
    """The day of the last change, as 2026-11-21; "" where unknown."""
    gated: bool
    """Whether its owner wants to be asked first."""
    private: bool
    """Whether only some may see it."""
    here: bool
    """Whether it was pulled."""


class Description(Part, frozen=True):
    """What there is to tell of a model."""

    facts: tuple[tuple[str, str], ...]
    """Names and values, in the order to be shown."""
    card: str
    """Its card without the header, cut where it is long; "" where there is none."""
    metrics: dict[str, Any]
    """How well it does, as its `config.json` says."""
    task: str
    """text, sentiment or forecast; "?" where it is damaged."""
    chats: bool
    """Whether it learned dialogues."""
    problem: str = ""
    """What is wrong with a damaged one, else ""."""


class Transfer(Part, frozen=True):
    """A model on its way from the Hub, or there."""

    model: str
    """Its name on the Hub."""
    way: Literal["fetch", "push"]
    """From the Hub, or to it."""
    done: Count
    """Bytes that are there."""
    total: Count
    """Bytes there will be; 0 while nobody knows."""
    speed: float
    """Bytes a second, of the last seconds."""
    said: str
    """What is waited for, in a line; "" while bytes come."""


class Search(Request, frozen=True):
    """Ask the Hub for models of ours. Answered by `searched`; a newer one replaces it."""

    request: int
    """Comes back in the answer."""
    words: str
    """In their names; "" for all."""


class Searched(Event, frozen=True):
    """Answers `search`."""

    request: int
    """The request it answers."""
    offers: tuple[Offer, ...] | None
    """The most downloaded first; null where a newer search came before they did."""


class Describe(Request, frozen=True):
    """Ask what a model is. Answered by `described`; of those on the Hub the newest alone."""

    request: int
    """Comes back in the answer."""
    model: str
    """As the library or the Hub calls it."""
    folder: str = ""
    """Its checkpoint, of one that is here; "" asks the Hub, without fetching the weights."""


class Described(Event, frozen=True):
    """Answers `describe`."""

    request: int
    """The request it answers."""
    description: Description | None
    """Null where a newer question came before it."""


class Fetch(Request, frozen=True):
    """Fetch a model from the Hub. Answered by `fetched` when it is here; any number go on at once.

    It is in the library then. Files that were whole are not fetched twice.
    """

    request: int
    """Comes back in the answer."""
    model: str
    """owner/repo[@revision]."""


class Fetched(Event, frozen=True):
    """Answers `fetch`."""

    request: int
    """The request it answers."""
    folder: str | None
    """Its checkpoint; null where it was cancelled."""


class Transfers(Request, frozen=True):
    """Ask what is on its way. Answered by `moving`."""

    request: int
    """Comes back in the answer."""


class Moving(Event, frozen=True):
    """Answers `transfers`."""

    request: int
    """The request it answers."""
    transfers: tuple[Transfer, ...]
    """Those that go on, in the order in which they were asked for."""


class Cancel(Request, frozen=True):
    """End a transfer. Answered by `cancelled`; others go on.

    A `fetch` is answered at once. A `push` is answered when it is known whether it came too late.
    """

    request: int
    """Comes back in the answer."""
    model: str
    """Its name on the Hub."""


class Cancelled(Event, frozen=True):
    """Answers `cancel`, also where nothing was on its way."""

    request: int
    """The request it answers."""


class Remove(Request, frozen=True):
    """Take a model off the disk, or ask what that would be. Answered by `removed`."""

    request: int
    """Comes back in the answer."""
    model: str
    """As the library calls it."""
    folder: str
    """Its checkpoint."""
    really: bool
    """False asks what would go."""


class Removed(Event, frozen=True):
    """Answers `remove`."""

    request: int
    """The request it answers."""
    what: str
    """What goes, or is gone, in a line."""
    freed: Count | None
    """Bytes; null where it was only asked for."""


class Pack(Request, frozen=True):
    """Gather a model for the Hub, and look what is there. Nothing is sent. Answered by `packed`."""

    request: int
    """Comes back in the answer."""
    model: str
    """As the library calls it."""
    folder: str
    """Its checkpoint."""
    repository: str
    """owner/name[@branch]."""
    private: bool
    """Whether a new repository is to be seen by its owner alone."""
    licence: str
    """Of the weights, as the Hub spells it; "" where nobody says."""
    replace_card: bool
    """Whether a card there that differs is replaced."""


class Packed(Event, frozen=True):
    """Answers `pack`; only the newest is kept."""

    request: int
    """The request it answers, which `push` names."""
    lines: tuple[str, ...]
    """All that will be public, for people."""
    address: str
    """Where it will be."""
    private: bool
    """Whether only its owner will see it."""


class Push(Request, frozen=True):
    """Send what was packed, in one commit. Answered by `pushed`."""

    request: int
    """Comes back in the answer."""
    pack: int
    """The `pack` that was agreed to."""


class Pushed(Event, frozen=True):
    """Answers `push`."""

    request: int
    """The request it answers."""
    address: str
    """Where it is."""
    commit: str | None
    """Null where it was cancelled before anything was there."""


Requests = Search | Describe | Fetch | Transfers | Cancel | Remove | Pack | Push
"""What can be asked about sharing."""

Events = Searched | Described | Fetched | Moving | Cancelled | Removed | Packed | Pushed
"""What is said of it."""
