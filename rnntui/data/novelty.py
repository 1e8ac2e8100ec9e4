"""How much of a text is copied: its longest verbatim run, and the share of its 8-grams.

"Does it only copy?" is what people ask of a network that writes. Both answers are exact: hashes
only say where to look, and what they find is compared character by character. A figure alone
misleads, since an author's own unseen pages repeat the author too, so `baseline` gives the same
figures for held-out text.

Knows nothing of networks and vocabularies: text goes in, as the network saw it (lower-cased if it
was, the training part alone).
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

GRAM = 8
"""Characters of a gram: longer than most words with their space, so that spelling is no copying."""

SMALL = 100_000
"""Characters of training text under which a network learns it by heart."""

INDEXED = 8_000_000
"""Characters up to which a text is indexed: 12 bytes each, 0.1 s a million to build, and then
some milliseconds a question. A longer text is read through at every question instead (about
15 ms a million characters) and costs no memory beyond the text's own."""

_MOST = 4096
"""Occurrences of a gram that are tried one by one. One more common than that is in all text."""
_PIECE = 1 << 16
"""Characters hashed at once: half a megabyte, so that the passes stay in the cache."""
_BASE = np.uint64(0x9E3779B97F4A7C15)
"""Of the polynomial hash, modulo 2**64: odd, with bits everywhere."""
_FILTER_BITS = 20

Hashes = NDArray[np.uint64]
Places = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Novelty:
    """What of a text stands in the training text."""

    characters: int
    """Of the text."""
    grams: int
    """8-grams in the text, counted at every place; 0 where it is shorter than one."""
    copied: int
    """How many of them occur in the training text."""
    longest: int
    """Characters of the longest verbatim run; the first of several."""
    start: int
    """Where that run begins in the text."""
    place: int
    """Where it stands in the training text, in characters from its beginning; -1 for no run."""

    @property
    def share(self) -> float | None:
        """Copied 8-grams among all; None where the text has none."""
        return self.copied / self.grams if self.grams else None


@dataclass(frozen=True)
class Baseline:
    """The figures of held-out pages, each as long as a sample: what no copying would give."""

    pages: int
    characters: int
    """Of each page."""
    share: float
    """Copied 8-grams among those of all pages."""
    lowest: float
    highest: float
    """The smallest and the largest share of a page."""
    longest: float
    """The median page's longest run."""


