"""How much a bench measures: all of it within three minutes, or a glance within 40 seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Sizes and repetitions; the tests shrink them all."""

    hidden: tuple[int, ...] = (128, 256, 512)
    """Widths of the two-layer networks that write."""
    rounds: int = 15
    """Turns of every contestant; medians and ratios are over these."""
    turn_seconds: float = 0.04
    """What one turn takes: long beside a clock tick, short beside a burst of other load."""
    streams: int = 64
    correctness_steps: int = 1000
    train_hidden: int = 512
    train_batch: int = 32
    train_seq_len: int = 128
    train_rounds: int = 7
    upkeep_hidden: int = 256
    """Width of the run whose evaluations, samples and saves are timed: the default."""
    upkeep_steps: int = 8
    """Steps timed of that run's epoch."""
    corpus_characters: int = 1_000_000
    judge: tuple[int, int, int] = (384, 192, 20_000)
    """Units, width of the vectors and words of the network that judges, as imdb-lstm's."""
    judge_words: int = 400
    """Of the text: with markup and long ones, four of five reviews of IMDb are shorter."""
    judge_rounds: int = 3
    """Of the traces, a second or two each."""
    help_runs: int = 7
    cold_hidden: int = 512
    cold_runs: int = 5
    messages: int = 100_000
    """Kept in the session store that is searched."""
    store_runs: int = 7


QUICK = Plan(
    rounds=5,
    turn_seconds=0.015,
    train_rounds=3,
    upkeep_steps=4,
    cold_runs=3,
    store_runs=3,
    judge_rounds=1,
)
"""Every line, each less sure."""
