"""Starting: how long a person waits before anything appears. Whole processes, from the outside."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from rnntui.bench.models import random_weights, text_config
from rnntui.bench.plan import Plan
from rnntui.bench.report import Budget, Entry, Heading, Line
from rnntui.checkpoints.folder import write_checkpoint

_RNNTUI = (sys.executable, "-P", "-m", "rnntui")


def startup(plan: Plan) -> Iterator[Entry]:
    """Time `--help`, and the first character of a model that was not in memory."""
    yield Heading("start-up (a process each)")
    times = [_seconds_of_help() for _ in range(plan.help_runs)]
    yield _line("startup/help", "rnntui --help", times, 0.2, "")
    with tempfile.TemporaryDirectory() as home:
        model = Path(home) / "random"
        config = text_config("lstm", plan.cold_hidden)
        # As models ship: half precision, which is widened while loading.
        write_checkpoint(model, config, random_weights(config), half=True)
        times = [_seconds_to_first_character(model, home) for _ in range(plan.cold_runs)]
    what = f"rnntui generate, 2x{plan.cold_hidden}: first character"
    yield _line("startup/first-character", what, times, 1.2, "the app's budget; ")


def _line(name: str, what: str, times: list[float], bound: float, remark: str) -> Line:
    detail = f"{remark}median of {len(times)}, {min(times):.2f} to {max(times):.2f}"
    figures = {"fastest": min(times), "slowest": max(times), "runs": len(times)}
    budget = Budget(bound, at_most=True)
    return Line(name, what, median(times), "s", budget, detail, figures)


def _seconds_of_help() -> float:
    begun = time.perf_counter()
    subprocess.run([*_RNNTUI, "--help"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def _seconds_to_first_character(model: Path, home: str) -> float:
    # Endless for our purpose: the process is ended once it has said something.
    command = [*_RNNTUI, "generate", str(model), "--seed", "1", "--length", "100000"]
    begun = time.perf_counter()
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env={**os.environ, "RNNTUI_HOME": home},
    ) as process:
        assert process.stdout
        try:
            if not process.stdout.read(1):
                raise RuntimeError("rnntui generate wrote nothing")
            return time.perf_counter() - begun
        finally:
            process.kill()
