"""How far a download is, on stderr: a bar on a terminal, a line for each quarter in a log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rnntui.cli.output import say


@contextmanager
def bytes_shown(name: str, total: int) -> Iterator[Callable[[int, int], None]]:
    """Yield what draws how far a download is, given the bytes here and those there will be.

    Args:
        name: what is fetched, for a log.
        total: bytes there will be.
    """
    if not sys.stderr.isatty():
        yield _quarters(name)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    console = Console(stderr=True, highlight=False, markup=False)
    columns = (
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _quarters(name: str) -> Callable[[int, int], None]:
    told = 0

    def tell(done: int, total: int) -> None:
        nonlocal told
        quarter = 4 * done // total if total else 4
        if quarter > told:
            say(f"{name}: {25 * quarter} %")
            told = quarter

    return tell
