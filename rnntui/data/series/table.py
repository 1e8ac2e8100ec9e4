"""A file as columns of text: decoded, its delimiter and header found, cut into fields by polars.

Knows nothing of numbers or dates. polars is imported when a file is read, not before: that takes a
fifth of a second.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from rnntui.data.series.options import DELIMITERS, SeriesOptions
from rnntui.display import one_line
from rnntui.errors import CorpusError
from rnntui.files import file_problem

if TYPE_CHECKING:
    from _csv import Reader

    import polars as pl

_CANDIDATES = (";", "\t", "|", ",")
"""In the order of preference: where fields hold decimal commas, commas divide them as well."""
_LOOKED_AT = 50
"""Lines that decide what the delimiter is."""
_NO_NAME = re.compile(r"\s*(?:[-+]?[.,]?\d[\d :/.,TZeE+-]*|na|nan|null)?\s*", re.IGNORECASE)
"""What may stand in a field of a first row that is no header: a number, a date, or nothing."""
_BEFORE = re.compile(r"(?:#[^\n]*(?:\n|\Z)|[^\S\n]*\n)*")
"""Lines before the table: comments, and those with nothing on them."""
_MOST = 1 << 28
"""Bytes of text, unpacked: some ten million rows. A table is read whole, in several times that."""
_WIDEST = 4096
"""Columns: 100,000 of them take polars and the search for dates a minute and 700 MB."""
_FIRST = 1 << 20
"""Characters of the first line; 4,096 names of 250 characters."""


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of a file, as text."""

    path: Path
    frame: pl.DataFrame
    """Every column as text, null where nothing stands."""
    delimiter: str
    notes: tuple[str, ...]
    text: str
    """From the first line that is read."""
    skipped: int
    """Lines before that one."""
    header: bool
    rows: NDArray[np.integer[Any]]
    """Of each row of the frame, which of the text's it is: lines with nothing on them are none."""

    def line(self, row: int) -> int:
        """Return the line of the file, from 1, on which a row of the frame ends."""
        reader = _reader(self.text, self.delimiter)
        for _ in range(int(self.rows[row]) + 1 + self.header):
            next(reader, None)
        return self.skipped + reader.line_num


def read_table(path: Path, options: SeriesOptions) -> Table:
    """Read a file.

    Raises:
        CorpusError: it is missing, empty, binary, damaged, too large, or no table.
        FileProblem: it may not be read.
    """
    text, notes = _decoded(path, _bytes(path), options.encoding)
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    before = cast("re.Match[str]", _BEFORE.match(text)).end()  # it matches nothing, too
    skipped, text = text.count("\n", 0, before), text[before:]
    if not text.strip():
        raise CorpusError(f"{path} is empty", "name a file with a column of numbers")
    delimiter = DELIMITERS.get(options.delimiter) or _delimiter(text)
    first = _first(path, text, delimiter)
    header = not all(_NO_NAME.fullmatch(cell) for cell in first)
    frame, rows = _frame(path, text, delimiter, header, skipped)
    if not header:
        notes.append("the file has no header; its columns are numbered")
    if not len(frame):
        raise CorpusError(f"{path} holds a header and no values", "name a file with some")
    return Table(path, frame, delimiter, tuple(notes), text, skipped, header, rows)


