"""The figures of the report: which curves are drawn together, and what is said under them.

Only contenders whose losses may be compared share a figure of losses.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from rnntui.compare.charts import Axes, Band, Curve, line_chart, scatter
from rnntui.compare.comparison import Comparison
from rnntui.compare.contenders import Contender
from rnntui.compare.race import comparable_data
from rnntui.compare.scales import time_unit
from rnntui.compare.writing import Written
from rnntui.runs.history import Evaluation

Numbered = tuple[int, Contender]
"""A contender and its number, which decides how it is drawn everywhere."""


@dataclass(frozen=True)
class Figure:
    """Panels side by side, and their caption."""

    panels: tuple[str, ...]
    """SVG."""
    caption: str
    """Plain text."""


def groups(comparison: Comparison) -> list[list[Numbered]]:
    """Return the contenders that have curves, by what makes their losses comparable."""
    found: dict[Hashable, list[Numbered]] = {}
    for number, contender in enumerate(comparison.contenders):
        key = comparable_data(contender)
        found.setdefault(number if key is None else key, []).append((number, contender))
    return [group for group in found.values() if any(c.history for _, c in group)]


def curves_of(group: Sequence[Numbered]) -> Iterator[Figure]:
    """Yield the figures of a group: validation, training, and what the losses cost."""
    validation = _losses(group, "validation loss", lambda line: line.val_loss)
    if validation:
        yield Figure(
            validation,
            "Validation loss in nats per symbol, against readings of the training text (left) and "
            "training time (right). A ring marks each run's lowest. Lower is better; time is that "
            "of the machine, and of what else it was doing.",
        )
    training = _losses(group, "training loss", lambda line: line.train_loss)
    if training:
        yield Figure(
            training,
            "Training loss: the mean since the evaluation before, with dropout, so that it may lie "
            "above the validation loss. A validation loss that rises while this falls is a text "
            "learned by heart.",
        )
    accuracy = _losses(group, "validation reviews judged rightly", lambda line: line.accuracy)
    if accuracy:
        yield Figure(
            accuracy,
            "The share of the validation part that is judged rightly. It goes in steps, and may "
            "rise while the loss rises too: verdicts that are right, and surer than they may be.",
        )
    yield from _costs(group)


def _losses(
    group: Sequence[Numbered], what: str, loss: Callable[[Evaluation], float | None]
) -> tuple[str, ...]:
    """Return a panel against epochs and one against time; none without any such loss."""
    rows = [
        (
            number,
            contender,
            [(line, y) for line in contender.history if (y := loss(line)) is not None],
        )
        for number, contender in group
    ]
    rows = [row for row in rows if row[2]]
    if not rows:
        return ()
    unit, name = time_unit(max(points[-1][0].seconds for _, _, points in rows))
    ring = what.startswith("validation")
    panels = []
    for label, moments in (
        ("epochs", [[line.epoch for line, _ in points] for _, _, points in rows]),
        (f"training time, {name}", [[x.seconds / unit for x, _ in points] for *_, points in rows]),
    ):
        curves = [
            Curve(number, c.name, tuple((x, y) for x, (_, y) in zip(xs, points, strict=True)), ring)
            for (number, c, points), xs in zip(rows, moments, strict=True)
        ]
        title = f"{what} against {label}: {_ends(curves)}"
        unit_of_y = f"{what}, nats" if what.endswith("loss") else what
        panels.append(line_chart(curves, Axes(title, label, unit_of_y)))
    return tuple(panels)


def _ends(curves: Sequence[Curve]) -> str:
    """Say where each curve ends, for those who cannot see it."""
    return "; ".join(f"{curve.name} ends at {curve.points[-1][1]:.4g}" for curve in curves)


def _costs(group: Sequence[Numbered]) -> Iterator[Figure]:
    """Yield one figure: loss against parameters, and the size of the gradient."""
    panels, said = [], []
    points = [
        Curve(number, c.name, ((float(c.parameters), c.val_loss),))
        for number, c in group
        if c.parameters and c.val_loss is not None
    ]
    if len(points) > 1:
        title = f"lowest validation loss against parameters: {_ends(points)}"
        axes = Axes(title, "parameters", "lowest validation loss, nats", x_log=True, x_zero=False)
        panels.append(scatter(points, axes))
        said.append("The lowest validation loss against the size of the network.")
    norms = [
        Curve(number, c.name, tuple((x.epoch, x.grad_norm) for x in c.history if x.grad_norm > 0))
        for number, c in group
    ]
    norms = [curve for curve in norms if curve.points]
    if norms:
        title = f"gradient norm against epochs: {_ends(norms)}"
        axes = Axes(title, "epochs", "norm of the gradient", y_log=True)
        panels.append(line_chart(norms, axes))
        said.append(
            "The global norm of the gradient before clipping, the mean since the evaluation before."
        )
    if panels:
        yield Figure(tuple(panels), " ".join(said))


def novelty_of(comparison: Comparison) -> Iterator[Figure]:
    """Yield, for each training text that is here, what of the samples is copied from it."""
    found: dict[Hashable, list[tuple[Numbered, Written]]] = {}
    pairs = zip(comparison.contenders, comparison.written, strict=True)
    for number, (contender, written) in enumerate(pairs):
        if any(s.novelty and s.novelty.grams for s in written.samples):
            key = comparable_data(contender)
            found.setdefault(key, []).append(((number, contender), written))
    for group in found.values():
        yield _novelty(group)


def _novelty(group: Sequence[tuple[Numbered, Written]]) -> Figure:
    shares, runs = [], []
    for (number, contender), written in group:
        told = sorted(
            (s.temperature, s.novelty.share or 0.0, float(s.novelty.longest))
            for s in written.samples
            if s.novelty
        )
        shares.append(Curve(number, contender.name, tuple((t, share) for t, share, _ in told)))
        runs.append(Curve(number, contender.name, tuple((t, run) for t, _, run in told)))
    base = group[0][1].baseline
    share_band = [Band(base.lowest, base.highest, base.share, "held-out pages")] if base else []
    run_band = [Band(base.longest, base.longest, base.longest, "held-out pages")] if base else []
    data = group[0][0][1].config
    name = f" of {data.data.name}" if data and data.data.name else ""
    ticks = tuple(dict.fromkeys(t for curve in shares for t, _ in curve.points))
    titles = [
        f"{what} by temperature: {_ends(curves)}"
        for what, curves in (("copied 8-grams", shares), ("longest run copied", runs))
    ]
    panels = (
        line_chart(
            shares,
            Axes(titles[0], "temperature", "8-grams copied", zero=True, x_zero=False,
                 x_ticks=ticks, y_told=lambda share: f"{share:.0%}"),
            share_band,
        ),
        line_chart(
            runs,
            Axes(titles[1], "temperature", "longest run, characters", zero=True, x_zero=False,
                 x_ticks=ticks),
            run_band,
        ),
    )  # fmt: skip
    caption = (
        f"What of the samples stands in the training text{name}: the share of their 8-grams, and "
        "the longest verbatim run."
    )
    if base:
        caption += (
            f" The dotted line is the same for {base.pages} pages of {base.characters} characters "
            "that no contender was trained on, the shaded range their lowest to highest: text that "
            "copies nothing scores so."
        )
    return Figure(panels, caption)
