"""Making a corpus's text from the file it was published as.

Only named corpora are cleaned, each in the one way that the table says: a user's own file is read
as it is. What comes out is checked against the table, so that a corpus is the same text everywhere.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from pathlib import Path

from rnntui import paths
from rnntui.data.named import NamedCorpus
from rnntui.errors import CorpusError
from rnntui.files import file_problem, write_atomically

# Project Gutenberg's marks, in the wordings of five decades. The text lies between them.
# A long title goes on for a line or two before the mark is closed; some marks never are.
_BEGIN = re.compile(
    rb"""^[ \t]*(?:
        \*{2,3}[ ]*START[ ]+OF[ ]+(?:THE|THIS)[ ]+PROJECT[ ]+GUTENBERG
        (?: (?:[^*\r\n]+\r?\n){0,2} [^*\r\n]* \*{3} )?
      | \*END\*?[ ]*THE[ ]SMALL[ ]PRINT!
    )[^\n]*\n?""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_END = re.compile(
    rb"""^[ \t]*(?:
        \*{2,3}[ ]*END[ ]+OF[ ]+(?:THE|THIS)[ ]+PROJECT[ ]+GUTENBERG
      | End[ ]+of[ ]+(?:(?:the|this)[ ]+)?Project[ ]+Gutenberg
    )""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_TOKEN = re.compile(r"\w+|[^\w\s]+")

_LEFT_OUT = {
    "gutenberg": "without Project Gutenberg's header and licence",
    "words": "as lower-cased word tokens",
    "rows": "some rows of it",
    "shuffled": "its different lines in a fixed random order",
}


def text_file(corpus: NamedCorpus, file: Path) -> Path:
    """Return the file of a corpus's text, making it the first time.

    It lies in the cache and is called by the corpus's name, because that is the name a model will
    say it learned.

    Args:
        corpus: any.
        file: its file as published.

    Raises:
        CorpusError: the text that comes out is not the registered one.
        FileProblem: the file cannot be read, or the cache not written.
    """
    by_name = corpus.task in ("text", "dialogue")
    if not corpus.cleaning and (not by_name or file.name.split(".")[0] == corpus.name):
        return file
    wanted = corpus.text_sha256 or corpus.sha256
    path = paths.cache() / "texts" / wanted[:16] / f"{corpus.name}.{corpus.file.partition('.')[2]}"
    if path.exists():
        return path
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise file_problem(error, file, "read") from error
    text = clean(raw, corpus.cleaning)
    if hashlib.sha256(text).hexdigest() != wanted:
        raise CorpusError(
            f"{file} does not give the text registered as {corpus.name}",
            "try again once nothing writes to it",
        )
    write_atomically(path, text)
    return path


def clean(raw: bytes, cleaning: str) -> bytes:
    """Return the text of a file.

    Args:
        raw: the file as published.
        cleaning: "" for as it is, `gutenberg`, `words`, `shuffled`, or `rows FIRST LAST`.
    """
    kind, *arguments = cleaning.split() or [""]
    match kind:
        case "":
            return raw
        case "gutenberg":
            return strip_gutenberg(raw)
        case "words":
            return words(raw.decode("utf-8-sig")).encode()
        case "rows":
            first, last = arguments
            return rows(raw, first.encode(), last.encode())
        case "shuffled":
            return shuffled(raw)
        case _:
            raise ValueError(f"no cleaning is called {cleaning!r}")


def left_out(corpus: NamedCorpus) -> str:
    """Return in a few words what the text of a corpus is of its file; "" where it is the file."""
    return _LEFT_OUT.get(corpus.cleaning.partition(" ")[0], "")


def strip_gutenberg(raw: bytes) -> bytes:
    """Return a Project Gutenberg file without what stands before and after the text.

    The lines with the marks go too; blank lines beside them stay, as does every line ending. A file
    without marks, or with only one, loses accordingly less.
    """
    raw = raw.removeprefix(codecs.BOM_UTF8)
    begin = _BEGIN.search(raw)
    text = raw[begin.end() :] if begin else raw
    end = _END.search(text)
    return text[: end.start()] if end else text


def words(text: str) -> str:
    """Return a text as the chapters have it: NLTK's WordPunct tokens, lower-cased, one space apart.

    A token is a run of letters, digits and `_`, or a run of anything else but white space.
    """
    return " ".join(_TOKEN.findall(text)).lower()


def shuffled(raw: bytes) -> bytes:
    """Return the different lines of a file, once each, in the order of their hashes.

    That order is random, and the same everywhere. A sorted list must not be cut into parts as it
    is: the last tenth of it would be another kind; nor one with repeats: it would be known there.
    """
    lines = set(raw.splitlines())
    return b"".join(
        line + b"\n" for line in sorted(lines, key=lambda x: hashlib.sha256(x).digest())
    )


def rows(csv: bytes, first: bytes, last: bytes) -> bytes:
    """Return a CSV's header and the rows whose first field, a date, is from `first` to `last`."""
    header, *lines = csv.splitlines(keepends=True)
    kept = (line for line in lines if first <= line.split(b",", 1)[0] <= last)
    return header + b"".join(kept)
