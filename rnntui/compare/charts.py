"""Figures as inline SVG, which needs no script and no font or file from elsewhere.

Curves are told apart by colour, by dashes and by the name at their end, so that no reader depends
on colour; the colours are variables of the page's style sheet, for light and dark.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from rnntui.compare.scales import Scale, amount, fitted
from rnntui.display import one_line

COLOURS = 8
DASHES = ("", "7 3", "2 3", "10 3 2 3", "4 2", "12 3 2 3 2 3", "1 2")
"""Seven of these with eight colours: 56 curves before any two look alike."""

_WIDTH, _HEIGHT = 480, 290
_LEFT, _TOP, _BOTTOM = 50, 16, 44
_LETTER = 6.9
"""Width of a letter at 11 units; a guess, since the reader's font is unknown."""
_LINE = 13.0
"""Height of a label."""
_LONGEST = 18
"""Letters of a name beside its curve."""
_DOTTED = 12
"""Points up to which a curve shows each as a dot."""


@dataclass(frozen=True)
class Curve:
    """One contender's line, or its point in a scatter."""

    number: int
    """The contender's: decides colour and dashes, alike in all figures."""
    name: str
    points: tuple[tuple[float, float], ...]
    lowest: bool = False
    """Mark the lowest point."""


@dataclass(frozen=True)
class Band:
    """A range of values that is no contender's, shaded across the figure."""

    low: float
    high: float
    middle: float
    name: str


@dataclass(frozen=True)
class Axes:
    """What a figure says of its axes."""

    title: str
    """The whole figure in a sentence, for those who cannot see it."""
    x: str
    y: str
    x_log: bool = False
    y_log: bool = False
    zero: bool = False
    """Both axes begin at zero, not only the horizontal."""
    x_zero: bool = True
    x_ticks: tuple[float, ...] = ()
    """() chooses."""
    y_told: Callable[[float], str] = amount


def style(number: int) -> tuple[str, str]:
    """Return a contender's class and its dashes."""
    return f"c{number % COLOURS}", DASHES[number % len(DASHES)]


def swatch(number: int) -> str:
    """Return a short piece of a contender's line, for tables."""
    colour, dashes = style(number)
    return (
        f'<svg class="swatch" viewBox="0 0 44 10" aria-hidden="true"><g class="{colour}">'
        f'<line class="curve" x1="1" y1="5" x2="43" y2="5"{_dashed(dashes)}/></g></svg>'
    )


def line_chart(curves: Sequence[Curve], axes: Axes, bands: Sequence[Band] = ()) -> str:
    """Return a figure of curves, each with its name at its end.

    Args:
        curves: at least one, each with at least one point.
        axes: their names and kinds.
        bands: shaded ranges.
    """
    named = [*(curve.name for curve in curves), *(band.name for band in bands)]
    x, y = _scales(curves, axes, bands, named)
    parts = [_band(band, x, y) for band in bands]
    parts += [_curve(curve, x, y) for curve in curves]
    labels = [Label(band.name, "", x.end, y(band.middle)) for band in bands]
    labels += [
        Label(curve.name, style(curve.number)[0], x(curve.points[-1][0]), y(curve.points[-1][1]))
        for curve in curves
    ]
    parts.append(_labels(labels, x.end))
    return _figure(axes, x, y, parts)


def scatter(points: Sequence[Curve], axes: Axes) -> str:
    """Return a figure of single points, each with its name beside it."""
    x, y = _scales(points, axes, (), [point.name for point in points])
    parts, labels = [], []
    for point in points:
        at = x(point.points[0][0]), y(point.points[0][1])
        colour, _ = style(point.number)
        parts.append(f'<g class="{colour}"><circle class="dot" {_at(*at)} r="4.5"/></g>')
        labels.append(Label(point.name, colour, *at))
    # Points lie anywhere, so their names do, too: beside each, pushed apart where they would meet.
    return _figure(axes, x, y, [*parts, _beside(labels)])


def _scales(
    curves: Sequence[Curve], axes: Axes, bands: Sequence[Band], names: Sequence[str]
) -> tuple[Scale, Scale]:
    right = 16 + _LETTER * max(len(one_line(name, _LONGEST)) for name in names)
    xs = [px for curve in curves for px, _ in curve.points]
    ys = [py for curve in curves for _, py in curve.points]
    ys += [edge for band in bands for edge in (band.low, band.high)]
    margin = 0.0 if axes.x_zero else 0.06
    return (
        fitted(xs, _LEFT, _WIDTH - right, log=axes.x_log, zero=axes.x_zero, margin=margin),
        fitted(ys, _HEIGHT - _BOTTOM, _TOP, log=axes.y_log, zero=axes.zero),
    )


