"""What each key does, told from the bindings: the page of F1 and docs/keys.md say the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from textual.binding import Binding
from textual.dom import DOMNode


def bindings_of(owner: type[DOMNode]) -> list[Binding]:
    """Return the bindings that a class of this project makes itself, and that are worth telling."""
    if not owner.__module__.startswith("rnntui."):
        return []  # Textual's: arrows that scroll, keys of text fields
    own = vars(owner).get("BINDINGS", ())
    return [each for each in own if isinstance(each, Binding) and not each.system]


def title_of(owner: type[DOMNode]) -> str:
    """Return what stands over the keys of a class: `File picker` over those of `FilePicker`."""
    name = re.sub(r"(?<=[a-z])([A-Z])", r" \1", owner.__name__.removesuffix("Screen"))
    return owner.BINDING_GROUP_TITLE or name.capitalize()


def about(owner: type[DOMNode], binding: Binding) -> str:
    """Return what a key does: its tooltip, else what its action says, else the words beside it."""
    if binding.tooltip:
        return f"{binding.description[:1].upper()}{binding.description[1:]} {binding.tooltip}"
    name = binding.action.rpartition(".")[2]
    action = getattr(owner, f"action_{name}", None)
    if "(" not in name and action and action.__module__.startswith("rnntui."):
        return " ".join((action.__doc__ or "").split("\n\n")[0].split()).rstrip(".")
    return binding.description[:1].upper() + binding.description[1:]


def table(
    owner: type[DOMNode], keymap: Mapping[str, str], display: Callable[[Binding], str]
) -> list[tuple[str, str]]:
    """Return the keys of a class and its bases, as they are shown, and what they do.

    Args:
        owner: the class.
        keymap: other keys, by the ids of bindings.
        display: tells how a key is written.
    """
    rows: list[tuple[str, str]] = []
    pairs: dict[str, int] = {}  # keys that stand in the row of another: `]` in that of `[ ]`
    for binding, keys in _bound(owner, keymap):
        shown = [display(replace(binding, key=key, key_display=None)) for key in keys]
        said = about(owner, binding)
        lead = next((pairs[key] for key in shown if key in pairs), None)
        if lead is not None:
            before, first = rows[lead]
            if not binding.tooltip and not first.startswith(said):
                first += f", {said[:1].lower()}{said[1:]}"
            rows[lead] = " ".join([before, *(key for key in shown if key not in pairs)]), first
            continue
        both = (binding.key_display or "").split() if binding.id not in keymap else []
        if len(both) > 1:
            pairs |= dict.fromkeys(both, len(rows))
            shown = [*both, *(key for key in shown if key not in both)]
        rows.append((" ".join(shown), said))
    return rows


def _bound(owner: type[DOMNode], keymap: Mapping[str, str]) -> Iterator[tuple[Binding, list[str]]]:
    """Yield bindings, each with those of its keys that no class nearer to the owner has taken."""
    taken: set[str] = set()
    for each in owner.__mro__:
        if not issubclass(each, DOMNode):
            continue
        nearer = frozenset(taken)
        for binding in bindings_of(each):
            written = keymap.get(binding.id or "", binding.key)
            keys = [key for key in map(str.strip, written.split(",")) if key not in nearer]
            taken.update(keys)
            if keys:
                yield binding, keys
