"""Run folders of known figures: real files, no training."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rnntui.checkpoints.config import DataConfig
from rnntui.checkpoints.folder import write_checkpoint
from rnntui.recipes.catalog import to_toml
from rnntui.recipes.schema import TextRecipe, as_dict
from rnntui.runs import history
from rnntui.runs.history import Evaluation
from tests.conftest import SYMBOLS, random_weights, small_config

MakeRun = Callable[..., Path]


@pytest.fixture
def make_run(home: Path) -> MakeRun:
    """Write a run folder, in the library or elsewhere, whose evaluations have the given losses."""

    def make(
        name: str,
        losses: Sequence[float | None] = (),
        *,
        folder: Path | None = None,
        seconds: float = 10.0,
        text: str = "a text",
        data: dict[str, Any] | None = None,
        recipe: dict[str, Any] | None = None,
        symbols: tuple[str | int, ...] = SYMBOLS,
        lowercase: bool = False,
        **network: Any,
    ) -> Path:
        folder = folder or home / "data" / "runs" / name
        made = TextRecipe(layers=1, hidden=8, **(recipe or {}))
        told = DataConfig(
            **{
                "name": "corpus",
                "sha256": hashlib.sha256(text.encode()).hexdigest(),
                **(data or {}),
            }
        )
        config = msgspec.structs.replace(
            small_config(symbols, lowercase=lowercase, **network), data=told, recipe=as_dict(made)
        )
        write_checkpoint(folder / "best", config, random_weights(config))
        (folder / "recipe.toml").write_text(to_toml(made), "utf-8")
        (folder / "history.jsonl").touch()
        for epoch, loss in enumerate(losses, 1):
            line = Evaluation(
                step=epoch * 100, epoch=float(epoch), seconds=epoch * seconds,
                train_loss=4.0 / epoch, lr=0.1, grad_norm=1.0 / epoch, grad_norm_clipped=0.5,
                symbols_per_second=1000.0, val_loss=loss,
            )  # fmt: skip
            history.append(folder / "history.jsonl", line)
        return folder

    return make
