"""What the Write mode says of how much was copied: people ask whether a network only repeats."""

from __future__ import annotations

from rnntui.display import one_line
from rnntui.engine.client import Client
from rnntui.engine.protocol import Copied
from rnntui.tui.manuscript import Passage

MOST = 4_000
"""Characters of a passage that are looked at: its end."""
_QUOTED = 60


async def about_copies(engine: Client, passage: Passage | None) -> str:
    """Ask how much of a passage stands in what its model learned; return the answer.

    Raises:
        EngineError: the training text is not where the engine is.
    """
    if passage is None:
        return "nothing is written yet"
    return sentence(await engine.copied(passage.model, passage.text[-MOST:]))


def sentence(found: Copied) -> str:
    """Return the answer in a line or two."""
    if not found.grams:
        return "too little is written to tell what of it is copied"
    said = f"{found.copied / found.grams:.0%} of its runs of 8 characters stand in {found.corpus}"
    if found.usual is not None:
        said += f" (of pages it never read: {found.usual:.0%})"
    if not found.line:
        return said
    piece, length = one_line(found.longest, _QUOTED), len(found.longest)
    return f"{said}; the longest piece copied has {length}: “{piece}”, line {found.line:,}"
