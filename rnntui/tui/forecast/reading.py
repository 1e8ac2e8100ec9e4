"""How a file is to be read, as one line of options: the same words as on the command line."""

from __future__ import annotations

import shlex
from typing import Any

import msgspec

from rnntui.display import one_line
from rnntui.engine.protocol.forecast import Source
from rnntui.errors import BadOption

KEYS = (
    "season", "frequency", "missing", "duplicates", "date_column", "date_format", "delimiter",
    "decimal", "encoding",
)  # fmt: skip
"""Of a source, those that are typed."""


def written(source: Source) -> str:
    """Return the options that differ from what is found out, as a line."""
    plain, words = msgspec.structs.asdict(Source("")), []
    for key, value in msgspec.structs.asdict(source).items():
        if key in KEYS and value != plain[key]:
            words += [f"--{key.replace('_', '-')}", str(value)]
    return shlex.join(words)


def taken(source: Source, line: str) -> Source:
    """Return a source read as a line says; what it does not name is found out.

    Raises:
        BadOption: an option that is none, or a value that it cannot have.
    """
    try:
        words = shlex.split(line)
    except ValueError:
        raise BadOption("a quotation mark has no end", "close it, or leave it out") from None
    words = [part for word in words for part in _divided(word)]
    given: dict[str, Any] = {}
    for option, value in zip(words[::2], [*words[1::2], None], strict=False):
        key = option.removeprefix("--").replace("-", "_")
        if not option.startswith("--") or key not in KEYS:
            known = ", ".join(f"--{each.replace('_', '-')}" for each in KEYS)
            raise BadOption(f"{one_line(option, 20)} is no option here", f"there are {known}")
        if value is None:
            raise BadOption(f"{option} has no value", f"write {option} VALUE")
        given[key] = value
    fresh = {"file": source.file, "column": source.column, **given}
    try:
        return msgspec.convert(fresh, Source, strict=False)
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].rstrip("`").replace("_", "-")
        value = given.get(name.replace("-", "_"), "")
        choice = {"missing": "interpolate, last, drop or refuse",
                  "duplicates": "refuse, first, last or mean"}  # fmt: skip
        raise BadOption(
            f"--{name} is {one_line(str(value), 20)!r}",
            f"choose {choice.get(name, 'a whole number')}",
        ) from None


def _divided(word: str) -> list[str]:
    """Divide `--season=7` in two."""
    if word.startswith("--") and "=" in word:
        option, _, value = word.partition("=")
        return [option, value]
    return [word]
