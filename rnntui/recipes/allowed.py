"""What the value of a recipe's key may be, in words: for help pages and for refusals.

Read off the annotations of the schema, so that no list of choices is written twice.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, Protocol, get_args, get_origin

from msgspec import Meta


class _Ends(Protocol):
    """What limits a number: `msgspec.Meta`, or a number's type in `msgspec.inspect`."""

    @property
    def ge(self) -> float | None: ...
    @property
    def gt(self) -> float | None: ...
    @property
    def le(self) -> float | None: ...
    @property
    def lt(self) -> float | None: ...


def choices(hint: Any) -> str:
    """Return the values of a key that has a list of them: "tanh, relu or sigmoid"; else ""."""
    bare, _ = _parts(hint)
    if get_origin(bare) is not Literal:
        return ""
    *most, last = map(str, get_args(bare))
    return f"{', '.join(most)} or {last}" if most else last


def allowed(hint: Any, value: Any, default: Any) -> str:
    """Return what to choose instead of a wrong value.

    Args:
        hint: the key's annotation.
        value: the wrong one: what is of the right type need not be told the type.
        default: the key's, for an example.
    """
    bare, metas = _parts(hint)
    if get_origin(bare) is tuple:
        return _several(bare, value, default)
    if bare is bool:
        return "true or false"
    if bare in (int, float):
        kind = "a whole number" if bare is int else "a number"
        within = next((found for meta in metas if (found := bounds(meta))), "")
        if isinstance(value, float) and not math.isfinite(value):
            kind = "a finite number"
        elif isinstance(value, int | bare) and not isinstance(value, bool) and within:
            return within
        return f"{kind}, {within}" if within else kind
    return choices(hint) or "a text"


def _parts(hint: Any) -> tuple[Any, list[Meta]]:
    """A type without its annotations, and those."""
    if get_origin(hint) is not Annotated:
        return hint, []
    bare, *notes = get_args(hint)
    return bare, [note for note in notes if isinstance(note, Meta)]


def _several(bare: Any, value: Any, default: Any) -> str:
    """What a list of values may be; of a right list with a wrong value, what each may be."""
    item, *rest = get_args(bare)
    if rest != [Ellipsis]:
        return f"{len(rest) + 1} numbers, such as {', '.join(f'{part:g}' for part in default)}"
    if isinstance(value, list | tuple):
        return f"values that are each {allowed(item, value[0] if value else None, None)}"
    return f"a list of values that are each {allowed(item, value, None)}"


def bounds(ends: _Ends) -> str:
    """The range of a number: "0 to below 1", "1 or more", "above 0 to 1000"; "" without one."""
    if ends.ge is None and ends.gt is None:
        return ""
    low = f"above {_plain(ends.gt)}" if ends.gt is not None else _plain(ends.ge or 0)
    if ends.le is not None:
        return f"{low} to {_plain(ends.le)}"
    if ends.lt is not None:
        return f"{low} to below {_plain(ends.lt)}"
    return low if ends.gt is not None else f"{low} or more"


def _plain(bound: float) -> str:
    if bound == 2**63 - 1:
        return "2^63 - 1"
    return str(int(bound)) if bound == int(bound) else f"{bound:g}"
