#!/usr/bin/env python3
"""The simple model to beat: an interpolated character n-gram with Witten-Bell smoothing.

usage: scripts/ngram_baseline.py CORPUS

Prints the loss on the last tenth of the text, in nats per character. The order is chosen on the
5 % before it, with counts of the first 85 %; the counts of the first 90 % then score the last tenth
once.

Witten and Bell 1991, method C, interpolated: with c(h, x) the count of x after h, N(h) their sum
and T(h) the number of different x,

    p(x | h) = (c(h, x) + T(h) p(x | h')) / (N(h) + T(h)),   h' = h without its first character,

down to the uniform distribution over the text's characters.
"""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from pathlib import Path

from rnntui.data.reading import read_text
from rnntui.data.splits import bounds

ORDERS = range(3, 10)

Counts = list[dict[str, dict[str, int]]]
"""By length of the context: what followed it, how often."""


def count(text: str, order: int) -> Counts:
    """Count every context of up to `order - 1` characters."""
    counts: Counts = [defaultdict(dict) for _ in range(order)]
    for place, character in enumerate(text):
        for length in range(min(order, place + 1)):
            after = counts[length][text[place - length : place]]
            after[character] = after.get(character, 0) + 1
    return counts


def losses(counts: Counts, text: str, symbols: int) -> list[float]:
    """Return nats per character of a text for every order up to that of the counts."""
    totals = [0.0] * len(counts)
    sums = [{h: sum(after.values()) for h, after in level.items()} for level in counts]
    longest = len(counts) - 1
    for place in range(1, len(text)):
        character, p = text[place], 1 / symbols
        for length, level in enumerate(counts):
            context = text[max(0, place - length) : place]
            after = level.get(context) if length <= min(place, longest) else None
            if after is not None:
                kinds = len(after)
                p = (after.get(character, 0) + kinds * p) / (sums[length][context] + kinds)
            totals[length] -= math.log(p)
    return [total / (len(text) - 1) for total in totals]


def ngram_figure(corpus: Path) -> tuple[int, float]:
    """Return the order that the validation part chooses, and its loss on the last tenth."""
    return figure_of("".join(read_text([corpus])), ORDERS)


def figure_of(text: str, orders: range) -> tuple[int, float]:
    """Return the same of a text, choosing among some orders."""
    split = (0.85, 0.05, 0.1)
    (_, first), (_, second) = bounds(len(text), split, "train"), bounds(len(text), split, "val")
    symbols = len(set(text))
    chosen = losses(count(text[:first], max(orders)), text[first:second], symbols)
    order = min(orders, key=lambda n: chosen[n - 1])
    return order, losses(count(text[:second], order), text[second:], symbols)[-1]


if __name__ == "__main__":
    best, loss = ngram_figure(Path(sys.argv[1]))
    print(f"{best}-gram: {loss:.4f} nats per character on the last tenth")
