"""Finding a series: a file by its path, or a named series, with what is known about it.

A file is known again by its content: `monthly-sunspots.csv` given by its path has the same season
as the series of that name, eleven years, which no calendar suggests.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rnntui.data.finding import Fetch, Say, find_named, is_file
from rnntui.data.named import NamedCorpus, corpora, lookup, nearest
from rnntui.data.series.options import SeriesOptions
from rnntui.display import one_line
from rnntui.errors import CorpusError
from rnntui.paths import expanded


def _silent(_: str) -> None:
    pass


def find_series(
    name: str, *, fetch: Fetch | None = None, say: Say = _silent
) -> tuple[Path, NamedCorpus | None]:
    """Return where a series is, and the named series that it is, if any.

    Args:
        name: the path of a CSV, or a series of `rnntui data list`.
        fetch: downloads what is named and not here; None where no download was asked for.
        say: told where a name stands for another file than one might think.

    Raises:
        CorpusError: it is neither, or not here.
    """
    path = expanded(name)
    corpus = lookup(name)
    if _is_file(path) or (corpus is None and (path.suffix or _exists(path))):
        return path, _recognised(path)  # one that is not there, or no file: its reader says so
    if corpus is None:
        near = [other for other in nearest(name) if corpora()[other].task == "series"]
        raise CorpusError(
            f"there is no series {one_line(name, 40)!r} here",
            f"did you mean {' or '.join(near)}?"
            if near
            else "name a CSV, or a series of `rnntui data list`",
        )
    if corpus.task != "series":
        raise CorpusError(
            f"{corpus.name} is no series: {corpus.about}", "`rnntui data list` shows which are"
        )
    return find_named(corpus, fetch=fetch, say=say), corpus


def known_options(options: SeriesOptions, corpus: NamedCorpus | None) -> SeriesOptions:
    """Return options with the column and season of a named series where they leave them open.

    A season goes with its column: another one of the same file has its own.
    """
    if corpus is None:
        return options
    column = options.column or corpus.column
    known = corpus.season if column == corpus.column else 0
    return replace(options, column=column, season=options.season or known)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # too long for a name
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # too long for a name
        return False


def _recognised(path: Path) -> NamedCorpus | None:
    if not _is_file(path):
        return None
    for corpus in corpora().values():
        size = corpus.text_bytes or corpus.bytes
        if corpus.task == "series" and is_file(path, size, corpus.text_sha256 or corpus.sha256):
            return corpus
    return None
