"""Turns are taken in turn, and medians are of the rounds' own ratios."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rnntui.bench.timing import Rounds, alternating, interleaved


class FakeClock:
    """Time that passes only when a job says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self.log: list[tuple[str, int]] = []

    def __call__(self) -> float:
        return self.now

    def job(self, name: str, *seconds: float) -> Callable[[int], None]:
        """A job whose units take these seconds, one after another, then the last for ever."""
        left = list(seconds)

        def work(count: int) -> None:
            self.log.append((name, count))
            for _ in range(count):
                self.now += left.pop(0) if len(left) > 1 else left[0]

        return work


def test_jobs_take_turns_round_by_round() -> None:
    clock = FakeClock()
    jobs = {"slow": clock.job("slow", 1.0), "fast": clock.job("fast", 0.25)}
    rounds = interleaved(jobs, 3, 1.0, clock=clock)
    # Before each turn one unit untimed; the fast one does four units in a turn as long.
    turns = [("slow", 1), ("slow", 1), ("fast", 1), ("fast", 4)]
    assert clock.log[-12:] == 3 * turns
    assert rounds.seconds == {"slow": (1.0,) * 3, "fast": (0.25,) * 3}


def test_a_turn_of_a_very_fast_job_is_filled_with_units() -> None:
    clock = FakeClock()
    interleaved({"fast": clock.job("fast", 2.0**-20)}, 1, 1.0, clock=clock)
    assert clock.log[-1] == ("fast", 2**20)


def test_a_ratio_is_the_median_of_the_rounds_not_the_ratio_of_medians() -> None:
    rounds = Rounds({"ours": (1.0, 2.0, 10.0), "theirs": (3.0, 4.0, 50.0)})
    assert rounds.ratio("theirs", "ours") == 3.0  # of 3, 2 and 5; the medians would say 2
    assert rounds.median("theirs") == 4.0
    assert rounds.spread("theirs", "ours") == (2.5, 4.0)


def test_one_round_has_a_spread_of_nothing() -> None:
    assert Rounds({"a": (6.0,), "b": (2.0,)}).spread("a", "b") == (3.0, 3.0)


def test_long_units_alternate_and_the_first_round_is_not_counted() -> None:
    clock = FakeClock()
    jobs = {"a": clock.job("a", 100.0, 2.0, 4.0), "b": clock.job("b", 7.0, 1.0)}
    rounds = alternating(jobs, 2, clock=clock)
    assert [name for name, _ in clock.log] == ["a", "b"] * 3
    assert rounds.seconds == {"a": (2.0, 4.0), "b": (1.0, 1.0)}


def test_a_burst_of_foreign_load_in_one_round_moves_no_median() -> None:
    quiet = Rounds({"a": (2.0,) * 5, "b": (1.0,) * 5})
    burst = Rounds({"a": (2.0, 2.0, 40.0, 2.0, 2.0), "b": (1.0, 1.0, 1.0, 9.0, 1.0)})
    assert burst.ratio("a", "b") == pytest.approx(quiet.ratio("a", "b"))
