"""Word vectors from the text files of GloVe and word2vec, plain or gzip.

One word a line, then its numbers. Such files have their faults: a header or none, words with spaces
in them, lines cut short, words twice. What is passed over is counted, and told.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnntui.data.reviews import lines
from rnntui.data.words import PAD, Words
from rnntui.errors import CorpusError

_SAMPLE = 100
"""Lines whose commonest length is the file's."""


@dataclass(frozen=True)
class Vectors:
    """The vectors of a vocabulary's words."""

    matrix: NDArray[np.float32]
    """(V, E): zero where the file has none."""
    found: NDArray[np.bool_]
    """(V,): whether it has one."""
    header: bool
    """The file began with its size, as word2vec's do."""
    wrong: int
    """Lines of another length, or with something that is no number."""
    repeated: int
    """Lines for a word that had its vector already."""
    lines: int
    """Lines with a word, wrong ones among them."""

    def told(self) -> str:
        """Return what was found in a sentence."""
        words = len(self.found) - 2
        facts = [f"{int(self.found.sum()):,} of {words:,} words have one"]
        facts += ["a header was skipped"] if self.header else []
        facts += [f"{self.wrong:,} of {self.lines:,} lines were damaged"] if self.wrong else []
        facts += [f"{self.repeated:,} lines came twice"] if self.repeated else []
        return f"vectors of {self.matrix.shape[1]}: " + ", ".join(facts)


def read_vectors(path: Path, words: Words) -> Vectors:
    """Read the vectors of a vocabulary's words; those of other words are passed over.

    A word is looked up as the file has it and, if it has capitals, in small letters; what comes
    first stands.

    Raises:
        CorpusError: it cannot be read, holds no vectors, or none of these words.
    """
    rows = (line.split() for line in lines(path, "replace") if line.strip())
    first = list(islice(rows, _SAMPLE))
    header = bool(first) and len(first[0]) == 2 and all(f.isdecimal() for f in first[0])
    first = first[header:]
    width = Counter(len(fields) - 1 for fields in first).most_common(1)[0][0] if first else 0
    tally = _Tally(words, max(1, width))
    for fields in chain(first, rows):
        tally.add(fields)
    if width < 2 or not tally.found.any():
        raise CorpusError(
            f"{path} holds no vector of any of the {len(words) - 2:,} words",
            "name a text file with a word and its numbers on each line, as GloVe's",
        )
    return Vectors(tally.matrix, tally.found, header, tally.wrong, tally.repeated, tally.lines)


class _Tally:
    """What has been read of a file whose vectors are `width` long."""

    def __init__(self, words: Words, width: int) -> None:
        self._index, self._width = words.index, width
        self.matrix = np.zeros((len(words), width), np.float32)
        self.found = np.zeros(len(words), bool)
        self.wrong = self.repeated = self.lines = 0

    def add(self, fields: list[str]) -> None:
        """Take a line in."""
        self.lines += 1
        extra = len(fields) - 1 - self._width
        if extra < 0 or (extra and _numbers(fields[1:]) is not None):
            self.wrong += 1
            return
        word = " ".join(fields[: extra + 1])
        index = self._index.get(word, self._index.get(word.lower(), PAD))
        if index == PAD:
            return
        numbers = _numbers(fields[extra + 1 :])
        if numbers is None:
            self.wrong += 1
        elif self.found[index]:
            self.repeated += 1
        else:
            self.matrix[index], self.found[index] = numbers, True


def _numbers(fields: list[str]) -> NDArray[np.float32] | None:
    try:
        numbers = np.array(fields, np.float32)
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None
