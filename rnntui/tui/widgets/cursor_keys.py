"""The keys that move the cursor of a list, the same in every list that draws itself."""

from __future__ import annotations

from textual.binding import Binding, BindingType


def cursor_keys(owner: str, line: str) -> list[BindingType]:
    """Return bindings of the actions `go(steps)` and `page(pages)`.

    Args:
        owner: the list's part of the bindings' ids, as the key map names them.
        line: what the help calls an entry: "Line", "Message".
    """
    far = 1_000_000
    return [
        Binding("up,k", "go(-1)", f"{line} up", show=False, id=f"{owner}.up"),
        Binding("down,j", "go(1)", f"{line} down", show=False, id=f"{owner}.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id=f"{owner}.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id=f"{owner}.page_down"),
        Binding("home", f"go(-{far})", "First", show=False, id=f"{owner}.first"),
        Binding("end", f"go({far})", "Last", show=False, id=f"{owner}.last"),
    ]
