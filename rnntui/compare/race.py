"""Which run learns faster: losses at equal epochs, at equal time, and the time to a loss.

A loss says something beside another only where both are nats per the same symbol of the same text,
cut the same way; contenders are grouped by that, and every group has its own race.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from rnntui.compare.contenders import Contender
from rnntui.display import human_seconds, one_line
from rnntui.runs.history import Evaluation

_COLUMNS = 6
"""Epochs or moments in a table: with names beside them, they fit into 80 columns."""
_EPOCHS = [float(digit * 10**power) for power in range(7) for digit in (1, 2, 5)]
_MOMENTS = [*(1.0, 2.0, 5.0, 10.0, 20.0, 30.0), *(60.0 * m for m in (1, 2, 5, 10, 20, 30)),
            *(3600.0 * h for h in (1, 2, 4, 8, 16, 24, 48, 96, 240, 480))]  # fmt: skip
_HAIR = 1e-3
"""Epochs are rounded in the history."""


@dataclass(frozen=True)
class Standing:
    """How one contender of a race went."""

    contender: Contender
    by_epochs: tuple[float | None, ...]
    """Its lowest loss by each of the race's epochs; None before its first evaluation."""
    by_seconds: tuple[float | None, ...]
    """The same by each of the race's moments."""
    reached: Evaluation | None
    """The first evaluation that is as good as the target."""


@dataclass(frozen=True)
class Race:
    """Contenders whose validation losses may be compared."""

    epochs: tuple[float, ...]
    """Epochs of the table; the last is where the shortest of them ended."""
    seconds: tuple[float, ...]
    """Moments of the table; likewise."""
    target: float
    """The best loss of the worst contender: all have reached it."""
    target_of: str
    """Whose it is."""
    standings: tuple[Standing, ...]

    def verdicts(self) -> list[str]:
        """Say in a few sentences who is ahead; names are as they came."""
        return [
            _ahead(f"After {_epochs(self.epochs[-1])}", self.standings, lambda s: s.by_epochs[-1]),
            _ahead(
                f"After {human_seconds(self.seconds[-1])} of training",
                self.standings,
                lambda s: s.by_seconds[-1],
            ),
            _arrivals(self),
        ]


def comparable_data(contender: Contender) -> Hashable:
    """Return what two contenders must share for their losses to be comparable; None if unknown."""
    config = contender.config
    if config is None or not config.data.sha256:
        return None
    # Rounded, since 0.85 read back from another writer may be a hair off.
    split = tuple(round(share, 6) for share in config.data.split)
    return config.task, config.data.sha256, split, contender.unit


def races(contenders: Sequence[Contender]) -> list[Race]:
    """Return a race for every group of two or more that have comparable curves."""
    groups: dict[Hashable, list[Contender]] = {}
    for contender in contenders:
        key = comparable_data(contender)
        if key is not None and contender.validated:
            groups.setdefault(key, []).append(contender)
    return [_race(group) for group in groups.values() if len(group) > 1]


def _race(group: Sequence[Contender]) -> Race:
    epochs = _marks(_EPOCHS, min(c.validated[-1].epoch for c in group),
                    min(c.validated[0].epoch for c in group))  # fmt: skip
    seconds = _marks(_MOMENTS, min(c.validated[-1].seconds for c in group),
                     min(c.validated[0].seconds for c in group))  # fmt: skip
    worst = max(group, key=_best)
    return Race(
        epochs, seconds, _best(worst), worst.name,
        tuple(_standing(c, epochs, seconds, _best(worst)) for c in group),
    )  # fmt: skip


def _best(contender: Contender) -> float:
    lowest = _lowest(contender.validated)
    assert lowest is not None  # only those with a validated history race
    return lowest


def _standing(
    contender: Contender, epochs: Sequence[float], seconds: Sequence[float], target: float
) -> Standing:
    lines = contender.validated
    return Standing(
        contender,
        tuple(_lowest([x for x in lines if x.epoch <= mark + _HAIR]) for mark in epochs),
        tuple(_lowest([x for x in lines if x.seconds <= mark]) for mark in seconds),
        next((x for x in lines if x.val_loss is not None and x.val_loss <= target), None),
    )


