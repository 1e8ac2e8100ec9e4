"""`predictions.jsonl`: what a forecaster said beside what came, while it learned.

A line for each time it was shown; `samples.md` has the same as a picture.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from rnntui.drawing import Band, Curve, draw
from rnntui.files import file_problem, write_atomically

PREDICTIONS = "predictions.jsonl"
"""The file's name in a run folder."""


class Predictions(msgspec.Struct, frozen=True):
    """Forecasts of one step ahead, over a stretch of the validation part."""

    step: int
    epoch: float
    first: int
    """The place of the first value in the series, from 0."""
    begins: str
    """Its time; "" where the series has none."""
    ends: str
    levels: tuple[float, float]
    """Of `low` and `high`."""
    actual: tuple[float | None, ...]
    """(n,), in the series' own units, as are the others; None where a value was filled in."""
    predicted: tuple[float | None, ...]
    """The median; None right after a filled value, as in `low` and `high`."""
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


_PREDICTIONS = msgspec.json.Decoder(Predictions)


def drawn(shown: Predictions, width: int = 78, height: int = 16) -> str:
    """Return them as a picture in plain text, with what its marks mean above it."""
    picture = draw(
        [Band("░", shown.low, shown.high)],
        [Curve("o", shown.predicted), Curve("•", shown.actual)],
        width=width,
        height=height,
        begin=shown.begins[:10] or str(shown.first),
        end=shown.ends[:10] or str(shown.first + len(shown.actual) - 1),
    )
    share = f"{100 * (shown.levels[1] - shown.levels[0]):.0f} %"
    return f"one step ahead: • what came, o the median, ░ the band of {share}\n{picture}"


def section(shown: Predictions) -> str:
    """Return the section of `samples.md`."""
    heading = f"## epoch {shown.epoch:g} · step {shown.step}"
    return f"{heading}\n\n```text\n{drawn(shown)}```\n\n"


def write(path: Path, shown: Predictions) -> None:
    """Add a line, in place of any of the same step or later: a resumed run makes those again."""
    lines = [line for line in read(path) if line.step < shown.step]
    write_atomically(path, b"".join(msgspec.json.encode(line) + b"\n" for line in [*lines, shown]))


def read(path: Path) -> list[Predictions]:
    """Return the lines; a damaged one ends them."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise file_problem(error, path, "read") from error
    found: list[Predictions] = []
    for line in raw.splitlines():
        try:
            found.append(_PREDICTIONS.decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            break
    return found
