"""Cutting a text into contiguous training, validation and test parts.

Contiguous, because a random cut would put validation text inside scenes that were trained on and
flatter every figure.
"""

from __future__ import annotations

from typing import Literal

from rnntui.errors import CorpusError

Split = tuple[float, float, float]
Part = Literal["all", "train", "val", "test"]


def bounds(length: int, split: Split, part: Part) -> tuple[int, int]:
    """Return begin and end of a part in a text of `length` symbols.

    The test part begins at `int(length * (train + val))`, as nanoGPT cuts: with 0.9 and 0.1 the
    last tenth is the same text, symbol for symbol.
    """
    train, val, _ = split
    # Rounded, because 0.85 + 0.05 is a hair below 0.9 in binary.
    first, second = int(length * round(train, 9)), int(length * round(train + val, 9))
    return {
        "all": (0, length),
        "train": (0, first),
        "val": (first, second),
        "test": (second, length),
    }[part]


def exact_split(train: int, val: int, length: int) -> Split:
    """Return shares by which `bounds` cuts a text of `length` symbols after exactly these many.

    Args:
        train: symbols of the training part.
        val: symbols of the validation part.
        length: symbols of the whole; exact up to half a billion of them.
    """
    # Half a symbol more, so that rounding, up or down, never reaches the next cut.
    first = (train + 0.5) / length if train < length else 1.0
    second = (train + val + 0.5) / length if train + val < length else 1.0
    return first, second - first, 1 - second


def check_split(split: Split) -> None:
    """Raise CorpusError unless the shares are three that make up the whole."""
    # Put so that shares that are no numbers fail it too.
    if not (min(split[1:]) >= 0 < split[0] and abs(sum(split) - 1) <= 1e-6):
        raise CorpusError(
            f"split {list(split)} does not cut a text in three",
            "give three shares that add up to 1, such as 0.85 0.05 0.1",
        )


def check_length(length: int, split: Split, need_train: int, need_val: int, name: str) -> None:
    """Raise CorpusError, naming the length that would do, where a text is too short for its parts.

    Args:
        length: symbols of the text.
        split: as for `bounds`.
        need_train: the least the training part must hold (one batch).
        need_val: the least the validation part must hold, if its share is not 0.
        name: the corpus, for the message.
    """

    def enough(length: int) -> bool:
        train, val = (end - begin for begin, end in (bounds(length, split, "train"),
                                                     bounds(length, split, "val")))  # fmt: skip
        return train >= need_train and (not split[1] or val >= need_val)

    if enough(length):
        return
    needed = int(max(need_train / split[0], need_val / split[1] if split[1] else 0))
    while not enough(needed):  # rounding at the cuts: a step or two
        needed += 1
    raise CorpusError(
        f"{name} has {length:,} symbols, too few for its training and validation parts",
        f"it needs {needed:,} with this split; shorten --seq-len or --batch-size, or "
        "bring more text",
    )
