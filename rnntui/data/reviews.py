"""Reading reviews: labelled ones from CSV or folders, unlabelled ones a line each.

Knows nothing of words. What it yields is text as somebody wrote it, a verdict, and the part that
the data set's own split puts it in.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rnntui.data.reading import Errors, read_text
from rnntui.display import one_line
from rnntui.errors import CorpusError
from rnntui.files import file_problem

Part = Literal["train", "val", "test"]

LABELS = {
    "positive": 1, "pos": 1, "1": 1, "1.0": 1,
    "negative": 0, "neg": 0, "0": 0, "0.0": 0,
}  # fmt: skip
PARTS: dict[str, Part | None] = {
    "train": "train", "training": "train",
    "val": "val", "valid": "val", "validation": "val", "dev": "val",
    "test": "test", "testing": "test",
    "": None,
}  # fmt: skip
TEXT_COLUMNS = ("review", "text", "sentence")
LABEL_COLUMNS = ("sentiment", "label")

_LONGEST = 1 << 22
"""Characters of a review at most; the csv module stops at 131,072 unless told, 25,000 words."""
_SHOWN = 8
"""Foreign labels a message lists; with that many the column is the wrong one anyway."""


@dataclass(frozen=True)
class Review:
    """One review."""

    text: str
    label: int
    """1 for positive, 0 for negative."""
    part: Part | None = None
    """Where the data set's own split puts it; None where it has none."""


def read_reviews(
    path: Path, *, text_column: str = "", label_column: str = "", errors: Errors = "strict"
) -> Iterator[Review]:
    """Yield the labelled reviews of a file or folder.

    Args:
        path: a CSV with a header, plain or gzip; or a folder with `pos` and `neg`, or with `train`
            and `test` that hold them, as aclImdb has it.
        text_column: of a CSV; "" finds `review`, `text` or `sentence`.
        label_column: likewise; "" finds `sentiment` or `label`. A column `split` is obeyed.
        errors: what is done about bytes that are no UTF-8.

    Raises:
        CorpusError: it cannot be read, lacks a column, or has a label that is neither positive nor
            negative (those found are listed).
    """
    if path.is_dir():
        yield from _read_folder(path, errors)
    else:
        yield from _read_csv(path, text_column, label_column, errors)


def read_unlabelled(path: Path, errors: Errors = "strict") -> Iterator[str]:
    """Yield reviews without labels: the lines of a text file, or the files of `train/unsup`.

    Raises:
        CorpusError: it cannot be read.
    """
    if path.is_dir():
        folder = next((f for f in (path / "train" / "unsup", path / "unsup") if f.is_dir()), path)
        texts: Iterator[str] = (_whole(file, errors) for file in _texts(folder))
    else:
        texts = lines(path, errors)
    for text in texts:
        if text.strip():
            yield mend(text)


_BREAK = re.compile(r"(?<=[.!?])(?=[A-Z])")


def mend(text: str) -> str:
    """Put back the spaces that went with a line break: "the streets.But then"."""
    return _BREAK.sub(" ", text)


def lines(path: Path, errors: Errors = "strict") -> Iterator[str]:
    """Yield the lines of a text file, without their ends.

    Raises:
        CorpusError: it cannot be read as text.
    """
    rest = ""
    for piece in read_text([path], errors=errors):
        *whole, rest = (rest + piece).split("\n")
        yield from whole
    if rest:
        yield rest


class _Foreign:
    """Labels that are none, kept until there are enough to tell what went wrong."""

    def __init__(self, path: Path, column: str, known: Sequence[str]) -> None:
        self._path, self._column, self._known = path, column, known
        self._found: dict[str, None] = {}

    def add(self, value: str) -> None:
        """Keep one.

        Raises:
            CorpusError: that makes too many.
        """
        self._found[value] = None
        if len(self._found) == _SHOWN:
            self.check()

    def check(self) -> None:
        """Raise CorpusError if there was any."""
        if self._found:
            found = ", ".join(repr(one_line(value, 30)) for value in self._found)
            more = ", ..." if len(self._found) == _SHOWN else ""
            raise CorpusError(
                f"column {self._column!r} of {self._path} holds {found}{more}",
                f"name a column of {' or '.join(self._known)} by --label-column"
                if self._column != "split"
                else f"a split is one of {', '.join(self._known)}",
            )


