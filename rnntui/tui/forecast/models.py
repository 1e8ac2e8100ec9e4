"""Which models forecast, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence

from rnntui.engine.parts import Listed

DEFAULT = "djia-gru"
HOW_TO_GET_ONE = "press f: one is fitted to the series here"


def forecasters(models: Sequence[Listed]) -> list[Listed]:
    """Return the models that forecast."""
    return [model for model in models if model.task == "forecast" and not model.problem]


def folder_of(model: str, models: Sequence[Listed]) -> str:
    """Return the folder of a model, given by its name or folder; "" if it is not among these."""
    return next((each.folder for each in models if model in (each.name, each.folder)), "")


def name_of(folder: str, models: Sequence[Listed]) -> str:
    """Return a model's name, for that is remembered, not where this installation keeps it."""
    return next((each.name for each in models if each.folder == folder), folder)