class TrainingText:
    """A training text, ready to be asked what of another text it holds.

    Args:
        text: the whole of it, newlines as LF.
        indexed: largest length that is indexed, see `INDEXED`.
    """

    def __init__(self, text: str, indexed: int = INDEXED) -> None:
        self.text = text
        self._index = _all_occurrences(text) if len(text) <= indexed else None

    def __len__(self) -> int:
        return len(self.text)

    def line(self, place: int) -> int:
        """Return the number of the line, from 1, that a place is in."""
        return self.text.count("\n", 0, place) + 1

    def novelty(self, text: str) -> Novelty:
        """Return what of a text stands here. Exact, whatever the hashes do."""
        hashes = _hashes(text, GRAM)
        index = self._index or _occurrences_of(self.text, np.unique(hashes), GRAM)
        search = _Search(self.text, text, index, hashes)
        copied = sum(search.known)
        start, longest, place = search.longest() if copied else self._short_run(text)
        return Novelty(len(text), len(hashes), copied, longest, start, place)

    def _short_run(self, text: str) -> tuple[int, int, int]:
        """Return start, length and place of the longest run, known to be shorter than a gram."""
        for size in range(min(GRAM - 1, len(text)), 0, -1):
            hashes = _hashes(text, size)
            index = _occurrences_of(self.text, np.unique(hashes), size)
            for start, hashed in enumerate(hashes):
                place = index.find(self.text, text[start : start + size], hashed)
                if place >= 0:
                    return start, size, place
        return 0, 0, -1

    def baseline(self, held_out: str, characters: int, pages: int = 20) -> Baseline | None:
        """Return the figures of pages of held-out text, spread evenly over it.

        Args:
            held_out: text that was not trained on.
            characters: of a page; that of the samples to be judged.
            pages: how many at most; they do not overlap.

        Returns:
            None where not even one page, or no 8-gram in it, can be had.
        """
        count = min(pages, len(held_out) // characters) if characters >= GRAM else 0
        if not count:
            return None
        step = len(held_out) // count
        found = [self.novelty(held_out[i * step : i * step + characters]) for i in range(count)]
        shares = [page.copied / page.grams for page in found]
        return Baseline(
            count, characters, statistics.fmean(shares), min(shares), max(shares),
            statistics.median(page.longest for page in found),
        )  # fmt: skip


def novelty(text: str, training_text: str) -> Novelty:
    """Return what of a text stands in a training text; to ask more than once, keep the object."""
    return TrainingText(training_text, indexed=0).novelty(text)


@dataclass(frozen=True)
class _Occurrences:
    """Where grams stand in a text."""

    keys: Hashes
    """(n,): hashes of grams, ascending, as often as the gram occurs."""
    places: Places
    """(n,): where each stands. A gram with more than `_MOST` may have some left out."""

    def bounds(self, hashes: Hashes) -> tuple[list[int], list[int]]:
        """Return where each hash's occurrences begin and end in `places`."""
        begins = np.searchsorted(self.keys, hashes, "left")
        ends = np.searchsorted(self.keys, hashes, "right")
        return begins.tolist(), ends.tolist()

    def find(self, text: str, gram: str, hashed: np.uint64) -> int:
        """Return a place of a gram in the text, -1 where there is none."""
        (begin,), (end,) = self.bounds(np.array([hashed]))
        return self.find_within(text, gram, begin, end)

    def find_within(self, text: str, gram: str, begin: int, end: int) -> int:
        """Return a place of a gram among its hash's occurrences, -1 where there is none."""
        for place in self.places[begin : min(end, begin + _MOST)].tolist():
            if text.startswith(gram, place):
                return int(place)
        return -1 if end - begin <= _MOST else text.find(gram)


class _Search:
    """The search for one text's longest run.

    A run of `n` characters holds `n - 7` grams, and stands only where its rarest one does. That one
    seldom occurs more than a few times, so that each question takes microseconds.
    """

    def __init__(self, text: str, sample: str, index: _Occurrences, hashes: Hashes) -> None:
        self.text, self.sample, self.index = text, sample, index
        self.begins, self.ends = index.bounds(hashes)
        self.counts = [end - begin for begin, end in zip(self.begins, self.ends, strict=True)]
        self.known = [
            bool(count) and index.find_within(text, sample[i : i + GRAM], begin, end) >= 0
            for i, (count, begin, end) in enumerate(
                zip(self.counts, self.begins, self.ends, strict=True)
            )
        ]

    def longest(self) -> tuple[int, int, int]:
        """Return start, length and place of the longest run; at least one gram is known."""
        reach = self._reach()
        best = (0, GRAM - 1, -1)
        for start in range(len(self.known)):
            # Only a run of known grams that is longer than the best so far can hold a longer one.
            while reach[start] - start > best[1]:
                place = self._find(start, best[1] + 1)
                if place < 0:
                    break
                length = best[1] + 1 + self._more(start + best[1] + 1, place + best[1] + 1)
                best = (start, length, place)
        return best

    def _reach(self) -> list[int]:
        """Return for each gram the end, in characters, of the row of known grams it begins."""
        reach, end = [0] * len(self.known), 0
        for i in range(len(self.known) - 1, -1, -1):
            if not self.known[i]:
                end = 0
            elif not end:
                end = i + GRAM
            reach[i] = end
        return reach

    def _find(self, start: int, length: int) -> int:
        """Return a place of a passage of the sample in the text, -1 where there is none."""
        passage = self.sample[start : start + length]
        window = self.counts[start : start + length - GRAM + 1]
        rarest = min(window)
        if rarest > _MOST:
            return self.text.find(passage)
        offset = window.index(rarest)
        begin = self.begins[start + offset]
        for place in self.index.places[begin : begin + rarest].tolist():
            if place >= offset and self.text.startswith(passage, place - offset):
                return int(place) - offset
        return -1

    def _more(self, start: int, place: int) -> int:
        """Return how many characters agree from there on."""
        count = 0
        end = min(len(self.sample) - start, len(self.text) - place)
        while count < end and self.sample[start + count] == self.text[place + count]:
            count += 1
        return count


def _codes(text: str) -> NDArray[np.uint32]:
    """Return the code points (n,) of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _hashes(text: str, size: int) -> Hashes:
    """Return the hash of the gram at each place of a text, (n - size + 1,)."""
    codes = _codes(text).astype(np.uint64)
    count = max(0, len(codes) - size + 1)
    hashes = np.zeros(count, np.uint64)
    for i in range(size):
        hashes *= _BASE
        hashes += codes[i : i + count]
    return hashes


def _pieces(text: str, size: int) -> Iterator[tuple[int, Hashes]]:
    """Yield the hashes of a long text piece by piece, each with the place where it begins."""
    for begin in range(0, len(text), _PIECE):
        yield begin, _hashes(text[begin : begin + _PIECE + size - 1], size)


def _all_occurrences(text: str) -> _Occurrences:
    """Index every gram of a text."""
    pieces: Sequence[Hashes] = [hashes for _, hashes in _pieces(text, GRAM)]
    keys = np.concatenate([np.zeros(0, np.uint64), *pieces])
    places = np.argsort(keys)
    keys = keys[places]
    return _Occurrences(keys, places.astype(np.uint32 if len(text) < 1 << 32 else np.int64))


def _occurrences_of(text: str, wanted: Hashes, size: int) -> _Occurrences:
    """Read through a text for some grams, listing at most a few thousand occurrences of each.

    Args:
        text: of any length.
        wanted: (k,) hashes, ascending, each once.
        size: characters of a gram.
    """
    shift = np.uint64(64 - _FILTER_BITS)  # the high bits of a product know all of its factors'
    seen = np.zeros(1 << _FILTER_BITS, bool)
    seen[wanted >> shift] = True  # a look-up in the cache sorts out nearly all of the text
    counts = np.zeros(len(wanted), np.int64)
    found: list[tuple[Hashes, NDArray[np.int64]]] = []
    for begin, hashes in _pieces(text, size):
        places = np.flatnonzero(seen[hashes >> shift])
        ranks = np.searchsorted(wanted, hashes[places])
        ranks = np.minimum(ranks, max(0, len(wanted) - 1))
        hit = (wanted[ranks] == hashes[places]) & (counts[ranks] <= _MOST)
        counts += np.bincount(ranks[hit], minlength=len(wanted))
        found.append((hashes[places[hit]], places[hit] + begin))
    keys = np.concatenate([np.zeros(0, np.uint64), *(k for k, _ in found)])
    places = np.concatenate([np.zeros(0, np.int64), *(p for _, p in found)])
    order = np.argsort(keys)
    return _Occurrences(keys[order], places[order])
