"""Making a named corpus of the parquet files that the Hub has of it.

Reviews become a CSV with the columns `review`, `sentiment` and `split`; reviews without labels
become lines. The words are those of the registered file, the bytes are not: rows come in another
order, and markup stands where that file lost it.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rnntui import paths
from rnntui.data.named import NamedCorpus
from rnntui.errors import CorpusError
from rnntui.files import replaced

if TYPE_CHECKING:
    import polars

_LABELS = {1: "positive", 0: "negative"}
_PIECE = 1000
"""Rows that are turned into Python's objects at once."""


def made_path(corpus: NamedCorpus) -> Path:
    """Where what is made of a corpus's files lies: in the cache, by its name, and by their hashes,
    so that it is made anew where the table names others.
    """
    key = hashlib.sha256(" ".join(part.sha256 for part in corpus.hub).encode()).hexdigest()[:16]
    ending = "csv" if corpus.task == "sentiment" else "txt"
    return paths.cache() / "texts" / key / f"{corpus.name}.{ending}"


def make(corpus: NamedCorpus, files: Sequence[Path], target: Path) -> None:
    """Write what the files of a corpus hold as one file.

    Args:
        corpus: with `hub`.
        files: one for each of those.
        target: what `made_path` says.

    Raises:
        CorpusError: a file is no parquet, or holds something else.
        FileProblem: the cache cannot be written.
    """
    with replaced(target) as beside, beside.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        if corpus.task == "sentiment":
            rows.writerow(("review", "sentiment", "split"))
        for part, file in zip(corpus.hub, files, strict=True):
            for text, label in _rows(file):
                if corpus.task != "sentiment":
                    out.write(" ".join(text.split()) + "\n")
                elif label in _LABELS:
                    rows.writerow((text, _LABELS[label], part.part))
                else:
                    raise CorpusError(
                        f"{file} holds the label {label}", "delete it and fetch it again"
                    )


def _rows(file: Path) -> Iterator[tuple[str, int]]:
    """Yield text and label of each row."""
    import polars

    try:
        table = polars.read_parquet(file, columns=["text", "label"])
    except (polars.exceptions.PolarsError, OSError) as error:
        raise CorpusError(
            f"{file} is no parquet file of texts and labels: {str(error).splitlines()[0]:.100}",
            "delete it and fetch it again",
        ) from None
    yield from _pieces(table)


def _pieces(table: polars.DataFrame) -> Iterator[tuple[str, int]]:
    for begin in range(0, len(table), _PIECE):
        for text, label in table[begin : begin + _PIECE].iter_rows():
            yield str(text), int(label)
