"""The symbols of a text model: text to indices and back, and what to do with strangers.

A prompt may hold characters that the corpus never had. They are mapped to their nearest relative
(’ to ', é to e, A to a) or dropped, and the caller is told, so that it can say so; a KeyError in
another project's user's face is where this module comes from (char-rnn issue 44 and its kin).
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.config import Unit, VocabularyConfig

Ids = NDArray[np.unsignedinteger[Any]]
"""Indices into a vocabulary, in the smallest of uint8, uint16 and uint32 that holds them."""

_RELATIVES = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"',
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-",
    "…": "...", "•": "*", "\t": " ", "\u00a0": " ", "\u202f": " ",
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "\r": "\n",
}  # fmt: skip


@dataclass(frozen=True)
class Encoded:
    """A short text as indices, with what had to be changed to get there."""

    ids: Ids
    mapped: dict[str, str] = field(default_factory=dict)
    """Characters the vocabulary lacks, and what stands for each."""
    dropped: tuple[str, ...] = ()
    """Characters that nothing could stand for, each once, in order of appearance."""


@dataclass(frozen=True)
class Vocabulary:
    """Symbols in index order; immutable, and saved inside every checkpoint."""

    unit: Unit
    symbols: tuple[str | int, ...]
    lowercase: bool = False

    @classmethod
    def of_bytes(cls, lowercase: bool = False) -> Vocabulary:
        """All 256 bytes, so that any UTF-8 text can be a prompt."""
        return cls("byte", tuple(range(256)), lowercase)

    @classmethod
    def of_characters(cls, characters: Iterable[str], lowercase: bool = False) -> Vocabulary:
        """The given code points, in code point order."""
        return cls("char", tuple(sorted(set(characters))), lowercase)

    @classmethod
    def from_config(cls, config: VocabularyConfig) -> Vocabulary:
        """The vocabulary of a checkpoint."""
        return cls(config.unit, config.symbols, config.lowercase)

    def to_config(self) -> VocabularyConfig:
        """As it is saved in `config.json`."""
        return VocabularyConfig(self.unit, self.symbols, self.lowercase)

    def __len__(self) -> int:
        return len(self.symbols)

    @property
    def dtype(self) -> np.dtype[np.unsignedinteger[Any]]:
        """The smallest unsigned integer type that holds every index."""
        if len(self) <= 1 << 8:
            return np.dtype(np.uint8)
        return np.dtype(np.uint16) if len(self) <= 1 << 16 else np.dtype(np.uint32)

    @cached_property
    def index(self) -> dict[str | int, int]:
        """Each symbol's index."""
        return {symbol: i for i, symbol in enumerate(self.symbols)}

    @cached_property
    def _table(self) -> NDArray[np.int32]:
        """(code points or bytes,): each one's index, -1 where it has none."""
        codes = [ord(s) if isinstance(s, str) else s for s in self.symbols]
        table = np.full(max(codes) + 1, -1, np.int32)
        table[codes] = np.arange(len(codes))
        return table

    def encode_known(self, text: str) -> tuple[Ids, int]:
        """Encode a long text at once, leaving out what the vocabulary lacks.

        Args:
            text: already lower-cased if the vocabulary is.

        Returns:
            The indices, and how many code points (or bytes) were left out.
        """
        if self.unit == "byte":
            codes = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8).astype(np.uint32)
        else:
            codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        table = self._table
        known = codes < len(table)
        ids = np.where(known, table[np.where(known, codes, 0)], -1)
        kept = ids[ids >= 0]
        return kept.astype(self.dtype), len(ids) - len(kept)

    def encode(self, text: str) -> Encoded:
        """Encode a prompt, mapping or dropping what the vocabulary lacks. Never fails."""
        if self.lowercase:
            text = text.lower()
        if self.unit == "byte":
            ids, _ = self.encode_known(text)
            return Encoded(ids)
        indices: list[int] = []
        mapped: dict[str, str] = {}
        dropped: dict[str, None] = {}
        for character in text:
            own = self.index.get(character)
            if own is not None:
                indices.append(own)
                continue
            relative = self._relative(character)
            indices.extend(self.index[c] for c in relative)
            if relative:
                mapped[character] = relative
            else:
                dropped[character] = None
        return Encoded(np.array(indices, self.dtype), mapped, tuple(dropped))

    def _relative(self, character: str) -> str:
        """Return what the vocabulary has in place of a character it lacks; "" for nothing."""
        plain = "".join(
            c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)
        )
        for candidate in (_RELATIVES.get(character, ""), plain, character.swapcase(),
                          plain.swapcase()):  # fmt: skip
            if candidate and all(c in self.index for c in candidate):
                return candidate
        return ""

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of some indices; bytes that are no UTF-8 become U+FFFD."""
        if self.unit == "byte":
            return bytes(int(self.symbols[i]) for i in ids).decode("utf-8", "replace")
        return "".join(str(self.symbols[i]) for i in ids)

    def decoder(self) -> Decoder:
        """Return a decoder for symbols that arrive one at a time."""
        return Decoder(self)


class Decoder:
    """Turns indices into characters as they come; a character of several bytes comes whole."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._symbols = vocabulary.symbols
        self._utf8 = (
            codecs.getincrementaldecoder("utf-8")("replace") if vocabulary.unit == "byte" else None
        )

    def push(self, index: int) -> str:
        """Return the text that the next symbol completes: often one character, or none yet."""
        symbol = self._symbols[index]
        if self._utf8 is None:
            return str(symbol)
        return self._utf8.decode(bytes((int(symbol),)))

    def flush(self) -> str:
        """Return what is left of a character broken off at the end of the text."""
        return self._utf8.decode(b"", final=True) if self._utf8 else ""

    def snapshot(self) -> Any:
        """Return the state, for `restore`."""
        return self._utf8.getstate() if self._utf8 else None

    def restore(self, snapshot: Any) -> None:
        """Go back to a state that `snapshot` returned."""
        if self._utf8:
            self._utf8.setstate(snapshot)


def name_of(character: str) -> str:
    """Return a character as a message may show it: `é`, or its code when it cannot be seen."""
    if character == " ":
        return "a space"
    if character.isprintable() and not unicodedata.combining(character):
        return character
    return f"U+{ord(character):04X}"


def explain(encoded: Encoded, what: str = "prompt") -> Iterator[str]:
    """Yield a sentence for what was mapped and one for what was dropped, if anything was.

    Args:
        encoded: a text that was read.
        what: what to call it.
    """
    if encoded.mapped:
        pairs = ", ".join(f"{name_of(a)} as {name_of(b) if len(b) == 1 else b}"
                          for a, b in list(encoded.mapped.items())[:8])  # fmt: skip
        more = f" and {len(encoded.mapped) - 8} more" if len(encoded.mapped) > 8 else ""
        yield f"the model never saw some characters of the {what}; read {pairs}{more}"
    if encoded.dropped:
        names = " ".join(name_of(c) for c in encoded.dropped[:12])
        more = f" and {len(encoded.dropped) - 12} more" if len(encoded.dropped) > 12 else ""
        yield f"left out of the {what}, since the model has nothing like them: {names}{more}"
