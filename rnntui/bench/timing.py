"""Timing contestants in turns.

One after another, each would meet another moment of a shared machine. In turns of some milliseconds
a burst of foreign load hits all alike, and the median of the ratios of each round cancels most of
what remains.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles

Job = Callable[[int], object]
"""Does so many units of work: characters, steps, readings."""

Clock = Callable[[], float]


@dataclass(frozen=True)
class Rounds:
    """Seconds for one unit of each job, round by round."""

    seconds: Mapping[str, tuple[float, ...]]

    def median(self, name: str) -> float:
        """Return the median seconds for a unit of a job."""
        return median(self.seconds[name])

    def ratios(self, slower: str, faster: str) -> list[float]:
        """Return, for each round, how many times as long the one took as the other."""
        pairs = zip(self.seconds[slower], self.seconds[faster], strict=True)
        return [slow / fast for slow, fast in pairs]

    def ratio(self, slower: str, faster: str) -> float:
        """Return the median of the rounds' ratios."""
        return median(self.ratios(slower, faster))

    def spread(self, slower: str, faster: str) -> tuple[float, float]:
        """Return the first and third quartile of the rounds' ratios."""
        ratios = self.ratios(slower, faster)
        if len(ratios) < 2:
            return ratios[0], ratios[0]
        first, _, third = quantiles(ratios, n=4, method="inclusive")
        return first, third


def interleaved(
    jobs: Mapping[str, Job],
    rounds: int,
    turn_seconds: float,
    *,
    clock: Clock = time.perf_counter,
) -> Rounds:
    """Let jobs take turns of about the same length, and time each turn.

    Before a turn the job does one unit untimed: its weights were pushed out of the caches by the
    others, which a text of any length pays once.

    Args:
        jobs: by name, in the order of each round.
        rounds: turns of each job.
        turn_seconds: the length of a turn, from which each job's units are found out.
        clock: tells the seconds.
    """
    counts = {name: _units(job, turn_seconds, clock) for name, job in jobs.items()}
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            job(1)
            begun = clock()
            job(counts[name])
            seconds[name].append((clock() - begun) / counts[name])
    return Rounds({name: tuple(times) for name, times in seconds.items()})


def alternating(
    jobs: Mapping[str, Job], rounds: int, *, clock: Clock = time.perf_counter
) -> Rounds:
    """Let jobs do one unit in turns: for units of a tenth of a second and more.

    A first round is not counted: it makes buffers, kernels and thread pools.
    """
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for round_ in range(rounds + 1):
        for name, job in jobs.items():
            begun = clock()
            job(1)
            if round_:
                seconds[name].append(clock() - begun)
    return Rounds({name: tuple(times) for name, times in seconds.items()})


def _units(job: Job, turn_seconds: float, clock: Clock) -> int:
    """Return how many units of a job fill a turn."""
    job(1)
    count = 1
    while True:
        begun = clock()
        job(count)
        took = clock() - begun
        if took >= turn_seconds / 4:
            return max(1, round(count * turn_seconds / took))
        count *= 2
