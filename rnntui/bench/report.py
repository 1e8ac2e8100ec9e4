"""A bench's lines: what was measured, the budget beside it, and whether it is met."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_INDENT = "  "
_WHAT, _MEASURED, _BUDGET, _VERDICT = 46, 19, 13, 5
"""Widths of columns. Lines appear as they are measured, so that none can be fitted to all."""


@dataclass(frozen=True)
class Budget:
    """What a figure should reach, or stay within."""

    bound: float
    at_most: bool = False
    """The figure should be no larger than the bound, rather than no smaller."""

    def met(self, value: float) -> bool:
        """Whether a figure keeps the budget; at the edge it does, and NaN never does."""
        return value <= self.bound if self.at_most else value >= self.bound


@dataclass(frozen=True)
class Line:
    """One figure."""

    name: str
    """For programs: stable, and unique in a report."""
    what: str
    """For people."""
    value: float
    unit: str
    """"x" for how many times as fast, "%" for shares, otherwise as it reads."""
    budget: Budget | None = None
    """None for figures that explain others."""
    detail: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    """What the value was computed from, and what is worth keeping beside it."""

    @property
    def verdict(self) -> str:
        """Whether the budget is kept: "ok", "under" a floor, "over" a limit; "" without one."""
        if self.budget is None:
            return ""
        if self.budget.met(self.value):
            return "ok"
        return "over" if self.budget.at_most else "under"


@dataclass(frozen=True)
class Heading:
    """Begins a group of lines."""

    text: str


@dataclass(frozen=True)
class Note:
    """A sentence about the lines above it, or about what is missing."""

    text: str


Entry = Line | Heading | Note


def as_text(entry: Entry) -> str:
    """Return an entry as it is printed, without its line end."""
    if isinstance(entry, Heading):
        return f"\n{entry.text}"
    if isinstance(entry, Note):
        return f"{_INDENT}note: {entry.text}"
    budget = ""
    if entry.budget:
        sign = "<=" if entry.budget.at_most else ">="
        budget = f"{sign} {entry.budget.bound:g}{_suffix(entry.unit)}"
    return (
        f"{_INDENT}{entry.what:<{_WHAT}} {_figure(entry):>{_MEASURED}}  "
        f"{budget:<{_BUDGET}} {entry.verdict:<{_VERDICT}} {entry.detail}"
    ).rstrip()


def _suffix(unit: str) -> str:
    return unit if unit in ("x", "") else f" {unit}"


def _figure(line: Line) -> str:
    """A figure as short as it can be without being rounded to the other side of its budget."""
    value, unit, budget = line.value, line.unit, line.budget
    if value and abs(value) < 1e-2:
        return f"{value:.1e}{_suffix(unit)}"
    digits = 0 if value >= 1000 or unit == "chars" else 1 if unit == "%" else 2
    while budget and digits < 9 and budget.met(round(value, digits)) != budget.met(value):
        digits += 1
    return f"{value:,.{digits}f}{_suffix(unit)}"


def as_json(
    entries: Sequence[Entry], machine: Mapping[str, Any], *, quick: bool, seconds: float
) -> str:
    """Return the report as one line of JSON."""
    lines, group = [], ""
    for entry in entries:
        if isinstance(entry, Heading):
            group = entry.text
        elif isinstance(entry, Line):
            lines.append(_as_dict(entry, group))
    verdicts = [line["verdict"] for line in lines if line["verdict"]]
    document = {
        "quick": quick,
        "seconds": round(seconds, 1),
        "machine": dict(machine),
        "met": verdicts.count("ok"),
        "missed": len(verdicts) - verdicts.count("ok"),
        "lines": lines,
        "notes": [entry.text for entry in entries if isinstance(entry, Note)],
    }
    return json.dumps(document, allow_nan=False)


def _as_dict(line: Line, group: str) -> dict[str, Any]:
    budget = line.budget
    return {
        "name": line.name,
        "group": group,
        "what": line.what,
        "measured": line.value,
        "unit": line.unit,
        "budget": budget and {"bound": budget.bound, "sense": "<=" if budget.at_most else ">="},
        "verdict": line.verdict or None,
        "detail": line.detail,
        "figures": dict(line.figures),
    }
