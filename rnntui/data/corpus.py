"""A corpus as training sees it: indices on disk, memory-mapped, made once from the text.

A gigabyte of text takes a gigabyte of cache and a few megabytes of memory: it is read in pieces,
twice (once to learn its symbols, once to encode), and never again while the cache stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnntui import paths
from rnntui.checkpoints.chat import Chat
from rnntui.checkpoints.config import Unit
from rnntui.data.reading import Errors, read_text
from rnntui.data.splits import Split
from rnntui.data.vocabulary import Ids, Vocabulary
from rnntui.errors import CorpusError
from rnntui.files import replaced, write_atomically


@dataclass(frozen=True)
class Corpus:
    """An encoded text."""

    name: str
    """For people: the file's name without its endings."""
    sha256: str
    """Of the normalised text, in UTF-8."""
    characters: int
    """Code points of the normalised text."""
    vocabulary: Vocabulary
    ids: Ids
    """(N,): memory-mapped. For bytes, N is larger than `characters`."""
    left_out: int = 0
    """Symbols of the text that the vocabulary lacks (only where one was given)."""
    split: Split | None = None
    """Where it has to be cut, of dialogues, each of which is whole in one part; None leaves it to
    the recipe."""
    chat: Chat | None = None
    """The template of dialogues; None of any other text."""
    notes: tuple[str, ...] = ()
    """What a person should know of how it was made, as sentences."""


@dataclass(frozen=True)
class _Survey:
    """What the first reading finds out."""

    sha256: str
    characters: int
    symbols: frozenset[str]


def _survey(files: Sequence[Path], lowercase: bool, errors: Errors) -> _Survey:
    digest, characters, seen = hashlib.sha256(), 0, set[str]()
    for piece in read_text(files, lowercase=lowercase, errors=errors):
        digest.update(piece.encode())
        characters += len(piece)
        seen.update(piece)
    return _Survey(digest.hexdigest(), characters, frozenset(seen))


def read_corpus(
    files: Sequence[Path],
    *,
    unit: Unit = "char",
    lowercase: bool = False,
    errors: Errors = "strict",
    vocabulary: Vocabulary | None = None,
) -> Corpus:
    """Read and encode some text files as one corpus.

    Args:
        files: in the order they are joined.
        unit: "char" for code points, "byte" for UTF-8 bytes; ignored when a vocabulary is given.
        lowercase: lower-case the text first; likewise.
        errors: what to do with invalid UTF-8.
        vocabulary: a trained model's, to score the text with; symbols it lacks are left out and
            counted. None takes every symbol of the text.

    Raises:
        CorpusError: a file cannot be read as text, or there is nothing in them.
        FileProblem: the cache cannot be written.
    """
    if not files:
        raise CorpusError("no text given", "name one or more text files")
    _check_plain(files)
    lowercase = vocabulary.lowercase if vocabulary else lowercase
    survey = _survey(files, lowercase, errors)
    names = ", ".join(str(f) for f in files)
    if not survey.characters:
        raise CorpusError(f"{names} is empty", "name a text with something in it")
    if vocabulary is None:
        vocabulary = (
            Vocabulary.of_bytes(lowercase)
            if unit == "byte"
            else Vocabulary.of_characters(survey.symbols, lowercase)
        )
    path = _cache_path(survey.sha256, vocabulary)
    if not _is_whole(path):
        pieces = read_text(files, lowercase=lowercase, errors=errors)
        with replaced(path) as beside:
            if _encode(pieces, vocabulary, beside) != survey.sha256:
                raise CorpusError(
                    f"{names} changed while it was read", "try again once it is written"
                )
        write_atomically(_size_path(path), str(path.stat().st_size))
    total = survey.characters if vocabulary.unit == "char" else None
    ids: Ids = np.memmap(path, vocabulary.dtype, mode="r") if path.stat().st_size else _nothing()
    return Corpus(
        name=files[0].name.split(".")[0] or "corpus",
        sha256=survey.sha256,
        characters=survey.characters,
        vocabulary=vocabulary,
        ids=ids,
        left_out=total - len(ids) if total is not None else 0,
    )


def _check_plain(files: Sequence[Path]) -> None:
    """Raise CorpusError for a pipe, which cannot be read twice."""
    for path in files:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise CorpusError(f"{path} is a pipe or device", "save the text in a file first")


def _nothing() -> Ids:
    return np.empty(0, np.uint8)  # an empty file cannot be memory-mapped


def _cache_path(sha256: str, vocabulary: Vocabulary) -> Path:
    key = hashlib.sha256(repr((vocabulary.unit, vocabulary.symbols)).encode()).hexdigest()
    return paths.cache() / "corpora" / f"{sha256[:24]}-{key[:8]}.{vocabulary.dtype.name}"


def _size_path(path: Path) -> Path:
    """The file beside a cache that says how many bytes it has; written last."""
    return path.with_name(f"{path.name}.size")


def _is_whole(path: Path) -> bool:
    """Whether a cache is there, with nothing cut off."""
    try:
        return path.stat().st_size == int(_size_path(path).read_text("utf-8"))
    except (OSError, ValueError):
        return False


def _encode(pieces: Iterable[str], vocabulary: Vocabulary, path: Path) -> str:
    """Write the indices of a text.

    Returns:
        The text's SHA-256, to be compared with the first reading's.
    """
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for piece in pieces:
            digest.update(piece.encode())
            file.write(vocabulary.encode_known(piece)[0].tobytes())
    return digest.hexdigest()
