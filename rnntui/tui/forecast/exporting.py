"""Writing a forecast where the app was started: a CSV, and the picture as text beside it."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from rnntui.display import one_line
from rnntui.engine.protocol.forecast import Fan
from rnntui.files import write_atomically
from rnntui.tui.forecast.sheet import Sheet


def export(sheet: Sheet, picture: str, folder: Path) -> str:
    """Write a forecast; return what to say of it.

    Args:
        sheet: with a forecast.
        picture: as text, its heading and key with it.
        folder: where to.

    Raises:
        FileProblem: the folder cannot be written.
    """
    assert sheet.fan
    path = free(folder, f"{sheet.chart.name}-{sheet.chart.column}-forecast")
    write_atomically(path, table(sheet.fan))
    beside = path.with_suffix(".txt")
    write_atomically(beside, f"{picture}{sheet.fan.model}: {sheet.summary()}\n")
    return f"wrote {one_line(str(path), 200)}, and the picture beside it ({beside.name})"


def table(fan: Fan) -> str:
    """Return a line for each step, its time and each quantile, as `rnntui forecast --csv`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["time", *(f"{level:g}" for level in fan.levels)])
    for time, values in zip(fan.times, zip(*fan.rows, strict=True), strict=True):
        writer.writerow([time, *map(repr, values)])
    return out.getvalue()


def free(folder: Path, name: str) -> Path:
    """Return a path in a folder whose CSV and text are not there yet."""
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:80] or "forecast"
    number = 1
    while True:
        made = folder / f"{plain}{'' if number == 1 else f'-{number}'}.csv"
        if not made.exists() and not made.with_suffix(".txt").exists():
            return made
        number += 1
