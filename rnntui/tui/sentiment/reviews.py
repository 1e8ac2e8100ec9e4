"""Reading many texts from a file: a CSV with a column of texts, or one text a line.

More forgiving than what a training reads: labels are welcome and not needed, and what is no label
is left out of the comparison.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rnntui.data.reviews import LABEL_COLUMNS, LABELS, TEXT_COLUMNS, csv_rows, lines
from rnntui.display import one_line
from rnntui.engine.protocol import Verdict
from rnntui.errors import CorpusError
from rnntui.files import write_atomically

BREAK = re.compile(r"<br\s*/?>")
"""A line break as reviews from web pages have it; models skip it."""

MOST = 50_000
"""Texts of a file: those of IMDb. More would not fit beside the screen's memory."""


@dataclass(frozen=True, slots=True)
class Review:
    """One text of a file."""

    number: int
    """Its place in the file, from 1."""
    text: str
    label: int | None
    """1 for positive, 0 for negative; None where the file does not say."""


def read_many(path: Path) -> tuple[list[Review], bool]:
    """Return the texts of a file, and whether there were more than are taken.

    Args:
        path: a CSV or TSV by its name, plain or gzip; any other file has one text a line.

    Raises:
        CorpusError: it cannot be read as text, or has no text.
    """
    name = path.name.removesuffix(".gz")
    found = _table(path) if name.endswith((".csv", ".tsv")) else _lines(path)
    if not found:
        raise CorpusError(f"{path} has no text", "name a CSV of reviews, or a text a line")
    return found[:MOST], len(found) > MOST


def read_one(path: Path) -> str:
    """Return the whole of a text file.

    Raises:
        CorpusError: it cannot be read as text, or has no text.
    """
    text = "\n".join(lines(path, "replace"))
    if not text.strip():
        raise CorpusError(f"{path} has no text", "name another")
    return text


def about_encoding(path: Path, texts: Iterable[str]) -> str:
    """Return what to say where bytes of a file were no UTF-8, "" where all were.

    They are read as `rnntui sentiment` reads them: as U+FFFD.
    """
    if not any("\ufffd" in text for text in texts):
        return ""
    name = one_line(path.name, 40)
    return f"{name} is not all UTF-8: what is not is shown as \ufffd; iconv converts it"


def _lines(path: Path) -> list[Review]:
    found: list[Review] = []
    for line in lines(path, "replace"):
        if line.strip():
            found.append(Review(len(found) + 1, line, None))
            if len(found) > MOST:
                break
    return found


def _table(path: Path) -> list[Review]:
    rows = csv_rows(path, "replace")
    header = [name.strip().lower() for name in next(rows, [])]
    text_at = next((header.index(name) for name in TEXT_COLUMNS if name in header), None)
    if text_at is None and len(header) == 1:
        text_at = 0
    if not header:
        return []
    if text_at is None:
        raise CorpusError(
            f"{path} has no column {' or '.join(TEXT_COLUMNS)}; it has "
            f"{one_line(', '.join(header), 80)}",
            "call the column of texts one of these",
        )
    label_at = next((header.index(name) for name in LABEL_COLUMNS if name in header), None)
    found: list[Review] = []
    for row in rows:
        text = row[text_at] if len(row) > text_at else ""
        label = row[label_at] if label_at is not None and len(row) > label_at else ""
        if text.strip():
            found.append(Review(len(found) + 1, text, LABELS.get(label.strip().lower())))
            if len(found) > MOST:
                break
    return found


def write_verdicts(path: Path, reviews: Sequence[Review], verdicts: Sequence[Verdict]) -> None:
    """Write texts and what a model thinks of them as CSV.

    Raises:
        FileProblem: the folder cannot be written.
    """
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("number", "text", "verdict", "probability", "words", "known", "label"))
    for review, verdict in zip(reviews, verdicts, strict=True):
        label = "positive" if verdict.score >= 0.5 else "negative"
        judged = (label, f"{verdict.score:.6f}", verdict.words, verdict.known)
        given = "" if review.label is None else ("negative", "positive")[review.label]
        table.writerow((review.number, review.text, *judged, given))
    write_atomically(path, out.getvalue())