def _lowest(lines: Sequence[Evaluation]) -> float | None:
    return min((line.val_loss for line in lines if line.val_loss is not None), default=None)


def _marks(candidates: Sequence[float], end: float, first: float) -> tuple[float, ...]:
    """Return round numbers between the first evaluation and the shared end, and that end."""
    inside = [mark for mark in candidates if first - _HAIR <= mark < 0.98 * end]
    return (*inside[-_COLUMNS + 1 :], end)


def _epochs(count: float) -> str:
    return f"{count:.4g} epoch{'' if count == 1 else 's'}"


def _ahead(
    when: str, standings: Sequence[Standing], loss: Callable[[Standing], float | None]
) -> str:
    """Say `After 3 epochs a leads with 1.850; b 1.902, c 2.051.`, or what is true instead."""
    known = [(value, s.contender.name) for s in standings if (value := loss(s)) is not None]
    late = [s.contender.name for s in standings if loss(s) is None]
    known.sort(key=lambda pair: pair[0])
    if not known:
        return f"{when} none had been evaluated yet."
    (best, name), rest = known[0], known[1:]
    others = [f"{_named(other)} {value:.3f}" for value, other in rest]
    others += [f"{_named(other)} had not been evaluated" for other in late]
    level = bool(rest) and f"{rest[0][0]:.3f}" == f"{best:.3f}"
    verb = "is level with the next at" if level else "leads with"
    return f"{when} {_named(name)} {verb} {best:.3f}; {', '.join(others)}."


def _arrivals(race: Race) -> str:
    """Say `The best loss of c, 2.051, was reached by a after 0:12 (1 epoch), by ...`."""
    arrived = [(s.reached, s.contender.name) for s in race.standings if s.reached]
    arrived.sort(key=lambda pair: pair[0].seconds)
    parts = [
        f"by {_named(name)} after {human_seconds(line.seconds)} ({_epochs(line.epoch)})"
        for line, name in arrived
    ]
    whose = _named(race.target_of)
    return f"The best loss of {whose}, {race.target:.3f}, was reached {', '.join(parts)}."


def _named(name: str) -> str:
    return one_line(name, 4096)  # on its line, and whole: no name of a folder is longer


def warnings(contenders: Sequence[Contender]) -> list[str]:
    """Say why losses of these contenders cannot be compared, if they cannot."""
    known = [c for c in contenders if c.config is not None]
    found = []
    for what, name, value in (
        ("do different tasks", "task", _task),
        ("learned different texts", "text", _text),
        ("cut their text differently", "split", _split),
        ("predict different units", "unit", lambda c: c.unit or "none"),
    ):
        groups: dict[Hashable, list[Contender]] = {}
        for contender in known:
            groups.setdefault(value(contender), []).append(contender)
        if len(groups) > 1:
            listed = "; ".join(
                f"{_label(name, group[0])}: {', '.join(_named(c.name) for c in group)}"
                for group in groups.values()
            )
            found.append(f"they {what}, so their losses are not comparable ({listed})")
    return found


def _task(contender: Contender) -> Hashable:
    return contender.config and contender.config.task


def _text(contender: Contender) -> Hashable:
    return contender.config and contender.config.data.sha256


def _split(contender: Contender) -> Hashable:
    return contender.config and tuple(round(share, 6) for share in contender.config.data.split)


def _label(name: str, contender: Contender) -> str:
    """Name what a group shares."""
    config = contender.config
    assert config is not None
    if name == "text":
        data = config.data
        return f"{one_line(data.name) or 'unnamed'} {data.sha256[:8] or 'of unknown hash'}"
    if name == "split":
        return "/".join(f"{share:g}" for share in config.data.split)
    return str(config.task) if name == "task" else contender.unit or "none"
