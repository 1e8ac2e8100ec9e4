"""Names that are like one the Hub does not have: of what is here, and of what it has."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rnntui.checkpoints.hub import index
from rnntui.checkpoints.hub.errors import HubError, missing
from rnntui.checkpoints.hub.names import HubName
from rnntui.errors import RnntuiError


@contextmanager
def with_near_names(name: HubName) -> Iterator[None]:
    """Add the nearest known names to a HubError that says there is no such model."""
    try:
        yield
    except HubError as error:
        if error.reason != "missing":
            raise
        raise missing(name, near(name)) from error.__cause__


def near(name: HubName) -> list[str]:
    """Return the names most like one that does not exist, at most three."""
    from rnntui.checkpoints.hub.search import TAG, names_of
    from rnntui.checkpoints.library import entries

    owner, _, short = name.repo.partition("/")
    known: set[str] = set()
    with suppress(RnntuiError):
        known.update(model.repo for model in index.pulled())
    here = [entry.name for entry in entries() if not entry.pulled]
    alike = difflib.get_close_matches(short, here, 1, 0.8)
    with suppress(RnntuiError):
        known.update(names_of(name, author=owner, tag=TAG))
    with suppress(RnntuiError):
        known.update(names_of(name, words=short, tag=TAG))
    return alike + difflib.get_close_matches(name.repo, sorted(known - {name.repo}), 3 - len(alike))
