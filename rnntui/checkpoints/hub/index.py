"""What was pulled: a JSON file of ours, since the Hub's cache knows neither short names nor us.

Read without the Hub's client, so that `rnntui list` stays fast and needs no network. Several
processes may pull at once: a change is read, made and written under a lock, in one step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from rnntui import paths
from rnntui.checkpoints.hub.names import HubName
from rnntui.errors import CheckpointError
from rnntui.files import file_problem, write_atomically

_FORMAT = "rnntui-hub/1"
_SHORTEST_COMMIT = 7
"""Digits that a commit may be shortened to, as Git shows it."""


class Pulled(msgspec.Struct, frozen=True):
    """A model that was pulled."""

    repo: str
    """owner/name."""
    commit: str
    """The one that is here, whole."""
    folder: str
    """Its snapshot in the Hub's cache."""
    revision: str = ""
    """As it was asked for; "" for the default branch."""
    older: tuple[str, ...] = ()
    """Commits that were pulled for the same revision before."""

    @property
    def name(self) -> HubName:
        """What it was asked for as."""
        return HubName(self.repo, self.revision)

    def means(self, name: HubName) -> bool:
        """Whether a name means this model: by its revision, or by its commit."""
        commit = len(name.revision) >= _SHORTEST_COMMIT and self.commit.startswith(name.revision)
        return self.repo == name.repo and (self.revision == name.revision or commit)


class _Index(msgspec.Struct, frozen=True):
    format: str
    models: tuple[Pulled, ...] = ()


_INDEX = msgspec.json.Decoder(_Index)


def path() -> Path:
    """Where the index lies."""
    return paths.data() / "hub.json"


def pulled() -> tuple[Pulled, ...]:
    """Return what was pulled, the oldest first.

    Raises:
        CheckpointError: the index is damaged.
        FileProblem: it cannot be read.
    """
    try:
        index = _INDEX.decode(path().read_bytes())
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise file_problem(error, path(), "read") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        index = _Index("")
    if index.format != _FORMAT:
        raise CheckpointError(
            f"{path()} is damaged, or of another version of rnntui",
            "delete it: the models stay in the Hub's cache, where `rnntui pull` finds them",
        )
    return index.models


def find(name: HubName) -> Pulled | None:
    """Return what was pulled under a full name, of any revision where the name has none."""
    here = pulled()
    exact = next((model for model in here if model.means(name)), None)
    if exact or name.revision:
        return exact
    return next((model for model in reversed(here) if model.repo == name.repo), None)


def find_short(name: str) -> Pulled | None:
    """Return the model that a short name means: of several, the one that was pulled first."""
    return next((model for model in pulled() if model.name.short == name), None)


def shown_names(taken: Sequence[str]) -> list[tuple[str, Pulled]]:
    """Return every model with the shortest name that means it.

    Args:
        taken: names of own and shipped models, which come first.
    """
    used = set(taken)
    shown = []
    for model in pulled():
        short = model.name.short
        shown.append((str(model.name) if short in used else short, model))
        used.add(short)
    return shown


def record(model: Pulled) -> None:
    """Add a model; where its revision was pulled before, it takes that one's place."""

    def add(models: tuple[Pulled, ...]) -> tuple[Pulled, ...]:
        before = next((other for other in models if other.name == model.name), None)
        if before is None:
            return (*models, model)
        older = {*before.older, before.commit} - {model.commit}
        new = msgspec.structs.replace(model, older=tuple(sorted(older)))
        return tuple(new if other is before else other for other in models)

    _change(add)


def forget(model: Pulled) -> None:
    """Take a model out."""
    _change(lambda models: tuple(other for other in models if other.name != model.name))


def _change(change: Callable[[tuple[Pulled, ...]], tuple[Pulled, ...]]) -> None:
    from filelock import FileLock

    place = path()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(place.with_name(f".{place.name}.lock")):
            index = _Index(_FORMAT, change(pulled()))
            write_atomically(place, msgspec.json.format(msgspec.json.encode(index)) + b"\n")
    except OSError as error:
        raise file_problem(error, place, "write") from error
