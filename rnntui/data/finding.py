"""Finding corpora: a path, a file in the folder that `RNNTUI_DATA` names, or one fetched before.

A name of the table in `data.named` stands for one text, the same on every machine: its file is
known by size and SHA-256, wherever it lies. Downloading is the caller's business, who hands in how;
without that, a corpus that is not here is an error that says how to get it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from rnntui import paths
from rnntui.data.cleaning import left_out, text_file
from rnntui.data.computed import compute
from rnntui.data.named import NamedCorpus, corpora, lookup, nearest
from rnntui.data.parquet import made_path, make
from rnntui.display import one_line
from rnntui.errors import CorpusError
from rnntui.files import file_problem

Fetch = Callable[[NamedCorpus, Path], None]
"""Brings a corpus's file to a path, or raises an RnntuiError."""
Say = Callable[[str], None]
"""Tells the user something in a line."""
Place = Literal["here", "download", "by hand"]

_ENDINGS = ("", ".txt", ".txt.gz")


def _silent(_: str) -> None:
    pass


def find_corpora(
    names: Sequence[str], *, fetch: Fetch | None = None, say: Say = _silent
) -> list[Path]:
    """Return the text file of each corpus.

    Args:
        names: paths of text files, names of the table, or names of files in `RNNTUI_DATA`.
        fetch: downloads what is named and not here; None where no download was asked for.
        say: told where a name or a path stands for another text than one might think.

    Raises:
        CorpusError: one is none of these, is no text, or is not here.
        FileProblem: a text cannot be prepared in the cache.
    """
    return [_find(name, fetch, say) for name in names]


def _find(name: str, fetch: Fetch | None, say: Say) -> Path:
    if _is_path(name):
        return _recognised(Path(name), say)
    corpus = lookup(name)
    if corpus:
        if corpus.task in ("text", "dialogue"):
            return find_named(corpus, fetch=fetch, say=say)
        raise CorpusError(
            f"{corpus.name} is no text: {corpus.about}", "`rnntui data list` shows which are"
        )
    own = _own_file(name)
    if own:
        return _recognised(own, say)
    if Path(name).suffix:
        return Path(name)  # a file that does not exist: whoever reads it says so
    raise _unknown(name)


def find_named(corpus: NamedCorpus, *, fetch: Fetch | None = None, say: Say = _silent) -> Path:
    """Return the file of a named corpus's text, or of its series or reviews.

    Args:
        corpus: of the table.
        fetch: as for `find_corpora`.
        say: likewise.

    Raises:
        CorpusError: it is not here and cannot be, or must not be, fetched.
        FileProblem: its text cannot be prepared in the cache.
    """
    files = [file for file in _candidates(corpus) if _size(file) is not None]
    for file in files:
        if is_file(file, corpus.bytes, corpus.sha256):
            return text_file(corpus, file)
    for file in files:
        if corpus.of and file.name == corpus.file:
            continue  # another version of what it would be made from
        if not _is_the_text(corpus, file):
            say(f"note: {file} is not the registered {corpus.name}; it is read as it is")
        return file
    return text_file(corpus, _downloaded(corpus, fetch))


def named_corpus(name: str) -> NamedCorpus:
    """Return a corpus of the table.

    Raises:
        CorpusError: it has no such name; the nearest are told.
    """
    corpus = lookup(name)
    if corpus is None:
        raise _unknown(name)
    return corpus


def _unknown(name: str) -> CorpusError:
    near = nearest(name)
    return CorpusError(
        f"there is no corpus {one_line(name, 40)!r}",
        f"did you mean {' or '.join(near)}?"
        if near
        else "name a text file or a corpus of `rnntui data list`, or set RNNTUI_DATA to its folder",
    )


def _downloaded(corpus: NamedCorpus, fetch: Fetch | None) -> Path:
    """Return the file of a corpus that was downloaded before; else compute or download it now."""
    path = download_path(corpus)
    if is_file(path, corpus.bytes, corpus.sha256):
        return path
    if corpus.hub:
        return _of_the_hub(corpus, fetch)
    if corpus.computed:
        compute(corpus, path)
        return path
    if not corpus.url:
        raise CorpusError(
            f"{corpus.name} is not here and has no address to download it from",
            f"{put_in_place(corpus)} ({corpus.by_hand}); see docs/data.md",
        )
    if fetch is None:
        raise CorpusError(
            f"the corpus {corpus.name} is not here",
            f"fetch it: rnntui data get {corpus.name}; or {put_in_place(corpus)}",
        )
    fetch(corpus, path)
    return path


