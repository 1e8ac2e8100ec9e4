"""What the app needs of an engine: the real one has it, and so has the tests' own.

Screens and their tests need no more than this; what starts a process is in `engine.client`.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Protocol

from rnntui.engine.child import Death
from rnntui.engine.handle import Run
from rnntui.engine.parts import Facts, Listed, Place, Sampling, Settings
from rnntui.engine.protocol import Copied, Looked, Ready
from rnntui.errors import RnntuiError

if TYPE_CHECKING:
    from rnntui.engine.chat_client import Replies
    from rnntui.engine.forecast_client import Forecasts
    from rnntui.engine.sentiment_client import Judges
    from rnntui.engine.sharing_client import Shares

CONTEXT = 4096
"""Characters of a text so far that a model needs to go on from it: no recurrent network of ours
remembers further back, and reading more would take seconds."""


class EngineError(RnntuiError):
    """The engine could not do what was asked, or is not there."""


def draw_seed() -> int:
    """Return a seed for regenerating or branching: small enough to type."""
    return secrets.randbelow(1 << 31)


def clean(text: str) -> str:
    """Return a text that any encoding takes: what a terminal pasted may hold half characters."""
    return text.encode("utf-8", "replace").decode()


class Client(Protocol):
    """What the app needs of an engine: the real one has it, and so has the tests' own."""

    death: Death | None
    sentiment: Judges
    sharing: Shares
    talk: Replies
    series: Forecasts

    async def start(self) -> Ready:
        """Start it."""

    async def restart(self) -> Ready:
        """Start it again, after its death or in mid-life."""

    async def close(self) -> None:
        """End it."""

    async def load(self, model: str) -> Facts:
        """Load a model."""

    async def unload(self, model: str) -> None:
        """Let go of a model."""

    async def models(self) -> tuple[Listed, ...]:
        """List the library."""

    async def look(self, after: Place, sampling: Sampling, alternatives: int = 12) -> Looked:
        """Look what may come next."""

    async def complete(self, model: str, text: str, length: int = 24) -> str:
        """Complete a text being typed."""

    async def copied(self, model: str, text: str) -> Copied:
        """Ask what of a text stands in the model's training text."""

    def generate(
        self,
        model: str,
        prompt: str = "",
        settings: Settings | None = None,
        *,
        after: Place | None = None,
        then: str = "",
        seed: int | None = None,
        stream: int = 0,
    ) -> Run:
        """Start a run."""