def _bytes(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise CorpusError(  # to open a pipe may be to wait for ever
                f"{path} is a pipe or a device", "write what comes from it to a file, and name that"
            )
        with path.open("rb") as file:
            zipped = file.peek(2)[:2] == b"\x1f\x8b"
            raw = (gzip.GzipFile(fileobj=file) if zipped else file).read(_MOST + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise CorpusError(f"{path} is a damaged or cut-off gzip file", "fetch it again") from None
    except FileNotFoundError:
        raise CorpusError(f"{path} does not exist", "check the path") from None
    except IsADirectoryError:
        raise CorpusError(f"{path} is a folder", "name a CSV in it") from None
    except OSError as error:
        raise file_problem(error, path, "read") from error
    if len(raw) > _MOST:
        raise CorpusError(
            f"{path} holds more than {_MOST >> 20} MB of text",
            "cut it down to the rows and columns that are wanted",
        )
    return raw


def _decoded(path: Path, raw: bytes, encoding: str) -> tuple[str, list[str]]:
    """Return a file's text, and a note where its encoding had to be guessed."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = encoding or "utf-16"
    elif b"\0" in raw[:65536] and not encoding:
        raise CorpusError(f"{path} is not text: it holds zero bytes", "save it as CSV")
    elif raw.startswith(b"PK\x03\x04"):
        raise CorpusError(f"{path} is a spreadsheet or an archive", "save the sheet as CSV")
    try:
        return raw.decode(encoding or "utf-8-sig").removeprefix("\ufeff"), []
    except LookupError:
        raise CorpusError(
            f"there is no encoding {one_line(encoding, 20)!r}", "name one such as latin-1"
        ) from None
    except UnicodeError as error:
        if encoding:
            where = f": byte {error.start + 1}" if isinstance(error, UnicodeDecodeError) else ""
            raise CorpusError(f"{path} is not {encoding}{where}", "name another encoding") from None
        return raw.decode("cp1252", "replace"), ["it is not UTF-8, and was read as Windows-1252"]


def _delimiter(text: str) -> str:
    """The candidate that cuts the first lines alike; else the one that cuts the header most."""
    lines = [line for line in text[: 1 << 16].split("\n")[:_LOOKED_AT] if line.strip()]
    if len(lines) > 1 and len(text) > 1 << 16:
        lines.pop()  # it may be cut off
    found = {}
    for mark in _CANDIDATES:
        counts = [len(row) for row in csv.reader(lines, delimiter=mark) if row]
        if counts and counts[0] > 1:
            if len(set(counts)) == 1:
                return mark
            found[mark] = counts[0]
    # With no candidate in the header there is one column, and a tab to divide it is not there.
    return max(found, key=lambda mark: found[mark]) if found else "\t"


def _reader(text: str, delimiter: str) -> Reader:
    csv.field_size_limit(_MOST)  # beyond 131,072 characters a field would be an error
    return csv.reader(io.StringIO(text), delimiter=delimiter)


def _first(path: Path, text: str, delimiter: str) -> list[str]:
    """Return the fields of the first line, unless they are too many, or never end."""
    begin = text[:_FIRST]
    reader = _reader(begin, delimiter)
    first = next(reader)
    if len(first) > _WIDEST:
        raise CorpusError(
            f"{path} has more than {_WIDEST:,} columns",
            "keep that of the dates and those that are wanted",
        )
    if len(begin) < len(text) and next(reader, None) is None:
        raise CorpusError(
            f"the first line of {path} has no end in {_FIRST:,} characters",
            "look for a quote that is never closed",
        )
    return first


def _frame(
    path: Path, text: str, delimiter: str, header: bool, skipped: int
) -> tuple[pl.DataFrame, NDArray[np.integer[Any]]]:
    import polars as pl

    try:
        frame = pl.read_csv(
            text.encode(), separator=delimiter, has_header=header, infer_schema=False
        )
    except pl.exceptions.PolarsError:
        raise _unsound(path, text, delimiter, skipped) from None
    names = [name.strip() for name in frame.columns] if header else [""] * frame.width
    frame = frame.rename(dict(zip(frame.columns, _unlike(names), strict=True)))
    # A line without anything is no row, unless the file has but one column, where it is a gap.
    kept = frame.select(~pl.all_horizontal(pl.all().is_null())).to_series()
    if frame.width == 1:
        kept = pl.Series([True] * len(frame), dtype=pl.Boolean)
    return frame.filter(kept), kept.arg_true().to_numpy()


def _unlike(names: list[str]) -> list[str]:
    """Name what has no name by its number, and of equal names the later ones apart."""
    taken: dict[str, int] = {}
    unlike = []
    for number, given in enumerate(names, 1):
        name = re.sub(r"_duplicated_\d+$", "", given) or f"column {number}"
        taken[name] = taken.get(name, 0) + 1
        unlike.append(name if taken[name] == 1 else f"{name} ({taken[name]})")
    return unlike


def _unsound(path: Path, text: str, delimiter: str, skipped: int) -> CorpusError:
    """Say where a file stops being a table."""
    reader = _reader(text, delimiter)
    width = len(next(reader))
    for row in reader:
        if len(row) > width:
            return CorpusError(
                f"line {skipped + reader.line_num} of {path} has {len(row)} fields, "
                f"the first line {width}",
                "quote fields that hold the delimiter, or name another by --delimiter",
            )
    return CorpusError(f"{path} is no sound CSV", "look for a quote that is never closed")