def _read_csv(path: Path, text_column: str, label_column: str, errors: Errors) -> Iterator[Review]:
    rows = csv_rows(path, errors)
    header = [name.strip() for name in next(rows, [])]
    if not header:
        raise CorpusError(f"{path} is empty", "name a CSV of reviews with a header")
    text_at = _column(path, header, text_column, TEXT_COLUMNS, "--text-column")
    label_at = _column(path, header, label_column, LABEL_COLUMNS, "--label-column")
    lowered = [name.lower() for name in header]
    part_at = lowered.index("split") if "split" in lowered else None
    last = max(text_at, label_at, part_at or 0)
    labels = _Foreign(path, header[label_at], ("positive/negative", "pos/neg", "1/0"))
    splits = _Foreign(path, "split", ("train", "val", "test"))
    for number, row in enumerate(rows, 2):
        if not row:
            continue
        if len(row) <= last:
            raise CorpusError(
                f"row {number} of {path} has {len(row)} columns, the header {len(header)}",
                "quote texts that hold commas or line breaks, or look for a quote that is never "
                "closed",
            )
        label = row[label_at].strip().lower()
        part = row[part_at].strip().lower() if part_at is not None else ""
        if part.startswith("unsup"):
            continue
        if label not in LABELS:
            labels.add(row[label_at].strip())
        elif part not in PARTS:
            splits.add(part)
        elif row[text_at].strip():
            yield Review(row[text_at], LABELS[label], PARTS[part])
    labels.check()
    splits.check()


def csv_rows(path: Path, errors: Errors = "strict") -> Iterator[list[str]]:
    """The rows of a CSV; its delimiter is the commonest of the header's candidates."""
    csv.field_size_limit(_LONGEST)
    source = (f"{line}\n" for line in lines(path, errors))
    first = next((line for line in source if line.strip()), "")
    if not first:
        return
    delimiter = max(",;\t", key=first.count)

    def both() -> Iterator[str]:
        yield first
        yield from source

    reader = csv.reader(both(), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error as error:
        raise CorpusError(
            f"{path} is no sound CSV near line {reader.line_num}: {error}",
            "look for a quote that is never closed",
        ) from None


def _column(path: Path, header: list[str], asked: str, usual: Sequence[str], option: str) -> int:
    lowered = [name.lower() for name in header]
    for name in [asked.strip().lower()] if asked else usual:
        if name in lowered:
            return lowered.index(name)
    wanted = asked or " or ".join(usual)
    raise CorpusError(
        f"{path} has no column {wanted}; it has {one_line(', '.join(header), 80)}",
        f"name the right one by {option}",
    )


_FOLDERS: dict[str, int] = {"pos": 1, "neg": 0}


def _read_folder(path: Path, errors: Errors) -> Iterator[Review]:
    parts: list[tuple[Path, Part | None]] = [
        (path / "train", "train"), (path / "val", "val"), (path / "test", "test"),
    ]  # fmt: skip
    if (path / "pos").is_dir() or (path / "neg").is_dir():
        parts = [(path, None)]
    found = False
    for folder, part in parts:
        for name, label in _FOLDERS.items():
            for file in _texts(folder / name):
                found = True
                text = _whole(file, errors)
                if text.strip():
                    yield Review(text, label, part)
    if not found:
        raise CorpusError(
            f"{path} holds no reviews as train/pos/*.txt or pos/*.txt",
            "name a folder laid out as aclImdb, or a CSV",
        )


def _texts(folder: Path) -> list[Path]:
    """The text files of a folder, by the number their names begin with."""
    try:
        files = [f for f in folder.glob("*.txt") if f.is_file()]
    except OSError as error:
        raise file_problem(error, folder, "read") from error

    def key(file: Path) -> tuple[int, str]:
        number = re.match(r"\d{1,18}", file.name)
        return (int(number.group()) if number else -1, file.name)

    return sorted(files, key=key)


def _whole(file: Path, errors: Errors = "strict") -> str:
    return "".join(read_text([file], errors=errors)).rstrip("\n")
