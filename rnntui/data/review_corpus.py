"""Reviews as training sees them: words as numbers on disk, memory-mapped, made once from the texts.

What is kept knows every different word of the file, so that it serves any vocabulary: a vocabulary
is a table from these numbers to its own. Encoding the 50,000 reviews of IMDb takes half a minute,
opening them again a tenth of a second.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from rnntui import paths
from rnntui.data import tokens
from rnntui.data.reading import Errors
from rnntui.data.reviews import Part, Review, read_reviews, read_unlabelled
from rnntui.data.words import WordIds, Words
from rnntui.errors import CorpusError
from rnntui.files import file_problem, replaced, write_atomically

PARTS: tuple[Part, ...] = ("train", "val", "test")
"""In the order of their numbers."""
NO_PART, NO_LABEL = -1, -1

Numbers = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class ReviewCorpus:
    """Encoded reviews."""

    name: str
    """For people: the data set's name, or the file's without its endings."""
    sha256: str
    """Of texts, labels and parts in their order."""
    types: tuple[str, ...]
    """The different words, in the order they first appear."""
    tokens: Numbers
    """(N,): all reviews one after another, as indices into `types`; memory-mapped."""
    ends: Numbers
    """(n,): where in `tokens` each review ends."""
    labels: Numbers
    """(n,): 1, 0, or `NO_LABEL`."""
    given: Numbers
    """(n,): the part the data set itself names, as an index into `PARTS`, or `NO_PART`."""
    digests: NDArray[np.uint64]
    """(n,): equal where two reviews are the same words."""

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def lengths(self) -> Numbers:
        """(n,): words of each review."""
        return np.diff(self.ends, prepend=0)

    def counts(self, rows: Numbers) -> NDArray[np.int64]:
        """Return how often each of `types` occurs in some reviews: (len(types),)."""
        chosen = np.zeros(len(self), bool)
        chosen[rows] = True
        words = self.tokens[np.repeat(chosen, self.lengths)]
        return np.bincount(words, minlength=len(self.types))


@dataclass(frozen=True)
class EncodedReviews:
    """A corpus in the words of one vocabulary."""

    corpus: ReviewCorpus
    words: Words
    table: WordIds
    """(len(corpus.types),): the vocabulary's index of each of the corpus's words."""

    @classmethod
    def of(cls, corpus: ReviewCorpus, words: Words) -> EncodedReviews:
        """Look the corpus's words up, once."""
        return cls(corpus, words, words.encode(corpus.types))

    def row(self, index: int) -> WordIds:
        """Return one review's words: (T,)."""
        begin = self.corpus.ends[index - 1] if index else 0
        ids: WordIds = self.table[self.corpus.tokens[begin : self.corpus.ends[index]]]
        return ids


class _About(msgspec.Struct):
    """What a cache folder says of itself; written last."""

    sha256: str
    sizes: dict[str, int]
    """Bytes of each of its other files."""


_ABOUT = msgspec.json.Decoder(_About)


def read_review_corpus(
    path: Path,
    name: str = "",
    *,
    text_column: str = "",
    label_column: str = "",
    one_class: bool = False,
    errors: Errors = "strict",
) -> ReviewCorpus:
    """Read and encode labelled reviews.

    Args:
        path: as for `read_reviews`.
        name: for people; "" takes the file's.
        text_column: as for `read_reviews`.
        label_column: likewise.
        one_class: take reviews that are all positive or all negative, for measuring.
        errors: as for `read_reviews`.

    Raises:
        CorpusError: it cannot be read, holds no review, or reviews of one class only.
        FileProblem: the cache cannot be written.
    """
    reviews = read_reviews(path, text_column=text_column, label_column=label_column, errors=errors)
    kind = f"labelled {text_column} {label_column}" + _repaired(errors)
    corpus = _cached(path, name, kind, reviews)
    found = set(corpus.labels.tolist())
    if len(found) == 1 and not one_class:
        only = "positive" if 1 in found else "negative"
        raise CorpusError(
            f"all {len(corpus):,} reviews of {path} are {only}",
            "bring reviews of both kinds: from one, nothing can be told apart",
        )
    return corpus


def read_unlabelled_corpus(
    path: Path, name: str = "", *, errors: Errors = "strict"
) -> ReviewCorpus:
    """Read and encode reviews without labels; arguments and errors as `read_review_corpus`."""
    texts = (Review(text, NO_LABEL) for text in read_unlabelled(path, errors))
    return _cached(path, name, "unlabelled" + _repaired(errors), texts)


