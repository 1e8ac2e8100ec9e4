"""How a file is to be read as a series: each key says what is found out where it is left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from rnntui.data.series.calendar import UNITS, parsed
from rnntui.display import one_line
from rnntui.errors import BadOption

Missing = Literal["interpolate", "last", "drop", "refuse"]
Duplicates = Literal["refuse", "first", "last", "mean"]

DELIMITERS = {",": ",", ";": ";", "tab": "\t", "\t": "\t", "|": "|"}
"""By the way people spell them."""


@dataclass(frozen=True)
class SeriesOptions:
    """Where a file's own look is not to decide.

    Raises:
        BadOption: a value that makes no sense.
    """

    column: str = ""
    """The column to forecast, by its name or its number from 1; "" where there is only one."""
    date_column: str = ""
    """The column of dates; "" finds it, "none" takes rows as steps whatever stands there."""
    date_format: str = ""
    """How dates are written, as strftime has it: "%d/%m/%Y"; "" finds it."""
    covariates: tuple[str, ...] = ()
    """Other columns to keep."""
    delimiter: str = ""
    """"," ";" "|" or "tab"; "" finds it."""
    decimal: str = ""
    """"." or ","; "" finds it."""
    encoding: str = ""
    """Of the text; "" reads UTF-8, UTF-16 with its mark, and else Windows-1252."""
    missing: Missing = "interpolate"
    """What becomes of missing values, and of steps that the dates skip: a straight line between
    the neighbours, the last value again, left out, or refuse to read. At the ends they are left
    out anyway. Covariates take the last value again where the series takes a line."""
    duplicates: Duplicates = "refuse"
    """Which of several values at one time counts. Equal values are one in any case."""
    frequency: str = ""
    """As `Series.frequency`; "" finds it from the dates, "none" takes rows as steps."""
    season: int = 0
    """As `Series.season`; 0 finds it."""

    def __post_init__(self) -> None:
        for key, kind in (("missing", Missing), ("duplicates", Duplicates)):
            if getattr(self, key) not in get_args(kind):
                raise BadOption(f"--{key} is one of {', '.join(get_args(kind))}", "name one")
        if self.delimiter and self.delimiter not in DELIMITERS:
            raise BadOption("--delimiter is one of , ; | tab", "name one, in quotes")
        if self.decimal not in ("", ".", ","):
            raise BadOption("--decimal is . or ,", "name one")
        if self.season < 0:
            raise BadOption("--season counts steps", "1 is none, 0 finds it")
        if self.frequency not in ("", "none") and parsed(self.frequency) is None:
            raise BadOption(
                f"{one_line(self.frequency, 20)!r} is no frequency",
                f"name one of {', '.join(UNITS)}, a multiple such as 15min, or none",
            )
