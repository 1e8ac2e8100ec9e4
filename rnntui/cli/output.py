"""What commands print: data on stdout, talk on stderr, one line for an error."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO


def print_json(document: Any) -> None:
    """Print one JSON document on stdout, and nothing else there.

    What could steer a terminal is written as JSON's own escapes, which read as the same characters.
    """
    from rnntui.display import UNSAFE

    text = _encoded(document, indent=2)
    print_text(UNSAFE.sub(lambda match: json.dumps(match.group())[1:-1], text) + "\n")


def print_json_line(document: Any) -> None:
    """Print a JSON document as one line of several, each of which can be read by itself."""
    from rnntui.display import UNSAFE

    text = _encoded(document)
    print_text(UNSAFE.sub(lambda match: json.dumps(match.group())[1:-1], text) + "\n")


def _encoded(document: Any, indent: int | None = None) -> str:
    """Return a document as JSON, which has no word for infinity and for what is no number."""
    try:
        return json.dumps(document, ensure_ascii=False, indent=indent, default=str, allow_nan=False)
    except ValueError:
        return _encoded(_finite(document), indent)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_text(text: str) -> None:
    """Write text to stdout as UTF-8 with LF, whatever the platform's habits.

    Raises:
        SystemExit: whoever read it has seen enough, as `head` does: done, quietly.
        FileProblem: it goes to a file, and the disk is full.
    """
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _abandon(sys.stdout)
        raise SystemExit(0) from None
    except OSError as error:
        from rnntui.files import file_problem

        _abandon(sys.stdout)
        raise file_problem(error, "the output", "write") from error


def _abandon(stream: TextIO) -> None:
    """Let what is written and what is still buffered go nowhere, or Python would complain of it."""
    with contextlib.suppress(OSError, ValueError):  # a stream of a test has no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Talk(io.TextIOBase):
    """A stream of talk that nobody has to hear: when its reader or terminal goes, work goes on.

    Args:
        stream: usually stderr.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text`, if anyone still reads it."""
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            _abandon(self._stream)
        return len(text)

    def isatty(self) -> bool:
        """Whether it goes to a terminal."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """The descriptor below."""
        return self._stream.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of what goes out."""
        return self._stream.encoding


def say(message: str) -> None:
    """Write a line for people to stderr; what could steer the terminal is shown, not sent."""
    from rnntui.display import visible

    Talk(sys.stderr).write(visible(message) + "\n")


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print aligned columns, nothing cut; numbers to the right."""
    from rnntui.display import visible

    shown = [[visible(cell).replace("\n", "⏎") for cell in row] for row in rows]
    table = [list(header), *shown]
    widths = [max(len(row[i]) for row in table) for i in range(len(header))]
    right = [all(_numeric(row[i]) for row in shown) and bool(shown) for i in range(len(header))]
    for row in table:
        cells = (
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        )
        print_text("  ".join(cells).rstrip() + "\n")


def _numeric(cell: str) -> bool:
    return not cell or cell[0].isdigit() or cell in ("-", "?")