def _repaired(errors: Errors) -> str:
    """What tells the cache of a text that was read on from one that was refused."""
    return "" if errors == "strict" else f" {errors}"


def _cached(path: Path, name: str, kind: str, reviews: Iterable[Review]) -> ReviewCorpus:
    folder = paths.cache() / "reviews" / _key(path, kind)
    if not _is_whole(folder):
        _encode(path, reviews, folder)
    return _open(folder, name or path.name.split(".")[0] or "reviews")


def _is_whole(folder: Path) -> bool:
    """Whether a cache is there, with nothing cut off."""
    try:
        sizes = _ABOUT.decode((folder / "about.json").read_bytes()).sizes
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return False


def _key(path: Path, kind: str) -> str:
    """Known again by content; a folder of 100,000 files by their names, sizes and times."""
    digest = hashlib.sha256(f"{tokens.VERSION} {kind}\n".encode())
    try:
        if path.is_dir():
            for file in sorted(path.rglob("*.txt")):
                stat = file.stat()
                digest.update(f"{file}\t{stat.st_size}\t{stat.st_mtime_ns}\n".encode())
        elif path.is_file():
            with path.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
        elif path.exists():
            raise CorpusError(f"{path} is a pipe or device", "save the reviews in a file first")
        else:
            raise CorpusError(f"{path} does not exist", "check the path")
    except OSError as error:
        raise file_problem(error, path, "read") from error
    return digest.hexdigest()[:32]


_ARRAYS = {"ends": np.int64, "labels": np.int8, "given": np.int8, "digests": np.uint64}


def _encode(path: Path, reviews: Iterable[Review], folder: Path) -> None:
    """Write the cache of some reviews beside its place and rename it there."""
    beside = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        beside.mkdir(parents=True, exist_ok=True)
        with replaced(beside / "tokens") as target, target.open("wb") as file:
            columns, types, sha256 = _columns(reviews, file)
        if not types:
            raise CorpusError(f"{path} holds no review", "name a file with something in it")
        for key, kind in _ARRAYS.items():
            write_atomically(beside / key, np.array(columns[key], kind).tobytes())
        write_atomically(beside / "types", "\n".join(types))
        about = _About(sha256, {file.name: file.stat().st_size for file in beside.iterdir()})
        write_atomically(beside / "about.json", msgspec.json.encode(about))
        if not _is_whole(folder):
            shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(FileExistsError, OSError):  # another process was first
            beside.rename(folder)
    except OSError as error:
        raise file_problem(error, folder, "write") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _columns(reviews: Iterable[Review], file: Any) -> tuple[dict[str, list[int]], list[str], str]:
    """Write the words of reviews to a file; return the rest: arrays, types and SHA-256."""
    sha256 = hashlib.sha256()
    types: dict[str, int] = {}
    columns: dict[str, list[int]] = {key: [] for key in _ARRAYS}
    end = 0
    for review, words in _with_words(reviews, sha256):
        ids = array("I", [types.setdefault(word, len(types)) for word in words])
        file.write(ids.tobytes())
        end += len(ids)
        columns["ends"].append(end)
        columns["labels"].append(review.label)
        columns["given"].append(PARTS.index(review.part) if review.part else NO_PART)
        digest = hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest()
        columns["digests"].append(int.from_bytes(digest, "little"))
    return columns, list(types), sha256.hexdigest()


def _with_words(reviews: Iterable[Review], sha256: Any) -> Iterator[tuple[Review, list[str]]]:
    """Yield each review with its words; one without any, such as a line of dashes, is left out."""
    for review in reviews:
        sha256.update(f"{review.part}\t{review.label}\t{review.text}\n".encode())
        words = tokens.tokenize(review.text)
        if words:
            yield review, words


def _open(folder: Path, name: str) -> ReviewCorpus:
    try:
        about = _ABOUT.decode((folder / "about.json").read_bytes())
        types = tuple((folder / "types").read_text("utf-8").split("\n"))
        kept = {key: np.fromfile(folder / key, kind) for key, kind in _ARRAYS.items()}
        words = np.memmap(folder / "tokens", np.uint32, "r")
    except OSError as error:
        raise file_problem(error, folder, "read") from error
    return ReviewCorpus(
        name, about.sha256, types, words, kept["ends"], kept["labels"], kept["given"],
        kept["digests"],
    )  # fmt: skip
