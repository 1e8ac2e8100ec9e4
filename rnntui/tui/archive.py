"""The store of sessions as the app has it: on a thread of its own, opened when first needed.

What is asked of it is done in order, so that a turn is there before what is appended to it. The
thread outlives the screen: what was handed over reaches the disk, also when the app is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

from rnntui.errors import RnntuiError

if TYPE_CHECKING:
    from rnntui.store.store import Store

Result = TypeVar("Result")


class Archive:
    """Sessions that are kept.

    Args:
        noticed: told on the app's loop where a damaged file was put, if that happens.
    """

    def __init__(self, noticed: Callable[[str], None]) -> None:
        self._thread = ThreadPoolExecutor(1, "archive")
        self._noticed = noticed
        self._loop: asyncio.AbstractEventLoop | None = None
        self._store: Store | None = None
        self._closed = False

    async def ask(self, work: Callable[[Store], Result]) -> Result:
        """Do something with the store, after all that was asked before, and return the result.

        Raises:
            RnntuiError: it cannot be opened, read or written.
        """
        self._loop = asyncio.get_running_loop()
        return await asyncio.wrap_future(self._thread.submit(self._do, work))

    def tell(self, work: Callable[[Store], object], failed: Callable[[RnntuiError], None]) -> None:
        """Do something with the store without waiting for it.

        Args:
            work: what; it runs on the thread.
            failed: called on the app's loop with what went wrong.
        """
        if self._closed:
            return
        loop = self._loop = asyncio.get_running_loop()

        def report(done: Future[object]) -> None:
            error = done.exception()
            if error is not None and not loop.is_closed():
                loop.call_soon_threadsafe(_report, error, failed)

        self._thread.submit(self._do, work).add_done_callback(report)

    async def close(self, patience: float = 0.3) -> None:
        """Write what waits and close the file; what takes longer goes on without the screen.

        Args:
            patience: seconds to wait for it.
        """
        if not self._closed:
            await asyncio.wait([asyncio.wrap_future(self._end())], timeout=patience)

    def close_now(self, patience: float = 0.3) -> None:
        """Do the same where the loop must not go on: the terminal it would draw on is gone."""
        if not self._closed:
            wait([self._end()], timeout=patience)

    def _end(self) -> Future[None]:
        self._closed = True
        closing = self._thread.submit(self._close)
        self._thread.shutdown(wait=False)
        return closing

    def _do(self, work: Callable[[Store], Result]) -> Result:
        if self._store is None:
            from rnntui.store import open_store

            self._store = open_store()
            if self._store.notice and self._loop and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._noticed, self._store.notice)
        return work(self._store)

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


def _report(error: BaseException, failed: Callable[[RnntuiError], None]) -> None:
    if not isinstance(error, RnntuiError):
        raise error  # a bug of ours: the loop's handler tells of it
    failed(error)
