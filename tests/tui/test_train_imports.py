"""The app's process loads neither torch nor NumPy, though it reads runs and configurations."""

from __future__ import annotations

import subprocess
import sys


def test_the_mode_loads_no_torch_and_no_numpy():
    code = (
        "import sys, rnntui.tui.train.screen, rnntui.tui.train.compare, rnntui.tui.train.gradients,"
        "rnntui.tui.sentiment.screen, rnntui.tui.sentiment.batch_screen,"
        "rnntui.tui.forecast.screen, rnntui.tui.forecast.fit_process, rnntui.tui.forecast.fitting;"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"torch", "numpy", "polars", "safetensors", "plotext"}
