"""`samples.md`: what a network wrote while it learned, by epoch and temperature."""

from __future__ import annotations

import re
from pathlib import Path

from rnntui.files import file_problem, write_atomically

# A fenced sample whole, so that a heading it imitates is passed over; else a heading and its step.
_FENCED_OR_HEADING = re.compile(
    r"^(`{3,})text\n(?:.*?\n)?\1$|^## epoch \S+ · step (?P<step>\d+)$", re.MULTILINE | re.DOTALL
)


def section(epoch: float, step: int, seed: int, texts: dict[float, str]) -> str:
    """Return the section of one epoch's samples.

    Each sample is fenced by more backquotes than it holds in a row, so that no text can end its
    fence.
    """
    parts = [f"## epoch {epoch:g} · step {step}\n"]
    for temperature, text in texts.items():
        longest = max((len(run) for run in re.findall("`+", text)), default=0)
        fence = "`" * max(3, longest + 1)
        parts.append(f"temperature {temperature:g}, seed {seed}\n\n{fence}text\n{text}\n{fence}\n")
    return "\n".join(parts) + "\n"


def append(path: Path, text: str) -> None:
    """Add a section."""
    old = read(path) or "# Samples\n\n"
    write_atomically(path, old + text)


def read(path: Path) -> str:
    """Return the whole file, "" when there is none."""
    try:
        return path.read_bytes().decode("utf-8", "replace")  # exact: a sample may hold a CR
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise file_problem(error, path, "read") from error


def newest(text: str) -> str:
    """Return what the last evaluation drew, without its heading; "" where there is none."""
    headings = [match for match in _FENCED_OR_HEADING.finditer(text) if match["step"]]
    return text[headings[-1].end() :].strip() if headings else ""


def cut(path: Path, step: int) -> None:
    """Drop the sections after a step: a resumed run draws them again."""
    text = read(path)
    for match in _FENCED_OR_HEADING.finditer(text):
        if match["step"] and int(match["step"]) > step:
            write_atomically(path, text[: match.start()])
            return
