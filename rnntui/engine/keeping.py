"""The library as the engine serves it: models listed, loaded, and let go."""

from __future__ import annotations

from typing import ClassVar

from rnntui.engine.hosting import Hosted, facts, listing
from rnntui.engine.protocol import Listing, Load, Loaded, Models, Request, Unload, Unloaded
from rnntui.engine.service import Service


class Keeping(Service):
    """Answers what is asked of the models themselves, whatever their task."""

    takes: ClassVar[tuple[type[Request], ...]] = (Load, Unload, Models)

    def handle(self, request: Request) -> None:
        """Take a request."""
        match request:
            case Load():
                self._load(request)
            case Unload():
                self.tools.host.drop(request.model)
                self.tools.send(Unloaded(request.request))
            case Models():
                self._list(request)

    def _load(self, request: Load) -> None:
        def then(result: Hosted | Exception) -> None:
            if isinstance(result, Hosted):
                self.tools.send(Loaded(request.request, facts(result)))
            else:
                self.tools.fail(result, request.request)

        self.tools.host.refresh(request.model, then)

    def _list(self, request: Models) -> None:
        def then(result: object) -> None:
            if isinstance(result, tuple):
                self.tools.send(Listing(request.request, result))
            elif isinstance(result, Exception):
                self.tools.fail(result, request.request)

        self.tools.helper.submit(listing, then)
