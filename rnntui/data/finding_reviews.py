"""Finding reviews: a CSV or a folder by its path, or a named data set."""

from __future__ import annotations

from pathlib import Path

from rnntui.data.finding import Fetch, Say, find_corpora, find_named
from rnntui.data.named import NamedCorpus, lookup, nearest
from rnntui.display import one_line
from rnntui.errors import CorpusError


def _silent(_: str) -> None:
    pass


def find_reviews(name: str, *, fetch: Fetch | None = None, say: Say = _silent) -> tuple[Path, str]:
    """Return where labelled reviews are, and what they are called.

    Args:
        name: the path of a CSV or folder, or a data set of `rnntui data list`.
        fetch: downloads what is named and not here; None where no download was asked for.
        say: told where a name stands for another file than one might think.

    Raises:
        CorpusError: it is neither, or not here.
    """
    path = Path(name)
    if _exists(path):
        return path, path.name.split(".")[0] or "reviews"
    corpus = lookup(name)
    if corpus is None:
        raise CorpusError(f"there are no reviews {one_line(name, 40)!r} here", _suggestion(name))
    if corpus.task != "sentiment":
        raise CorpusError(
            f"{corpus.name} is no set of labelled reviews: {corpus.about}",
            "`rnntui data list` shows which are",
        )
    return find_named(corpus, fetch=fetch, say=say), corpus.name


def find_unlabelled(
    name: str, *, fetch: Fetch | None = None, say: Say = _silent
) -> tuple[Path, str]:
    """Return where reviews without labels are, one a line or one a file, and what they are called.

    Args:
        name: the path of a text file or folder, or a text of `rnntui data list`.
        fetch: as for `find_reviews`.
        say: likewise.

    Raises:
        CorpusError: it is neither, or not here.
    """
    path = Path(name)
    if _exists(path) and path.is_dir():
        return path, path.name
    file = find_corpora([name], fetch=fetch, say=say)[0]
    return file, file.name.split(".")[0]


def _suggestion(name: str) -> str:
    near = [other for other in nearest(name) if _labelled(lookup(other))]
    if near:
        return f"did you mean {' or '.join(near)}?"
    return "name a CSV, a folder like aclImdb, or a data set of `rnntui data list`"


def _labelled(corpus: NamedCorpus | None) -> bool:
    return corpus is not None and corpus.task == "sentiment"


def _exists(path: Path) -> bool:
    """Whether a file is there; a name too long for one is none."""
    try:
        return path.exists()
    except OSError:
        return False
