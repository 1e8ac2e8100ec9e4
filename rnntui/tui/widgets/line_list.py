"""A list of options, a line each, without a frame."""

from __future__ import annotations

from textual.widgets import OptionList


class LineList(OptionList):
    """Looks as the rest of a mode does; a long line is cut, as columns must not wrap."""

    DEFAULT_CSS = """
    LineList {
        border: none;
        padding: 0;
        scrollbar-size-vertical: 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        background: transparent;
        &:focus { border: none; }
        & > .option-list--option { padding: 0; }
    }
    """
