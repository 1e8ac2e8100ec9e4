"""Reading dialogues from files: what was said, turn by turn.

Three ways of writing them down are understood, told apart by what a file holds: one dialogue a line
with `__eou__` after each utterance (DailyDialog's way), a CSV of two columns, message and reply,
and lines that begin with who speaks, `A: ...`. Knows nothing of models, marks or cleaning.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from rnntui.data.reading import Errors, read_text
from rnntui.display import one_line
from rnntui.errors import CorpusError

Dialogue = tuple[str, ...]
"""Utterances, from the first speaker and the second in turn; white space is single spaces."""

END_OF_UTTERANCE = "__eou__"

_HEADERS = frozenset({
    "question", "message", "prompt", "input", "utterance", "context", "first", "a", "q", "text",
    "answer", "reply", "response", "output", "second", "b",
})  # fmt: skip
"""What the first row of a CSV says where it is no dialogue."""
_SPEAKER = re.compile(r"\s*([^\s:][^:\n]{0,30}?)\s*:\s+(\S.*)")
_SLASH = re.compile(r"\s+/\s+(?=[^\s:/][^:/\n]{0,30}:\s)")
_Way = Callable[[Iterator[str]], Iterator[Sequence[str]]]
"""Reads lines that are written in one way."""
_LOOKED_AT = 200
"""Lines that decide how a file is written."""


def read_dialogues(file: Path, errors: Errors = "strict") -> Iterator[Dialogue]:
    """Yield the dialogues of a file, those of fewer than two utterances left out.

    Args:
        file: plain or gzip.
        errors: what to do with invalid UTF-8.

    Raises:
        CorpusError: it cannot be read, or holds no dialogues.
    """
    lines = _lines(read_text([file], errors=errors))
    first = list(islice(lines, _LOOKED_AT))
    way = _way(file, first)
    if way is None:
        raise no_dialogues(file)
    for utterances in way(_chain(first, lines)):
        said = tuple(" ".join(words) for u in utterances if (words := u.split()))
        if len(said) > 1:
            yield said


def holds_dialogues(file: Path) -> bool:
    """Whether a file is written in one of the three ways, by its first lines.

    Raises:
        CorpusError: it cannot be read as text.
    """
    lines = _lines(read_text([file], errors="replace"))
    return _way(file, list(islice(lines, _LOOKED_AT))) is not None


def no_dialogues(file: Path) -> CorpusError:
    """Return the error for a file that is something else."""
    return CorpusError(
        f"{file} holds no dialogues",
        f"write one a line with {END_OF_UTTERANCE} after each utterance, a CSV of message and "
        "reply, or lines that begin with `A:` and `B:`",
    )


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    rest = ""
    for piece in pieces:
        *whole, rest = (rest + piece).split("\n")
        yield from whole
    if rest:
        yield rest


def _chain(first: Sequence[str], rest: Iterator[str]) -> Iterator[str]:
    yield from first
    yield from rest


def _way(file: Path, first: Sequence[str]) -> _Way | None:
    """Return what reads lines written so, None where they are no dialogues."""
    if any(END_OF_UTTERANCE in line for line in first):
        return _marked
    if ".csv" in file.suffixes or ".tsv" in file.suffixes:
        return _pairs
    said = [line for line in first if line.strip()]
    spoken = sum(bool(_SPEAKER.fullmatch(line)) for line in said)
    return _spoken if spoken > 1 and 2 * spoken > len(said) else None


def _marked(lines: Iterator[str]) -> Iterator[Sequence[str]]:
    for line in lines:
        yield line.split(END_OF_UTTERANCE)


def _pairs(lines: Iterator[str]) -> Iterator[Sequence[str]]:
    """Rows of a CSV. A quoted field may hold newlines, which are read as spaces anyway."""
    head = next(lines, "")
    tabs = "\t" in head and head.count("\t") >= head.count(",")
    whole = (line + "\n" for line in _chain([head], lines))
    rows = csv.reader(whole, delimiter="\t" if tabs else ",")
    try:
        for number, row in enumerate(rows):
            if len(row) < 2:
                continue
            named = number == 0 and {cell.strip().lower() for cell in row[:2]} <= _HEADERS
            if not named:
                yield row[:2]
    except csv.Error as error:
        raise CorpusError(f"the CSV cannot be read: {one_line(str(error))}", "mend it") from None


def _spoken(lines: Iterator[str]) -> Iterator[Sequence[str]]:
    """Lines that begin with who speaks; an empty one ends the dialogue.

    A line without a speaker goes on with what was being said, and so does one of the same speaker.
    """
    said: list[str] = []
    speaker = ""
    for line in io.StringIO("\n".join(lines)):
        if not line.strip():
            yield said
            said, speaker = [], ""
        for piece in _SLASH.split(line):
            found = _SPEAKER.match(piece)
            if found and found[1] != speaker:
                speaker = found[1]
                said.append(found[2])
            elif said:
                said[-1] += " " + (found[2] if found else piece)
    yield said
