"""The words a network knows, in index order; the rest is one word, `<unk>`.

Index 0 pads reviews of different lengths to one batch and never counts; in a language model of
words it stands between two reviews.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.config import VocabularyConfig
from rnntui.errors import CheckpointError

PAD, UNKNOWN = 0, 1
_MARKS = ("<pad>", "<unk>")

WordIds = NDArray[np.int32]


@dataclass(frozen=True)
class Words:
    """A vocabulary of words; immutable, and saved inside every checkpoint."""

    symbols: tuple[str, ...]
    """In index order: `<pad>`, `<unk>`, then words by their frequency."""

    @classmethod
    def commonest(
        cls, types: Sequence[str], counts: NDArray[Any], size: int, skip: int = 0
    ) -> Words:
        """The commonest words of a text.

        Args:
            types: different words.
            counts: (len(types),): how often each occurs; those that never do are left out.
            size: words at most, `<pad>` and `<unk>` among them.
            skip: so many of the very commonest are left out.
        """
        # Ties go to the word that comes first in the alphabet, so that a cache made in another
        # order gives the same vocabulary.
        found = sorted(np.flatnonzero(counts).tolist(), key=lambda i: (-int(counts[i]), types[i]))
        chosen = [types[i] for i in found if types[i] not in _MARKS]
        return cls((*_MARKS, *chosen[skip : skip + size - len(_MARKS)]))

    @classmethod
    def from_config(cls, config: VocabularyConfig, where: str) -> Words:
        """The vocabulary of a checkpoint.

        Args:
            config: as saved.
            where: the model, for messages.

        Raises:
            CheckpointError: it is no vocabulary of words, or lays them out otherwise.
        """
        if config.unit != "word" or (config.pad, config.unknown) != (PAD, UNKNOWN):
            raise CheckpointError(
                f"{where} has no vocabulary of words with pad {PAD} and unknown {UNKNOWN}",
                "fetch or train it again",
            )
        return cls(tuple(str(symbol) for symbol in config.symbols))

    def to_config(self) -> VocabularyConfig:
        """As it is saved in `config.json`."""
        return VocabularyConfig("word", self.symbols, lowercase=True, pad=PAD, unknown=UNKNOWN)

    def __len__(self) -> int:
        return len(self.symbols)

    @cached_property
    def index(self) -> dict[str, int]:
        """Each word's index."""
        return {word: i for i, word in enumerate(self.symbols)}

    def encode(self, words: Iterable[str]) -> WordIds:
        """Return the indices of some words, `UNKNOWN` for strangers: (T,)."""
        index = self.index
        return np.fromiter((index.get(word, UNKNOWN) for word in words), np.int32)
