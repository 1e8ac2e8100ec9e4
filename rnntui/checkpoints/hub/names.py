"""`owner/repo[@revision]`, as people write it: read without asking anybody."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PART = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_-])?"
_NAME = re.compile(rf"({_PART}/{_PART})(?:@([A-Za-z0-9][\w./+-]{{0,199}}))?", re.ASCII)
_BEFORE = ("hf://", "https://huggingface.co/", "https://hf.co/")
"""What an address that is copied from elsewhere begins with."""


@dataclass(frozen=True)
class HubName:
    """A repository of models, at a revision."""

    repo: str
    """owner/name."""
    revision: str = ""
    """A branch, tag or commit; "" for the default branch."""

    @property
    def short(self) -> str:
        """Without its owner."""
        return str(self).partition("/")[2]

    def __str__(self) -> str:
        return f"{self.repo}@{self.revision}" if self.revision else self.repo


def hub_name(model: str) -> HubName | None:
    """Return the repository that MODEL may mean; None where it can mean none."""
    for before in _BEFORE:
        model = model.removeprefix(before)
    found = _NAME.fullmatch(model)
    if not found or ".." in model or "--" in found[1] or found[1].endswith(".git"):
        return None
    return HubName(found[1], found[2] or "")
