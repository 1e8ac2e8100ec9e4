"""Where runs have been, so that a text can be continued, undone, regenerated and branched exactly.

A recurrent network's whole past is its state: tens of kilobytes. One snapshot every few hundred
characters, and a list of how many characters each setting drew since, bring back any moment between
them by drawing the same characters again. Memory is bounded: the oldest moments go first, except
where the run began.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np

from rnntui.inference.generation import Session, Snapshot
from rnntui.inference.models import TextModel
from rnntui.inference.sampling import Sampling

SPACING = 256
"""Characters between snapshots, at least: going back then costs a twentieth of a second."""
_MOST_MARKS = 64
_MOST_BYTES = 8 << 20
"""Snapshots of one run, and what they may weigh; very wide networks keep fewer."""
_MOST_RUNS = 32


@dataclass
class _Mark:
    """A snapshot, and what was drawn from there to the next one."""

    position: int
    snapshot: Snapshot
    drawn: list[tuple[Sampling, int]] = field(default_factory=list)

    @property
    def end(self) -> int:
        """The last position that can be reached from here."""
        return self.position + sum(count for _, count in self.drawn)


class Trail:
    """The moments of one run.

    Args:
        model: what writes.
        session: as it is where the run's own text begins.
    """

    def __init__(self, model: TextModel, session: Session) -> None:
        self.model = model
        self.seed = session.seed
        first = session.snapshot()
        self._most = max(4, min(_MOST_MARKS, _MOST_BYTES // _weight(first)))
        self._marks = [_Mark(0, first)]

    def advance(self, session: Session, sampling: Sampling, count: int) -> None:
        """Note that `count` characters have been drawn, after which the session is as given."""
        last = self._marks[-1]
        if last.drawn and last.drawn[-1][0] == sampling:
            last.drawn[-1] = (sampling, last.drawn[-1][1] + count)
        else:
            last.drawn.append((sampling, count))
        if last.end - last.position >= SPACING:
            self._marks.append(_Mark(last.end, session.snapshot()))
            if len(self._marks) > self._most:
                del self._marks[1]  # the first is where regenerating begins

    def session_at(self, position: int) -> Session | None:
        """Return a session at a moment, with its random numbers; None where it is forgotten."""
        mark = next(m for m in reversed(self._marks) if m.position <= position)
        if position > mark.end:
            return None
        session = self.model.session(self.seed)
        session.restore(mark.snapshot)
        missing = position - mark.position
        for sampling, count in mark.drawn:
            session.next_many(min(count, missing), sampling)
            missing -= min(count, missing)
        return session


def _weight(snapshot: Snapshot) -> int:
    """Return about how many bytes a snapshot takes."""
    reader = vars(snapshot.reader).values()
    arrays = sum(value.nbytes for value in reader if isinstance(value, np.ndarray))
    return arrays + 8 * len(snapshot.recent) + 1024


class Places:
    """The trails of the last runs."""

    def __init__(self) -> None:
        self._trails: OrderedDict[int, Trail] = OrderedDict()

    def add(self, run: int, trail: Trail) -> None:
        """Remember a run; the one longest out of use is forgotten."""
        self._trails[run] = trail
        self._trails.move_to_end(run)
        if len(self._trails) > _MOST_RUNS:
            self._trails.popitem(last=False)

    def find(self, run: int) -> Trail | None:
        """Return a run's trail, None where it is forgotten or never was."""
        if run in self._trails:
            self._trails.move_to_end(run)
        return self._trails.get(run)

    def forget(self, model: TextModel) -> None:
        """Forget the runs of a model, whose weights they would keep in memory."""
        for run in [run for run, trail in self._trails.items() if trail.model is model]:
            del self._trails[run]
