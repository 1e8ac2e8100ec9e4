"""What a series is: numbers in time, complete, in order, in its own units.

Knows nothing of files: `data.series.reading` makes one of a column, and says in `notes` what it had
to mend. The arrays are the series' own copies and cannot be written to, so that whoever is handed a
`head` holds nothing of what came after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnntui.data.series.calendar import after

Values = NDArray[np.float64]
Times = NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class Series:
    """One series. T is its length.

    Raises:
        ValueError: a shape that does not fit, a value that is not finite, times that do not grow.
    """

    name: str
    """What messages call it: the file's name without its endings, or the named series."""
    column: str
    """The column of the file that it was."""
    values: Values
    """(T,), finite."""
    times: Times | None = None
    """(T,) in seconds, growing; None where the file has no dates."""
    frequency: str = ""
    """Of the times: "Y", "Q", "M", "W", "D", "B" (weekdays), "h", "min" or "s", with a number
    before it for a multiple ("15min"); "" for none."""
    season: int = 1
    """Steps after which the pattern repeats; 1 for none."""
    covariates: Mapping[str, Values] = field(default_factory=dict)
    """Other columns by name: (T,) each, finite."""
    notes: tuple[str, ...] = ()
    """What was mended and by which rule, a sentence each."""
    filled: NDArray[np.bool_] | None = None
    """(T,): values that the file does not have; None for none. They are never scored."""

    def __post_init__(self) -> None:
        own = {"values": _own(self.values, np.float64)}
        if own["values"].ndim != 1 or self.season < 1:
            raise ValueError("a series is one row of values, its season at least 1")
        if self.times is not None:
            own["times"] = _own(self.times, "datetime64[s]")
            if (np.diff(own["times"]) <= np.timedelta64(0, "s")).any():
                raise ValueError("times must grow")
        if self.filled is not None:
            own["filled"] = _own(self.filled, np.bool_)
        covariates = {name: _own(row, np.float64) for name, row in self.covariates.items()}
        arrays = [*own.values(), *covariates.values()]
        if any(array.shape != own["values"].shape for array in arrays):
            raise ValueError("values, times and covariates must have one length")
        if not all(np.isfinite(row).all() for row in (own["values"], *covariates.values())):
            raise ValueError("values must be finite")
        for name, array in {**own, "covariates": covariates}.items():
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.values)

    def head(self, n: int) -> Series:
        """Return the first `n` values, and nothing of the rest: copies, no views.

        Raises:
            ValueError: there are not so many.
        """
        return self._part(0, n)

    def split(self, fraction: float) -> tuple[Series, Series]:
        """Return the first `fraction` of the values, rounded down to a whole number, and the rest.

        Raises:
            ValueError: `fraction` is not between 0 and 1.
        """
        if not 0 <= fraction <= 1:
            raise ValueError("a fraction is between 0 and 1")
        n = int(len(self) * fraction + 1e-9)  # 0.29 of 100 are 29
        return self._part(0, n), self._part(n, len(self))

    def future_times(self, h: int) -> Times | None:
        """Return the next `h` times: (h,); None where there are no times or no frequency."""
        if self.times is None or not self.frequency or not len(self):
            return None
        return after(self.times, self.frequency, h)

    def _part(self, begin: int, end: int) -> Series:
        if not 0 <= begin <= end <= len(self):
            raise ValueError(f"a series of {len(self)} values has no part {begin}:{end}")
        return Series(
            self.name,
            self.column,
            self.values[begin:end],
            None if self.times is None else self.times[begin:end],
            self.frequency,
            self.season,
            {name: row[begin:end] for name, row in self.covariates.items()},
            self.notes,
            None if self.filled is None else self.filled[begin:end],
        )


def _own(values: ArrayLike, kind: Any) -> NDArray[Any]:
    copy = np.array(values, kind)
    copy.flags.writeable = False
    return copy
