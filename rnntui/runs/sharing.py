"""A model gathered for the Hub, and what is shown of it before anyone agrees to a push."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from rnntui.checkpoints.folder import CARD, SAMPLES
from rnntui.checkpoints.hub.errors import page
from rnntui.checkpoints.hub.parcel import Parcel, header_of, make_parcel, summary
from rnntui.checkpoints.hub.push import Target
from rnntui.checkpoints.run_card import Told
from rnntui.display import human_bytes, one_line
from rnntui.runs import samples

_DIFFERENCE = 60
"""Lines at most of how the card there differs."""


def gathered(folder: Path, repo: str, told: Told) -> Parcel:
    """Gather a model's files, with what its run wrote last.

    Args:
        folder: the checkpoint's.
        repo: owner/name.
        told: what the person says of it.

    Raises:
        CheckpointError: the model is damaged.
        FileProblem: a file cannot be read.
    """
    places = (folder / SAMPLES, folder.parent / SAMPLES)
    written = next((samples.newest(samples.read(place)) for place in places if place.is_file()), "")
    return make_parcel(folder, repo, told, written)


def card_differs(parcel: Parcel, target: Target) -> bool:
    """Whether there is a card already, and another one."""
    return target.card is not None and target.card != parcel.card


def difference(parcel: Parcel, target: Target) -> Iterator[str]:
    """Yield, line by line, how the card there differs from the one in a parcel."""
    theirs, ours = (target.card or "").splitlines(), parcel.card.splitlines()
    names = ("the card there", "this one")
    lines = list(difflib.unified_diff(theirs, ours, *names, n=2, lineterm=""))
    yield from lines[:_DIFFERENCE]
    if len(lines) > _DIFFERENCE:
        yield f"... and {len(lines) - _DIFFERENCE} lines more"


def plan(parcel: Parcel, target: Target, licence_by: str) -> Iterator[str]:
    """Yield, line by line, what becomes public and where.

    Args:
        parcel: what goes.
        target: where it goes.
        licence_by: how to name a licence, where the card names none.
    """
    branch = f", branch {target.name.revision}" if target.name.revision else ""
    whose = "private" if target.private else "public"
    there = "there already" if target.exists else "new"
    yield f"{page(target.name)}{branch}: {whose}, {there}"
    for file, size in parcel.sizes.items():
        again = "  replaces the one there" if file in target.files else ""
        yield f"  {file.ljust(18)} {human_bytes(size).rjust(8)}{again}"
    for told in summary(parcel.config):
        yield f"tells {told}"
    for path, last in parcel.cut.items():
        yield f"not told: {one_line(path, 200)} becomes {one_line(last, 200)}"
    for warning in parcel.warnings:
        yield f"warning: {warning}"
    if CARD in parcel.files:
        yield "the card begins:"
        yield from (f"  {line}" for line in header_of(parcel.card).splitlines())
        if "\nlicense:" not in parcel.card.partition("\n---\n")[0]:
            yield f"note: the card names no licence; {licence_by}"
