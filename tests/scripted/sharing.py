"""Sharing without a Hub: what it offers is given, transfers end when a test says so."""

from __future__ import annotations

import asyncio

from rnntui.engine.interface import EngineError
from rnntui.engine.protocol.sharing import Description, Offer, Packed, Pushed, Transfer

DESCRIPTION = Description(
    (("task", "text"), ("network", "lstm 2×8, one-hot"), ("parameters", "1,000")),
    "# A card\n\nIt writes.",
    {"val_loss": 1.5},
    "text",
    False,
)
"""What every model is, unless said otherwise."""


class ScriptedSharing:
    """The client's interface; what it was asked is kept in `asked`."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        """Each call but those for transfers: its name and what it was given."""
        self.offers: tuple[Offer, ...] | EngineError = ()
        """What every search finds, or the error it ends in."""
        self.descriptions: dict[str, Description | EngineError] = {}
        """By the model's name."""
        self.moving: dict[str, tuple[Transfer, asyncio.Future[str | None]]] = {}
        """Transfers, each with what its `fetch` or `push` waits for."""
        self.lines: tuple[str, ...] = ("https://hub/anna/mine: public, new", "the card begins:")
        """What every pack shows."""

    async def search(self, words: str) -> tuple[Offer, ...] | None:
        """Return the offers with the words in their names."""
        self.asked.append(("search", words))
        if isinstance(self.offers, EngineError):
            raise self.offers
        return tuple(offer for offer in self.offers if words in offer.name)

    async def describe(self, model: str, folder: str = "") -> Description | None:
        """Return what was said of a model."""
        self.asked.append(("describe", model, folder))
        found = self.descriptions.get(model, DESCRIPTION)
        if isinstance(found, EngineError):
            raise found
        return found

    async def fetch(self, model: str) -> str | None:
        """Wait until `end` says how it went."""
        self.asked.append(("fetch", model))
        return await self._move(Transfer(model, "fetch", 0, 0, 0.0, "asking the Hub"))

    async def _move(self, transfer: Transfer) -> str | None:
        end: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self.moving[transfer.model] = transfer, end
        return await end

    def progress(self, model: str, done: int, total: int, speed: float = 0.0) -> None:
        """Let a transfer go on."""
        old, end = self.moving[model]
        self.moving[model] = Transfer(model, old.way, done, total, speed, ""), end

    def end(self, model: str, result: str | EngineError | None) -> None:
        """End a transfer."""
        _, end = self.moving.pop(model)
        if isinstance(result, EngineError):
            end.set_exception(result)
        else:
            end.set_result(result)

    async def transfers(self) -> tuple[Transfer, ...]:
        """Return what goes on."""
        return tuple(transfer for transfer, _ in self.moving.values())

    async def cancel(self, model: str) -> None:
        """End a transfer with nothing."""
        self.asked.append(("cancel", model))
        if model in self.moving:
            self.end(model, None)

    async def removal(self, model: str, folder: str) -> str:
        """Return what would go."""
        self.asked.append(("removal", model, folder))
        return f"{folder} (800 B), which you trained"

    async def remove(self, model: str, folder: str) -> int:
        """Free 800 bytes."""
        self.asked.append(("remove", model, folder))
        return 800

    async def pack(
        self,
        model: str,
        folder: str,
        repository: str,
        *,
        private: bool = False,
        licence: str = "",
        replace_card: bool = False,
    ) -> Packed:
        """Return the lines."""
        self.asked.append(("pack", model, repository, str(private), licence, str(replace_card)))
        return Packed(len(self.asked), self.lines, f"https://hub/{repository}", private)

    async def push(self, packed: Packed) -> Pushed:
        """Wait until `end` says how it went."""
        name = packed.address.removeprefix("https://hub/")
        self.asked.append(("push", name))
        return Pushed(0, packed.address, await self._move(Transfer(name, "push", 0, 800, 0.0, "")))
