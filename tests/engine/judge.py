"""A small random model that judges, in the library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rnntui.checkpoints.config import Config, Network, VocabularyConfig
from rnntui.checkpoints.folder import write_checkpoint
from tests.conftest import random_weights

WORDS = ("the", "film", "was", "good", "great", "bad", "awful", "not", ".", "!")


def make_judge(home: Path, name: str = "judge", **network: Any) -> Path:
    """Write it, and return its folder."""
    shape = Network(
        **{"layers": 1, "hidden": 6, "embedding": 4, "window": 20, "pooling": "mean", **network}
    )
    words = VocabularyConfig("word", ("<pad>", "<unk>", *WORDS), True, 0, 1)
    config = Config("sentiment", shape, vocabulary=words, metrics={"prior": 0.25})
    folder = home / "data" / "runs" / name
    write_checkpoint(folder, config, random_weights(config, 3))
    return folder
