"""Whether a model that is not here may be fetched while its name is looked up.

Commands may wait for the network and say so; the app and the engine never do, and are told
`library.NotPulled` instead. Imported at every start, so it knows nothing but types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnntui.checkpoints.hub.index import Pulled
    from rnntui.checkpoints.hub.names import HubName

Fetch = Callable[["HubName"], "Pulled"]

_fetch: ContextVar[Fetch | None] = ContextVar("fetch", default=None)


def fetch_now() -> Fetch | None:
    """Return what fetches a model that is looked up; None where nothing may."""
    return _fetch.get()


@contextmanager
def fetching(fetch: Fetch) -> Iterator[None]:
    """Let a name of the Hub that is not here be fetched in the block, when it is looked for."""
    token = _fetch.set(fetch)
    try:
        yield
    finally:
        _fetch.reset(token)
