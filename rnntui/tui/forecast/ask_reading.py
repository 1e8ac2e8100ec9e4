"""Asking how a file is to be read, in a line; what makes no sense is told below it."""

from __future__ import annotations

from rnntui.engine.protocol.forecast import Source
from rnntui.errors import BadOption
from rnntui.tui.forecast.reading import taken, written
from rnntui.tui.train.ask import AskLine

_QUESTION = "How to read it, as of rnntui forecast: --season 12 --missing last ..."


def ask_reading(source: Source) -> AskLine:
    """Return the question; what stands there first is how the source is read now."""

    def check(line: str) -> str:
        try:
            taken(source, line)
        except BadOption as error:
            return f"{error.what}; {error.fix}"
        return ""

    return AskLine(_QUESTION, written(source), check=check)
