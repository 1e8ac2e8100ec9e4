"""What commands print: data on stdout, talk on stderr, one line for an error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import Any


def print_json(document: Any) -> None:
    """Print one JSON document on stdout, and nothing else there.

    What could steer a terminal is written as JSON's own escapes, which read as the same characters.
    """
    from rnntui.display import UNSAFE

    text = json.dumps(document, ensure_ascii=False, indent=2, default=str)
    print_text(UNSAFE.sub(lambda match: json.dumps(match.group())[1:-1], text) + "\n")


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
        _abandon_stdout()
        raise SystemExit(0) from None
    except OSError as error:
        from rnntui.files import file_problem

        _abandon_stdout()
        raise file_problem(error, "the output", "write") from error


def _abandon_stdout() -> None:
    """Let what is still buffered go nowhere, or Python would complain of it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(message: str) -> None:
    """Write a line for people to stderr; what could steer the terminal is shown, not sent."""
    from rnntui.display import visible

    sys.stderr.write(visible(message) + "\n")
    sys.stderr.flush()


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
