"""`rnntui bench`: how fast this machine is, against peers and against the budgets."""

from __future__ import annotations


def bench() -> None:
    """Measure."""
