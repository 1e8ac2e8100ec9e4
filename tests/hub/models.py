"""Small models as files, for the loopback Hub."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rnntui.checkpoints.folder import write_checkpoint
from tests.conftest import random_weights, small_config

CARD = """---
license: mit
library_name: rnntui
pipeline_tag: text-generation
tags: [rnntui, char-rnn]
---
# Tiny

It writes.
"""


def model_files(folder: Path, seed: int = 0, **config: Any) -> dict[str, bytes]:
    """The files of a small random model with a card, written to a folder first."""
    made = small_config(**config)
    write_checkpoint(folder, made, random_weights(made, seed), extra={"README.md": CARD})
    return {path.name: path.read_bytes() for path in folder.iterdir()}
