"""The app's process shows models without what computes or asks the Hub."""

from __future__ import annotations

import subprocess
import sys


def test_the_mode_loads_neither_numpy_nor_the_hubs_client() -> None:
    code = (
        "import sys, rnntui.tui.models.screen, rnntui.tui.models.compare, rnntui.tui.models.push,"
        "rnntui.tui.models.card; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"torch", "numpy", "polars", "safetensors", "huggingface_hub", "httpx2"}
