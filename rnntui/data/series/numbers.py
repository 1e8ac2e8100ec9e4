"""Text as numbers: which decimal mark a column uses, what is missing in it, what is no number.

One way of writing is found for a whole column, never for each field: "1,234" alone may be either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

Values = NDArray[np.float64]

MISSING = ("", "-", "--", ".", "?", "na", "n/a", "#n/a", "nan", "null", "none", "nil")
"""What stands for a value that is not there, in any case."""

_END = r"([eE][-+]?\d+)?$"
_PLAIN = rf"^[-+]?(\d+\.?\d*|\.\d+){_END}"
_COMMA = rf"^[-+]?(\d+,?\d*|,\d+){_END}"
_GROUPED = r"^[-+]?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?$"
_DOT_GROUPED = r"^[-+]?(\d{1,3}(\.\d{3})+|\d+)(,\d*)?$"
_INFINITE = r"^[-+]?inf(inity)?$"
_STYLES = {
    (".", ""): _PLAIN, (",", ""): _COMMA, (".", ","): _GROUPED, (",", "."): _DOT_GROUPED,
}  # fmt: skip
"""By decimal mark and mark between thousands."""
_SPACES = r"(\d)[ \x{a0}\x{2009}\x{202f}'’](\d{3})\b"


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column read as numbers."""

    values: Values
    """(rows,): NaN where nothing stands, or no finite number."""
    infinite: int
    """How many are infinite, and so missing."""
    bad_row: int | None
    """The first that is no number; None where all are."""
    bad: int
    """How many are none."""

    @property
    def known(self) -> int:
        """How many values there are."""
        return int(np.isfinite(self.values).sum())


def to_numbers(column: pl.Series, *, decimal: str = "", delimiter: str = ",") -> Numbers:
    """Read a column of text.

    Args:
        column: text, null where nothing stands.
        decimal: "." or ","; "" finds it.
        delimiter: of the file: where that is ";", "1,234" is a little more than one.
    """
    import polars as pl

    plain = column.cast(pl.Float64, strict=False)
    if decimal != "," and plain.null_count() == column.null_count() and plain.is_finite().all():
        return Numbers(plain.to_numpy().astype(np.float64), 0, None, 0)
    text = column.str.strip_chars()
    text = text.set(text.str.to_lowercase().is_in(MISSING), None)
    infinite = text.str.contains(f"(?i){_INFINITE}").fill_null(False)
    text = text.set(infinite, None)
    # Twice, since of 1 234 567 the second group begins where the first match ended.
    for _ in range(2):
        text = text.str.replace_all(_SPACES, "$1$2")
    text = text.str.replace(r"^([-+]?)[$€£¥]\s*", "$1").str.replace(r"\s*[%€]$", "")
    matches = {
        style: text.str.contains(_STYLES[style]).fill_null(True)
        for style in _order(decimal, delimiter)
    }
    mark, group = max(matches, key=lambda style: int(matches[style].sum()))
    fits = matches[mark, group]
    text = text.set(~fits, None)
    if group:
        text = text.str.replace_all(group, "", literal=True)
    if mark == ",":
        text = text.str.replace(",", ".", literal=True)
    values = text.cast(pl.Float64, strict=False).to_numpy().astype(np.float64)
    overflown = ~np.isfinite(values) & text.is_not_null().to_numpy()  # 1e999
    values[overflown] = np.nan
    wrong = np.flatnonzero(~fits.to_numpy())
    return Numbers(
        values,
        int(infinite.sum()) + int(overflown.sum()),
        int(wrong[0]) if len(wrong) else None,
        len(wrong),
    )


def _order(decimal: str, delimiter: str) -> list[tuple[str, str]]:
    """The styles to try; of two that fit alike the first is taken."""
    if decimal:
        return [style for style in _STYLES if style[0] == decimal]
    if delimiter == ",":
        return [(".", ""), (".", ","), (",", ""), (",", ".")]
    return list(_STYLES)
