"""What commands print: data on stdout, talk on stderr, one line for an error."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any


def print_json(document: Any) -> None:
    """Print one JSON document on stdout, and nothing else there."""
    print_text(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")


def print_text(text: str) -> None:
    """Write text to stdout as UTF-8 with LF, whatever the platform's habits."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def say(message: str) -> None:
    """Write a line for people to stderr; what could steer the terminal is shown, not sent."""
    from rnntui.display import visible

    sys.stderr.write(visible(message) + "\n")
    sys.stderr.flush()


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print aligned columns, nothing cut; numbers to the right."""
    from rnntui.display import visible

    shown = [[visible(cell) for cell in row] for row in rows]
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
