"""`rnntui.load`: a trained model of any task by its name."""

from __future__ import annotations

from pathlib import Path

from rnntui.checkpoints.folder import Checkpoint, read_checkpoint
from rnntui.checkpoints.library import find_model
from rnntui.inference.forecast.model import ForecastModel, build_forecast_model
from rnntui.inference.models import TextModel, build_text_model, name_of
from rnntui.inference.sentiment import SentimentModel, build_sentiment_model

Model = TextModel | SentimentModel | ForecastModel
"""Any task's; a new task joins here."""


def load(model: str | Path) -> Model:
    """Load a trained model: one that writes, judges or forecasts.

    Args:
        model: a folder that holds config.json, or a name that `rnntui list` shows.

    Raises:
        CheckpointError: there is no such model, or it is damaged.
    """
    checkpoint, name = _read(model)
    match checkpoint.config.task:
        case "text":
            return build_text_model(checkpoint.config, checkpoint.weights, name)
        case "sentiment":
            return build_sentiment_model(checkpoint.config, checkpoint.weights, name)
        case "forecast":
            return build_forecast_model(checkpoint.config, checkpoint.weights, name)


def load_sentiment(model: str | Path) -> SentimentModel:
    """Load a model that judges; arguments and errors as `load`."""
    checkpoint, name = _read(model)
    return build_sentiment_model(checkpoint.config, checkpoint.weights, name)


def load_forecaster(model: str | Path) -> ForecastModel:
    """Load a model that forecasts; arguments and errors as `load`."""
    checkpoint, name = _read(model)
    return build_forecast_model(checkpoint.config, checkpoint.weights, name)


def _read(model: str | Path) -> tuple[Checkpoint, str]:
    folder = find_model(str(model)).resolve()
    return read_checkpoint(folder), name_of(folder)
