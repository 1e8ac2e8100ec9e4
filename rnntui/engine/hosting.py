"""The models in memory: read on a helper thread, kept while they are used, the oldest let go.

A model in memory needs its files no longer: a folder deleted meanwhile ends no run.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rnntui.checkpoints.config import Config
from rnntui.checkpoints.facts import figure
from rnntui.checkpoints.folder import CONFIG, WEIGHTS
from rnntui.checkpoints.library import Entry, entries, find_entry
from rnntui.engine.parts import Facts, Listed
from rnntui.engine.pipes import Helper
from rnntui.errors import CheckpointError
from rnntui.inference.chat.replying import suggested_knobs
from rnntui.inference.forecast.model import ForecastModel
from rnntui.inference.loading import Model, load
from rnntui.inference.models import TextModel
from rnntui.inference.sentiment import SentimentModel
from rnntui.knobs import EVERY_KNOB

MOST = 4
"""Models kept; runs that use a fifth go on."""

_WORK: dict[type, str] = {TextModel: "writes", SentimentModel: "judges", ForecastModel: "forecasts"}
"""What models of a kind do, for messages."""


@dataclass(frozen=True)
class Hosted:
    """A model in memory, of any task."""

    model: Model
    folder: Path
    stamp: tuple[tuple[int, int], ...]
    """Time and size of its files as they were read."""
    revision: str
    """The Hub's commit, else the SHA-256 of the weights."""


Taker = Callable[[Hosted | Exception], None]
_Kind = TypeVar("_Kind", bound=Model)


class Host:
    """Finds, loads and lets go of models.

    Args:
        helper: the thread that reads the disk.
        dropped: told of each model let go.
    """

    def __init__(self, helper: Helper, dropped: Callable[[Model], None]) -> None:
        self._helper, self._dropped = helper, dropped
        self._hosted: OrderedDict[str, Hosted] = OrderedDict()  # by folder
        self._folders: dict[str, str] = {}  # by the names they were asked for
        self._waiting: defaultdict[str, list[Taker]] = defaultdict(list)

    def get(self, name: str) -> Hosted | None:
        """Return a model that is in memory, by its folder or a name it was loaded by."""
        folder = self._folders.get(name, name)
        if folder in self._hosted:
            self._hosted.move_to_end(folder)
        return self._hosted.get(folder)

    def want(self, name: str, kind: type[_Kind], then: Callable[[_Kind | Exception], None]) -> None:
        """Call `then` with a model, loaded if it has to be, or with what went wrong.

        Args:
            name: its folder, or a name of the library.
            kind: of model; one of another kind is wrong.
            then: called on the loop, at once where the model is in memory.
        """

        def take(result: Hosted | Exception) -> None:
            if isinstance(result, Exception):
                then(result)
            elif isinstance(result.model, kind):
                then(result.model)
            else:
                task = result.model.config.task
                what = f"{result.model.name} is a model for {task}"
                then(CheckpointError(what, f"name one that {_WORK[kind]}"))

        hosted = self.get(name)
        if hosted:
            take(hosted)
        else:
            self.refresh(name, take)

    def refresh(self, name: str, then: Taker) -> None:
        """Call `then` with a model of any kind, read anew unless its files are still the same."""
        self._waiting[name].append(then)
        if len(self._waiting[name]) == 1:
            known = dict(self._hosted)
            self._helper.submit(
                lambda: _read(name, known), lambda result: self._settle(name, result)
            )

    def _settle(self, name: str, result: Hosted | Exception) -> None:
        if isinstance(result, Hosted):
            folder = str(result.folder)
            if self.get(folder) is not result:
                self.drop(folder)
                self._hosted[folder] = result
            self._folders[name] = folder
            if len(self._hosted) > MOST:
                self.drop(next(iter(self._hosted)))
        for then in self._waiting.pop(name):
            then(result)

    def drop(self, name: str) -> None:
        """Let go of a model, if it is here."""
        folder = self._folders.get(name, name)
        self._folders = {n: f for n, f in self._folders.items() if f != folder}
        hosted = self._hosted.pop(folder, None)
        if hosted:
            self._dropped(hosted.model)


def _read(name: str, known: Mapping[str, Hosted]) -> Hosted:
    """Return a model from its files, or the known one if they are the same."""
    entry = find_entry(name)
    folder = entry.folder.resolve()
    stamp, old = _stamp(folder), known.get(str(folder))
    if old and old.stamp == stamp:
        return old
    model = load(folder)
    with (folder / WEIGHTS).open("rb") as weights:
        digest = hashlib.file_digest(weights, "sha256").hexdigest()
    return Hosted(model, folder, stamp, entry.pulled.commit if entry.pulled else digest)


def _stamp(folder: Path) -> tuple[tuple[int, int], ...]:
    files = [folder / CONFIG, folder / WEIGHTS]
    found = [file.stat() for file in files if file.exists()]
    return tuple((status.st_mtime_ns, status.st_size) for status in found)


def facts(hosted: Hosted) -> Facts:
    """Return what there is to say about a loaded model."""
    model, config = hosted.model, hosted.model.config
    suggested = {
        name: value for name, value in suggested_knobs(config).items() if name in EVERY_KNOB
    }
    vocabulary = config.vocabulary
    return Facts(
        name=model.name,
        folder=str(hosted.folder),
        task=config.task,
        parameters=model.parameters,
        cell=config.network.cell,
        layers=config.network.layers,
        hidden=config.network.hidden,
        symbols=len(vocabulary.symbols) if vocabulary else 0,
        unit=vocabulary.unit if vocabulary else "",
        lowercase=bool(vocabulary and vocabulary.lowercase),
        data=config.data.name,
        suggested=suggested,
        prompt=config.sampling.prompt or "",
        metrics=config.metrics,
        bidirectional=config.network.bidirectional,
        chat=config.chat is not None,
        revision=hosted.revision,
    )


def listing() -> tuple[Listed, ...]:
    """Return the library; reads configurations, so it belongs on the helper thread."""
    return tuple(_listed(entry) for entry in entries())


def _listed(entry: Entry) -> Listed:
    config: Config | None = entry.config
    return Listed(
        entry.name, entry.source, entry.task, entry.parameters, entry.size, str(entry.folder),
        config.metrics if config else {}, entry.problem,
        bool(config and config.network.bidirectional), bool(config and config.chat),
        figure(config) if config else "", str(entry.pulled.name) if entry.pulled else "",
    )  # fmt: skip
