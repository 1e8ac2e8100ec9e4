"""Named corpora that are a formula: computed where they are wanted, the same bytes everywhere."""

from __future__ import annotations

import math
from pathlib import Path

from rnntui.data.named import NamedCorpus
from rnntui.files import write_atomically


def cosine() -> bytes:
    """Return cos(0), cos(1), ... cos(199), a line each, to twelve decimals: all machines agree."""
    rows = (f"{math.cos(step):.12f}\n" for step in range(200))
    return ("cosine\n" + "".join(rows)).encode()


_FORMULAS = {"cosine": cosine}


def compute(corpus: NamedCorpus, path: Path) -> None:
    """Write the file of a corpus that names a formula.

    Raises:
        FileProblem: the path cannot be written.
    """
    write_atomically(path, _FORMULAS[corpus.computed]())
