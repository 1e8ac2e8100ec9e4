"""What a run says in figures: two lines above its curves."""

from __future__ import annotations

from rnntui.display import human_seconds, one_line
from rnntui.runs.history import Evaluation
from rnntui.runs.progress import Progress
from rnntui.tui.train.follow import Watched
from rnntui.tui.train.summary import Summary


def headline(run: Watched) -> str:
    """Return name, state, and how far it has come."""
    summary = run.summary
    parts = [one_line(summary.name, 32), state_of(summary)]
    if run.gone:
        return f"{parts[0]} · its folder is gone"
    newest = _newest(run)
    if newest:
        asked = summary.recipe.epochs if summary.recipe and not summary.recipe.minutes else 0
        parts.append(f"epoch {newest.epoch:.3g}" + (f" of {asked}" if asked else ""))
        parts.append(f"step {newest.step:,}")
    left = seconds_left(run)
    if summary.trains and left is not None:
        parts.append(f"{human_seconds(left)} left")
    elif newest:
        parts.append(f"trained {human_seconds(newest.seconds)}")
    return " · ".join(parts)


def details(run: Watched) -> str:
    """Return losses, speed and the machine's part in it; of a damaged run what is wrong."""
    if run.summary.problem:
        return one_line(run.summary.problem.replace(f"{run.summary.folder.path}/", ""), 300)
    parts = []
    newest = _newest(run)
    best = min(
        (line for line in run.history if line.val_loss is not None),
        key=lambda line: line.val_loss or 0.0,
        default=None,
    )
    if best:
        parts.append(f"best {best.val_loss:.4f} at epoch {best.epoch:.3g}")
        parts += [f"{best.accuracy:.1%} right"] if best.accuracy is not None else []
    if newest and newest.symbols_per_second:
        parts.append(f"{newest.symbols_per_second:,.0f} {run.summary.unit}/s")
    if run.summary.network:
        parts.append(run.summary.network)
    if run.history:
        last = run.history[-1]
        threads = f"{last.threads} thread{'s' if last.threads > 1 else ''}"
        parts.append(f"{threads}, {last.precision}")
    if run.summary.made_by:
        parts.append(f"recipe {run.summary.made_by}")
    return " · ".join(parts)


def state_of(summary: Summary) -> str:
    """Return a run's state in a few words."""
    if summary.owner:
        return f"running, process {summary.owner.pid}"
    if summary.state == "stale":
        return f"killed; r goes on from step {summary.step:,}"
    return summary.state


def seconds_left(run: Watched) -> float | None:
    """Return the training time that is left, None where nobody can tell."""
    recipe = run.summary.recipe
    if run.progress and (not run.history or run.progress[-1].step >= run.history[-1].step):
        return run.progress[-1].seconds_left
    if not run.history or recipe is None:
        return None
    last = run.history[-1]
    if recipe.minutes:
        return max(0.0, 60 * recipe.minutes - last.seconds)
    return max(0.0, recipe.epochs - last.epoch) * last.seconds / max(last.epoch, 1e-9)


def _newest(run: Watched) -> Evaluation | Progress | None:
    lines: list[Evaluation | Progress] = [*run.history[-1:], *run.progress[-1:]]
    return max(lines, key=lambda line: line.step, default=None)
