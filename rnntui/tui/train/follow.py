"""Following one run: what its files say, read again and again, each line once.

Everything here blocks for a moment and belongs into a thread; what it returns is frozen, so that
the screen may draw it while the next look is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

from rnntui.errors import RnntuiError
from rnntui.runs import predictions
from rnntui.runs.folder import RunFolder
from rnntui.runs.history import Evaluation, decode
from rnntui.runs.predictions import Predictions
from rnntui.runs.progress import PROGRESS, Progress, read_new
from rnntui.runs.tail import Tail
from rnntui.tui.train.drawn import Drawn, parse
from rnntui.tui.train.summary import Summary, read_summary

_MOST = 4000
"""Lines of progress that are kept: a run of a day writes ten times as many, and drawing all of them
would hold a key up for a quarter of a second."""


@dataclass(frozen=True)
class Watched:
    """A run as far as it has come."""

    summary: Summary
    history: tuple[Evaluation, ...] = ()
    progress: tuple[Progress, ...] = ()
    drawn: tuple[Drawn, ...] = ()
    predicted: tuple[Predictions, ...] = ()
    """Of a forecaster, in place of samples."""
    gone: bool = False
    """Its folder is no longer there."""
    another: bool = False
    """Since the last look another run has taken its place."""
    problem: str = ""
    """What could not be read."""


class Follower:
    """Follows a run, or a model that brings its history.

    Args:
        folder: the run's.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self._begin()

    def _begin(self) -> None:
        self._history = Tail(self.folder.history)
        self._progress = Tail(self.folder.path / PROGRESS)
        self._samples = Tail(self.folder.samples)
        self._identity = self._inode()
        self._evaluations: list[Evaluation] = []
        self._lines: list[Progress] = []
        self._drawn: list[Drawn] = []
        self._predicted: list[Predictions] = []

    def _inode(self) -> int:
        try:
            return self.folder.path.stat().st_ino
        except OSError:
            return 0

    def look(self) -> Watched:
        """Read what is new."""
        identity = self._inode()
        if not identity:
            self._identity = 0
            return Watched(Summary(self.folder, "damaged"), gone=True)
        another = identity != self._identity
        if another:
            self._begin()
        problem = ""
        try:
            self._read()
        except RnntuiError as error:
            problem = str(error)
        return Watched(
            read_summary(self.folder),
            tuple(self._evaluations),
            tuple(self._lines),
            tuple(self._drawn),
            tuple(self._predicted),
            another=another,
            problem=problem,
        )

    def _read(self) -> None:
        new = self._history.read()
        if new.anew:
            self._evaluations = []
        self._evaluations += [line for raw in new.text.splitlines() if (line := decode(raw))]
        lines, anew = read_new(self._progress)
        self._lines = _thinned(lines if anew else self._lines + lines)
        new = self._samples.read()
        drawn = parse(new.text.decode("utf-8", "replace"))
        self._drawn = drawn if new.anew else self._drawn + drawn
        if not any(each.texts for each in self._drawn):  # a forecaster's are two lines at most
            self._predicted = predictions.read(self.folder.path / predictions.PREDICTIONS)


def _thinned(lines: list[Progress]) -> list[Progress]:
    """Leave every other line out while there are more than any screen can show."""
    while len(lines) > _MOST:
        lines = [*lines[:-1:2], lines[-1]]
    return lines
