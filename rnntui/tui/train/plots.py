"""What a watched run's plots show: its losses, learning rate and gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from rnntui.runs.history import Evaluation
from rnntui.runs.progress import Progress
from rnntui.tui.train.canvas import Line, Point, Series
from rnntui.tui.train.curves import Curve, Plot
from rnntui.tui.train.follow import Watched

Against = Literal["epochs", "seconds"]
"""The x axis."""

_Of = Callable[[Evaluation | Progress], float | None]


def loss(run: Watched, against: Against) -> Plot:
    """Training and validation loss."""
    train = losses(run, against)
    validation = evaluations(run, against)
    curves = [_curve(train, "train", "dashed")]
    if validation:
        curves.append(_curve(validation, "validation", mark="o", style=1))
    empty = "no step is taken yet" if run.summary.trains else "nothing was evaluated yet"
    return Plot(
        "Loss", tuple(curves), early=True, unit=against, time=against == "seconds", empty=empty
    )


def learning_rate(run: Watched, against: Against) -> Plot:
    """The learning rate."""
    points = between(run, against, lambda x: x.lr)
    value = f"{points[-1][1]:.2g}" if points else ""
    curve = Curve(Series(points), "", value)
    return Plot(
        "Learning rate", (curve,), range_y=(0.0, 0.0), unit=against, time=against == "seconds"
    )


def gradient(run: Watched, against: Against) -> Plot:
    """The gradient's norm before and after clipping."""
    before = between(run, against, lambda x: x.grad_norm)
    after = between(run, against, lambda x: x.grad_norm_clipped)
    curves = (_curve(before, "before", "dashed"), _curve(after, "clipped", style=1))
    return Plot(
        "Gradient", curves, early=True, range_y=(0.0, 0.0), unit=against, time=against == "seconds"
    )


def between(run: Watched, against: Against, of: _Of) -> list[Point]:
    """Return a figure at every few seconds where they were kept, else at every evaluation."""
    first = run.progress[0].step if run.progress else None
    older = [line for line in run.history if first is None or line.step < first]
    lines: Sequence[Evaluation | Progress] = (*older, *run.progress)
    return [
        (line.epoch if against == "epochs" else line.seconds, value)
        for line in lines
        if (value := of(line)) is not None
    ]


def losses(run: Watched, against: Against) -> list[Point]:
    """Return the training loss."""
    return between(run, against, lambda x: x.loss if isinstance(x, Progress) else x.train_loss)


def evaluations(run: Watched, against: Against) -> list[Point]:
    """Return the validation loss at every evaluation."""
    return [
        (line.epoch if against == "epochs" else line.seconds, line.val_loss)
        for line in run.history
        if line.val_loss is not None
    ]


def _curve(
    points: Sequence[Point], label: str, line: Line = "solid", *, mark: str = "", style: int = 0
) -> Curve:
    value = f"{points[-1][1]:.3f}" if points else ""
    return Curve(Series(points, line, mark, style), label, value)
