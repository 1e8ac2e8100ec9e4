"""What the app asks about models as one has them and shares them; they are where the engine is."""

from __future__ import annotations

from typing import Protocol

from rnntui.engine.connection import Asks
from rnntui.engine.interface import clean
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
    Transfer,
    Transfers,
)


class Sharing:
    """The library and the Hub, as an engine sees them.

    Args:
        asks: the engine.
    """

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def search(self, words: str) -> tuple[Offer, ...] | None:
        """Ask the Hub for models of ours; None when a newer call came first.

        Raises:
            EngineError: the Hub cannot be reached, and so on.
        """
        request = Search(self._asks.number(), clean(words))
        return (await self._asks.ask(request, Searched)).offers

    async def describe(self, model: str, folder: str = "") -> Description | None:
        """Ask what a model is; None when a newer call came first.

        Args:
            model: its name.
            folder: its checkpoint; "" for one that the Hub has.

        Raises:
            EngineError: it cannot be had, or is no model of ours.
        """
        request = Describe(self._asks.number(), clean(model), clean(folder))
        return (await self._asks.ask(request, Described)).description

    async def fetch(self, model: str) -> str | None:
        """Fetch a model from the Hub; return its folder, None where it was cancelled.

        Raises:
            EngineError: it cannot be had, is no model of ours, or the engine is gone.
        """
        return (await self._asks.ask(Fetch(self._asks.number(), clean(model)), Fetched)).folder

    async def transfers(self) -> tuple[Transfer, ...]:
        """Ask what is on its way, and how far it is."""
        return (await self._asks.ask(Transfers(self._asks.number()), Moving)).transfers

    async def cancel(self, model: str) -> None:
        """End a transfer."""
        await self._asks.ask(Cancel(self._asks.number(), clean(model)), Cancelled)

    async def removal(self, model: str, folder: str) -> str:
        """Ask what would go with a model.

        Raises:
            EngineError: it ships, or is being trained.
        """
        return (await self._remove(model, folder, really=False)).what

    async def remove(self, model: str, folder: str) -> int:
        """Take a model off the disk; return the bytes that were freed.

        Raises:
            EngineError: as `removal`, or the disk does not let it go.
        """
        return (await self._remove(model, folder, really=True)).freed or 0

    async def _remove(self, model: str, folder: str, *, really: bool) -> Removed:
        request = Remove(self._asks.number(), clean(model), clean(folder), really)
        return await self._asks.ask(request, Removed)

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
        """Gather a model for the Hub; `Pack` says what the arguments mean.

        Raises:
            EngineError: nobody is logged in, the name holds something else, and so on.
        """
        request = Pack(
            self._asks.number(), clean(model), clean(folder), clean(repository), private,
            clean(licence), replace_card,
        )  # fmt: skip
        return await self._asks.ask(request, Packed)

    async def push(self, packed: Packed) -> Pushed:
        """Send what was packed.

        Raises:
            EngineError: the connection broke, somebody else pushed meanwhile, and so on.
        """
        return await self._asks.ask(Push(self._asks.number(), packed.request), Pushed)


class Shares(Protocol):
    """What the app needs: `Sharing` has it, and so has the tests' own."""

    async def search(self, words: str) -> tuple[Offer, ...] | None:
        """Ask the Hub for models of ours."""

    async def describe(self, model: str, folder: str = "") -> Description | None:
        """Ask what a model is."""

    async def fetch(self, model: str) -> str | None:
        """Fetch a model from the Hub."""

    async def transfers(self) -> tuple[Transfer, ...]:
        """Ask what is on its way."""

    async def cancel(self, model: str) -> None:
        """End a transfer."""

    async def removal(self, model: str, folder: str) -> str:
        """Ask what would go with a model."""

    async def remove(self, model: str, folder: str) -> int:
        """Take a model off the disk."""

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
        """Gather a model for the Hub."""

    async def push(self, packed: Packed) -> Pushed:
        """Send what was packed."""
