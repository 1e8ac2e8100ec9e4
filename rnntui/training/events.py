"""What a training tells whoever watches: plain facts, drawn as the watcher likes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from rnntui.runs.history import Evaluation
from rnntui.runs.predictions import Predictions


@dataclass(frozen=True)
class Data:
    """What a run learns from."""

    name: str
    """For people."""
    sha256: str
    """By which a resumed run knows it again."""
    parts: tuple[int, int, int]
    """How much the training, validation and test part hold."""
    unit: str
    """What they hold, in the plural: "symbols"."""
    vocabulary: int
    """How many different symbols there are; 0 of what has no vocabulary."""


@dataclass(frozen=True)
class Started:
    """Sent once, when everything is loaded and measured."""

    folder: Path
    parameters: int
    data: Data
    device: str
    threads: int
    precision: str
    resumed_at: int
    """The step a resumed run goes on from; 0 for a fresh one."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stepped:
    """Sent after every step."""

    step: int
    epoch: float
    progress: float
    """Share of the run that is over, 0 to 1."""
    loss: float
    """Of this step, with dropout, in nats per prediction."""
    lr: float
    grad_norm: float
    """Of the gradient before clipping."""
    grad_norm_clipped: float
    """After it."""
    symbols: int
    """Predictions this step trained on."""
    seconds: float
    """Since the run began, over all resumes."""


@dataclass(frozen=True)
class Evaluated:
    """Sent after every evaluation."""

    line: Evaluation
    best: bool
    """The validation loss is the lowest so far."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sampled:
    """Sent when samples were drawn."""

    epoch: float
    texts: dict[float, str]
    """By temperature."""


@dataclass(frozen=True)
class Predicted:
    """Sent by toys after every evaluation: what follows each symbol, and how surely."""

    epoch: float
    loss: float
    rows: list[tuple[str, str, float]] = field(default_factory=list)
    """(read, predicted, its probability)."""


@dataclass(frozen=True)
class Forecasted:
    """Sent when forecasts were laid beside what came."""

    epoch: float
    shown: Predictions
    figures: dict[str, float]
    """Of the validation part: errors, beside those of repeating the last value."""


@dataclass(frozen=True)
class Finished:
    """Sent last."""

    folder: Path
    why: str
    """"done", "early stop", "time is up" or "stopped"."""
    step: int
    epoch: float
    seconds: float
    best_loss: float | None


Event = Started | Stepped | Evaluated | Sampled | Predicted | Forecasted | Finished
