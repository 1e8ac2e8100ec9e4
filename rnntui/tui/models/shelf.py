"""What the Models mode lists: filtered, in an order, a line each. Knows no widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace
from rich.cells import cell_len, set_cell_size

from rnntui.display import human_bytes, human_count, one_line
from rnntui.engine.parts import Listed
from rnntui.engine.protocol.sharing import Offer, Transfer

ORDERS = ("by source", "by name", "the largest first", "by task")
"""What `Shelf.order` may be, by its number."""

_BAR = 12
"""Cells of the bar of a transfer."""


@dataclass(frozen=True)
class Row:
    """A model of the list: here, offered by the Hub, or on its way."""

    name: str
    listed: Listed | None = None
    offer: Offer | None = None
    transfer: Transfer | None = None

    @property
    def key(self) -> str:
        """What tells it from all others, and stays."""
        return f"here {self.listed.source} {self.name}" if self.listed else f"hub {self.name}"

    @property
    def task(self) -> str:
        """What it does."""
        return self.listed.task if self.listed else self.offer.task if self.offer else "?"


@dataclass
class Shelf:
    """All that is known of models, and what of it is wanted."""

    listed: tuple[Listed, ...] = ()
    offers: tuple[Offer, ...] | None = None
    """Of the last search; None before one."""
    transfers: tuple[Transfer, ...] = ()
    words: str = ""
    """The filter; a model has each word in its name, task or source."""
    order: int = 0
    marked: list[str] = field(default_factory=list)
    """Keys, in the order they were marked."""

    def here(self) -> list[Row]:
        """Return the models that are here."""
        rows = [Row(model.name, model) for model in self.listed]
        match self.order:
            case 1:
                rows.sort(key=lambda row: row.name.lower())
            case 2:
                rows.sort(key=lambda row: -row.listed.bytes if row.listed else 0)
            case 3:
                rows.sort(key=lambda row: (row.task, row.name.lower()))
        return [row for row in rows if row.listed and self._wanted(row, row.listed.source)]

    def hub(self) -> list[Row]:
        """Return what is on its way, then what the last search found."""
        moving = {transfer.model: transfer for transfer in self.transfers}
        here = {model.repo for model in self.listed}
        offers = {
            offer.name: replace(offer, here=offer.name in here) for offer in self.offers or ()
        }
        rows = [Row(name, None, offers.get(name), each) for name, each in moving.items()]
        found = [Row(name, None, offer) for name, offer in offers.items() if name not in moving]
        return rows + [row for row in found if self._wanted(row, "hub")]

    def pulled(self, name: str) -> Listed | None:
        """Return the model that is here under a name of the Hub."""
        return next((model for model in self.listed if model.repo == name), None)

    def _wanted(self, row: Row, source: str) -> bool:
        text = f"{row.name} {row.task} {source}".lower()
        return all(word in text for word in self.words.lower().split())


def reference(model: Listed, models: Sequence[Listed]) -> str:
    """Return what means a model everywhere: its name, or its folder where another has that name."""
    named = [other for other in models if other.name == model.name]
    means = next((other for other in named if other.source == "own"), named[0] if named else model)
    return model.name if means.folder == model.folder else model.folder


def line(row: Row, width: int, *, marked: bool = False) -> str:
    """Return a model as a line of so many cells; as plain text, whatever it is called."""
    mark = "●" if marked else " "
    if row.transfer:
        rest = moved(row.transfer)
    elif row.listed:
        rest = _about_listed(row.listed, width)
    else:
        rest = _about_offer(row.offer, width)
    room = max(8, width - cell_len(rest) - 4)
    name = one_line(row.name, 200)
    name = name if cell_len(name) <= room else set_cell_size(name, room - 1) + "…"
    return set_cell_size(f"{mark} {set_cell_size(name, room)} {rest}", max(1, width))


def _about_listed(model: Listed, width: int) -> str:
    parts = [f"{one_line(model.task, 9):9}", f"{one_line(model.source, 7):7}"]
    if width >= 88:
        parts.append(f"{human_count(model.parameters):>7}")
    parts.append(f"{human_bytes(model.bytes):>7}")
    if width >= 68:
        told, wide = model.figure, 31
        if width < 88:
            told, wide = told.replace(" (test)", "").replace("validation", "val."), 24
        told = f"damaged: {model.problem}" if model.problem else told
        parts.append(f" {one_line(told, wide):{wide}}")
    elif model.problem:
        parts[0] = "damaged  "
    return " ".join(parts)


def _about_offer(offer: Offer | None, width: int) -> str:
    if offer is None:
        return ""
    parts = [f"{one_line(offer.task, 9):9}"]
    if width >= 56:
        parts.append(f"{_fetched(offer.downloads):>16}")
    if width >= 68:
        parts.append(f"{f'{offer.likes:,} likes' if offer.likes else '':>10}")
    if width >= 80:
        parts.append(f"{one_line(offer.updated, 10):>10}")
    told = "here" if offer.here else "gated" if offer.gated else "private" if offer.private else ""
    return " ".join([*parts, f" {told:7}"])


def _fetched(downloads: int) -> str:
    return f"{human_count(downloads)} downloads" if downloads else ""


def moved(transfer: Transfer) -> str:
    """Return how far a transfer is: `███░░░ 43 % of 6.7 MB, 1.2 MB/s`."""
    doing = "sending " if transfer.way == "push" else ""
    if not transfer.total:
        return f"{doing}{one_line(transfer.said, 44) or 'begins'} ..."
    share = min(1.0, transfer.done / transfer.total)
    full = int(share * _BAR)
    bar = "█" * full + "░" * (_BAR - full)
    told = f"{doing}{bar} {int(share * 100):3} % of {human_bytes(transfer.total)}"
    if transfer.said:
        return f"{told}, {one_line(transfer.said, 40)}"
    return f"{told}, {human_bytes(int(transfer.speed))}/s" if transfer.speed >= 1 else told


def heading(shelf: Shelf, *, searching: str | None) -> str:
    """Return what stands over the part of the Hub.

    Args:
        shelf: what is listed.
        searching: the words that are asked for just now; None while nothing is.
    """
    if searching is not None:
        return f"On the Hub: asking for {one_line(searching, 40) or 'all models of rnntui'} ..."
    if shelf.offers is None:
        return "On the Hub: h searches"
    if not shelf.offers:
        return "On the Hub: nothing found"
    return f"On the Hub: {len(shelf.offers)} found"