def _of_the_hub(corpus: NamedCorpus, fetch: Fetch | None) -> Path:
    """Return what was made of the Hub's files of a corpus; else make it, downloading them."""
    made = made_path(corpus)
    if made.exists():
        return made
    files = []
    for part in corpus.hub:
        # Each file is looked for, downloaded and refused like the file of a corpus of its own.
        one = msgspec.structs.replace(
            corpus, hub=(), file=part.file, url=part.url, bytes=part.bytes, sha256=part.sha256
        )
        there = [file for file in _candidates(one) if is_file(file, part.bytes, part.sha256)]
        files.append(there[0] if there else _downloaded(one, fetch))
    make(corpus, files, made)
    return made


def put_in_place(corpus: NamedCorpus) -> str:
    """Return, as an instruction, how a corpus comes here without a download."""
    return f"put {corpus.file} into the folder that RNNTUI_DATA names"


def place(corpus: NamedCorpus) -> Place:
    """Return whether a corpus is here, can be downloaded, or has to be brought by hand.

    Files are judged by name and size, which takes no time; using one checks its SHA-256 as well.
    """
    if corpus.computed:
        return "here"
    if any(_size(f) == corpus.bytes for f in (*_candidates(corpus), download_path(corpus))):
        return "here"
    if corpus.hub and made_path(corpus).exists():
        return "here"
    return "download" if corpus.url or corpus.hub else "by hand"


def download_path(corpus: NamedCorpus) -> Path:
    """Where a corpus's file is downloaded to. In the cache, since it can be fetched again."""
    return paths.cache() / "downloads" / corpus.file


def is_file(path: Path, size: int, sha256: str) -> bool:
    """Return whether a file is the one meant; it is hashed only where the size fits.

    Raises:
        FileProblem: it is there and cannot be read.
    """
    if _size(path) != size:
        return False
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError as error:
        raise file_problem(error, path, "read") from error


def _size(path: Path) -> int | None:
    """Return the size of a file, None where there is none."""
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None


def _folder() -> Path | None:
    """The folder that `RNNTUI_DATA` names."""
    folder = os.environ.get("RNNTUI_DATA")
    return paths.expanded(folder) if folder else None


def _candidates(corpus: NamedCorpus) -> Iterator[Path]:
    """Where in `RNNTUI_DATA` a corpus's file may lie."""
    folder = _folder()
    if folder:
        yield folder / corpus.file
        yield from (folder / f"{corpus.name}{ending}" for ending in _ENDINGS)


def _own_file(name: str) -> Path | None:
    """Return the file of that name in `RNNTUI_DATA`, whatever it holds."""
    folder = _folder()
    if folder is None:
        return None
    files = (folder / f"{name}{ending}" for ending in _ENDINGS)
    return next((file for file in files if _size(file) is not None), None)


def _is_the_text(corpus: NamedCorpus, file: Path) -> bool:
    """Whether somebody has already cleaned a corpus as we would."""
    return bool(corpus.text_sha256) and is_file(file, corpus.text_bytes, corpus.text_sha256)


def _recognised(path: Path, say: Say) -> Path:
    """Return a file given by its path, or the text made from it where it is a corpus of the table.

    So `rnntui eval anna-lstm anna.txt` scores the novel that the model knows, not the licence below
    it. Only files that are cleaned are looked for: any other's text is the file itself.
    """
    for corpus in corpora().values():
        cleaned = corpus.cleaning and not corpus.of
        if cleaned and is_file(path, corpus.bytes, corpus.sha256):
            say(f"note: {path} is read as the named corpus {corpus.name}, {left_out(corpus)}")
            return text_file(corpus, path)
    return path


def absolute_corpora(files: Sequence[str]) -> tuple[str, ...]:
    """Return files as a run's recipe keeps them: findable from any folder, names left as names."""
    return tuple(str(Path(f).resolve()) if _is_path(f) and _exists(Path(f)) else f for f in files)


def _is_path(name: str) -> bool:
    """Whether a word means a path: it has a folder in it, or is here and no folder's name alone."""
    path = Path(name)
    if path.parent != Path():
        return True
    return _exists(path) and (path.is_file() or lookup(name) is None)


def _exists(path: Path) -> bool:
    """Whether a file is there; a name too long for one, such as a whole text, is none."""
    try:
        return path.exists()
    except OSError:
        return False
