"""Work that waits for a network, each piece on a thread of its own, so that nothing waits for it.

The engine's loop is told of its end by the inbox; only the loop reads and changes what is here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from rnntui.checkpoints.hub.watch import Watch
from rnntui.engine.pipes import Inbox

_Result = TypeVar("_Result")


class Errands:
    """Sends threads out.

    Args:
        inbox: where their ends are put.
    """

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._newest: dict[str, tuple[Watch, Callable[[], None]]] = {}

    def begin(
        self, work: Callable[[], _Result], then: Callable[[_Result | Exception], None]
    ) -> None:
        """Do `work` on a thread, `then` on the loop with its result or its exception."""

        def run() -> None:
            result: Any
            try:
                result = work()
            except Exception as error:  # handed over, not swallowed: `then` reports it
                result = error
            self._inbox.put(lambda: then(result))

        # A daemon: an engine that is told to end does not wait for a server.
        threading.Thread(target=run, name="errand", daemon=True).start()

    def newest(
        self,
        kind: str,
        work: Callable[[Watch], _Result],
        then: Callable[[_Result | Exception], None],
        replaced: Callable[[], None],
    ) -> None:
        """Do as `begin`, in the place of the errand of this kind that is still out.

        Args:
            kind: of which only the newest counts.
            work: given what cancels it.
            then: not called for one that was replaced.
            replaced: called instead.
        """
        if kind in self._newest:
            older, tell = self._newest.pop(kind)
            older.cancel.set()
            tell()
        watch = Watch()
        self._newest[kind] = watch, replaced

        def done(result: _Result | Exception) -> None:
            if self._newest.get(kind, (None,))[0] is watch:
                del self._newest[kind]
                then(result)

        self.begin(lambda: work(watch), done)
