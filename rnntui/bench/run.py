"""All families of measurements, one after another, in the order a person would ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from rnntui.bench.plan import Plan
from rnntui.bench.report import Entry, Heading, Note, as_json
from rnntui.errors import BadOption

Family = Callable[[Plan], Iterator[Entry]]


def _training(plan: Plan) -> Iterator[Entry]:
    from rnntui.bench.machine import has_torch

    if not has_torch():
        yield Heading("training")
        yield Note("torch is not installed: `rnntui train` would add it")
        return
    from rnntui.bench.training import training

    yield from training(plan)


def families() -> dict[str, Family]:
    """Return the families by the names that `--only` takes."""
    from rnntui.bench.correctness import correctness
    from rnntui.bench.generation import many_streams, one_stream
    from rnntui.bench.sentiment import sentiment
    from rnntui.bench.sessions import sessions
    from rnntui.bench.startup import startup

    # Start-up goes first: it needs the machine as it was found, this process still small.
    return {
        "startup": startup,
        "correctness": correctness,
        "generation": one_stream,
        "streams": many_streams,
        "sentiment": sentiment,
        "training": _training,
        "sessions": sessions,
    }


class Bench:
    """One run of the bench.

    Args:
        plan: how much to measure.
        only: a family's name; "" for all.
        quick: said in the report.

    Raises:
        BadOption: there is no such family.
    """

    def __init__(self, plan: Plan, only: str = "", *, quick: bool = False) -> None:
        self._plan, self._quick = plan, quick
        known = families()
        if only and only not in known:
            raise BadOption(f"--only is {only!r}", f"choose one of {', '.join(known)}")
        self._families = [known[only]] if only else list(known.values())
        self._entries: list[Entry] = []
        self._machine: dict[str, Any] = {}
        self._begun = time.perf_counter()

    def run(self) -> Iterator[Entry]:
        """Measure, handing out each line as soon as it is known."""
        from rnntui.bench.machine import facts

        self._machine = facts()
        yield Heading(_describe(self._machine))
        for family in self._families:
            for entry in family(self._plan):
                self._entries.append(entry)
                yield entry

    def document(self) -> str:
        """Return what was measured as one line of JSON."""
        seconds = time.perf_counter() - self._begun
        return as_json(self._entries, self._machine, quick=self._quick, seconds=seconds)


def _describe(machine: dict[str, Any]) -> str:
    flags = ", ".join(machine["bf16_flags"]) or "no bf16"
    rates = ", ".join(f"{name} {rate}" for name, rate in machine["read_gb_per_second"].items())
    return (
        f"{machine['cpu']}, {machine['cores']} core(s), {flags}; load {machine['load']}; "
        f"numpy {machine['numpy']}, torch {machine['torch'] or 'not installed'}\n"
        f"one thread reads, GB/s by what it reads: {rates}"
    )