def _figure(axes: Axes, x: Scale, y: Scale, parts: Sequence[str]) -> str:
    """Put the frame around what is drawn: grid, ticks, names of the axes."""
    low, high = _HEIGHT - _BOTTOM, _TOP
    grid = []
    for tick in y.ticks(5):
        at = y(tick)
        grid.append(f'<line class="grid" x1="{x.begin}" x2="{x.end:.1f}" y1="{at:.1f}" '
                    f'y2="{at:.1f}"/>')  # fmt: skip
        grid.append(_text(x.begin - 7, at + 3.5, axes.y_told(tick), "tick right"))
    for tick in axes.x_ticks or x.ticks(5):
        at = x(tick)
        grid.append(f'<line class="axis" x1="{at:.1f}" x2="{at:.1f}" y1="{low}" y2="{low + 4}"/>')
        grid.append(_text(at, low + 16, amount(tick), "tick middle"))
    grid.append(f'<line class="axis" x1="{x.begin}" x2="{x.end:.1f}" y1="{low}" y2="{low}"/>')
    grid.append(_text((x.begin + x.end) / 2, _HEIGHT - 8, axes.x, "name middle"))
    middle = (low + high) / 2
    grid.append(f'<text class="name middle" transform="translate(12 {middle:.1f}) rotate(-90)">'
                f"{escape(axes.y)}</text>")  # fmt: skip
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(one_line(axes.title, 1000))}">{"".join(grid)}{"".join(parts)}</svg>'
    )


def _curve(curve: Curve, x: Scale, y: Scale) -> str:
    colour, dashes = style(curve.number)
    places = [(x(px), y(py)) for px, py in curve.points]
    path = " ".join(f"{px:.1f},{py:.1f}" for px, py in places)
    parts = [f'<polyline class="curve" points="{path}"{_dashed(dashes)}/>']
    if len(places) <= _DOTTED:
        parts += [f'<circle class="dot" {_at(*place)} r="2"/>' for place in places]
    if curve.lowest:
        best = min(curve.points, key=lambda point: point[1])
        parts.append(f'<circle class="ring" {_at(x(best[0]), y(best[1]))} r="4"/>')
    name = escape(one_line(curve.name, 200))
    return f'<g class="{colour}"><title>{name}</title>{"".join(parts)}</g>'


def _band(band: Band, x: Scale, y: Scale) -> str:
    top, bottom, middle = y(band.high), y(band.low), y(band.middle)
    return (
        f'<rect class="band" x="{x.begin}" width="{x.end - x.begin:.1f}" y="{top:.1f}" '
        f'height="{max(0.0, bottom - top):.1f}"/>'
        f'<line class="middleline" x1="{x.begin}" x2="{x.end:.1f}" y1="{middle:.1f}" '
        f'y2="{middle:.1f}"/>'
    )


@dataclass(frozen=True)
class Label:
    """A name in a figure."""

    name: str
    colour: str
    """A class; "" for the page's own ink."""
    x: float
    """Where the curve ends or the point lies."""
    y: float


def _labels(labels: Sequence[Label], edge: float) -> str:
    """Write the names right of the plot, pushed apart, each led to its curve's end."""
    parts = []
    left = edge + 7
    for label, at in zip(labels, _spread([label.y for label in labels]), strict=True):
        lead = ""
        if abs(at - label.y) > 2 or edge - label.x > 4:
            lead = (f'<polyline class="lead" points="{label.x + 4:.1f},{label.y:.1f} '
                    f'{edge:.1f},{label.y:.1f} {left - 2:.1f},{at:.1f}"/>')  # fmt: skip
        text = _text(left, at + 3.8, one_line(label.name, _LONGEST), "label")
        parts.append(f'<g class="{label.colour or "plain"}">{lead}{text}</g>')
    return "".join(parts)


def _beside(labels: Sequence[Label]) -> str:
    """Write names right of their points; those that would overlap are pushed apart."""
    placed: list[tuple[float, float, float]] = []  # left, right, y
    parts = []
    for label in sorted(labels, key=lambda label: label.y):
        short = one_line(label.name, _LONGEST)
        left, right, at = label.x + 8, label.x + 8 + _LETTER * len(short), label.y
        while any(a < right and left < b and abs(at - c) < _LINE for a, b, c in placed):
            at += 1
        placed.append((left, right, at))
        text = _text(left, at + 3.8, short, "label")
        parts.append(f'<g class="{label.colour}">{text}</g>')
    return "".join(parts)


def _spread(heights: Sequence[float]) -> list[float]:
    """Return heights near those asked for, and a line apart where there is room."""
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    gap = min(_LINE, (_HEIGHT - _TOP) / max(1, len(heights)))
    placed = list(heights)
    lowest = _HEIGHT - _BOTTOM / 2
    for before, i in zip([None, *order], order, strict=False):
        if before is not None:
            placed[i] = max(placed[i], placed[before] + gap)
    for after, i in zip([None, *reversed(order)], reversed(order), strict=False):
        placed[i] = min(placed[i], lowest if after is None else placed[after] - gap)
    return placed


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _at(x: float, y: float) -> str:
    return f'cx="{x:.1f}" cy="{y:.1f}"'


def _dashed(dashes: str) -> str:
    return f' stroke-dasharray="{dashes}"' if dashes else ""
