"""Small random networks that can be talked with."""

from __future__ import annotations

import string
from typing import Any

import msgspec
import numpy as np

from rnntui.checkpoints.chat import Chat
from rnntui.checkpoints.config import Config
from rnntui.inference.models import TextModel, build_text_model
from tests.inference.helpers import make_config, make_weights

TALKER_SYMBOLS = tuple("\n ,.<>?!'" + string.ascii_letters)


def talker_config(*, template: bool = True, **network: Any) -> Config:
    """A text model's whose vocabulary has the marks."""
    config = make_config(TALKER_SYMBOLS, **{"layers": 1, "hidden": 12, **network})
    return msgspec.structs.replace(config, chat=Chat() if template else None)


def talker_weights(config: Config | None = None, seed: int = 0) -> dict[str, np.ndarray]:
    """Random ones, whose replies are gibberish of some words."""
    weights = make_weights(config or talker_config(), seed)
    # Without this an end of turn comes every 54th symbol, and one reply in ten never ends.
    for symbol in "\n ":
        weights["head.bias"][TALKER_SYMBOLS.index(symbol)] += 1.5
    return weights


def make_talker(seed: int = 0, *, template: bool = True, **network: Any) -> TextModel:
    """A small random model, with the template of dialogues or without one."""
    config = talker_config(template=template, **network)
    return build_text_model(config, talker_weights(config, seed), "talker")
