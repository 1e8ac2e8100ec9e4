"""What a push makes public, gathered and looked through before anything is sent.

Only the files of the format go. Paths of this machine, which a recipe may hold, are cut to their
last part; what merely looks like one in a text is told, not changed. Knows no network.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PureWindowsPath
from typing import Any

import msgspec

from rnntui.checkpoints.config import Config
from rnntui.checkpoints.folder import (
    CARD,
    CONFIG,
    HISTORY,
    SAMPLES,
    WEIGHTS,
    config_json,
    read_checkpoint,
)
from rnntui.checkpoints.run_card import PIPELINES, Told, run_card
from rnntui.display import one_line
from rnntui.errors import CheckpointError
from rnntui.files import file_problem

_PATHS = ("corpus", "unlabelled", "vectors", "start_from")
"""Keys of a recipe that may name files."""
_HOMES = re.compile(r"(?:/home/|/Users/|/root/|[A-Za-z]:\\+Users\\+)[^\s\"'`]*")
_TEXTS = 64 << 20
"""Bytes of a text file that goes along, at most."""


@dataclass(frozen=True)
class Parcel:
    """The files of a push."""

    config: Config
    """As it will be public."""
    files: Mapping[str, bytes | Path]
    """By their names there; weights as the file they lie in."""
    cut: Mapping[str, str]
    """Each path of this machine in the recipe, and what stands there instead."""
    warnings: tuple[str, ...] = ()

    @property
    def card(self) -> str:
        """The model card."""
        return bytes(self.files[CARD]).decode("utf-8", "replace")

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each file."""
        return {
            name: content.stat().st_size if isinstance(content, Path) else len(content)
            for name, content in self.files.items()
        }

    def without(self, name: str) -> Parcel:
        """Return the parcel with a file less."""
        return replace(self, files={k: v for k, v in self.files.items() if k != name})


def make_parcel(folder: Path, repo: str, told: Told, samples: str = "") -> Parcel:
    """Gather a model's files.

    Args:
        folder: the checkpoint's; of a run, `best` or `last` in it.
        repo: owner/name, for the card.
        told: what the person says of it; a card that is there keeps what it says.
        samples: Markdown for a card that has to be written; "" for none.

    Raises:
        CheckpointError: the model is damaged, or its card's header is.
        FileProblem: a file cannot be read.
    """
    checkpoint = read_checkpoint(folder)  # all of it: nothing damaged is shared
    config, cut = _without_paths(checkpoint.config)
    files: dict[str, bytes | Path] = {CONFIG: config_json(config), WEIGHTS: folder / WEIGHTS}
    run = folder.parent if folder.name in ("best", "last") else folder
    for name in (HISTORY, SAMPLES):
        text = _text(folder / name) or _text(run / name)
        if text:
            files[name] = text
    own = _text(folder / CARD)
    card = completed(own.decode("utf-8-sig", "replace"), config, told, folder) if own else ""
    files[CARD] = (card or run_card(repo, config, told, samples)).encode("utf-8", "replace")
    return Parcel(config, files, cut, tuple(_warnings(files)))


def _text(path: Path) -> bytes:
    """Return a text file that goes along; nothing where there is none."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            raw = file.read(_TEXTS + 1)
    except OSError as error:
        raise file_problem(error, path, "read") from error
    if len(raw) > _TEXTS:
        raise CheckpointError(f"{path} is larger than {_TEXTS >> 20} MiB", "shorten it")
    return raw


def _without_paths(config: Config) -> tuple[Config, dict[str, str]]:
    """Return a configuration whose recipe names files without their folders, and what was cut."""
    cut: dict[str, str] = {}

    def named(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [named(item) for item in value]
        if not isinstance(value, str):
            return value
        last = PureWindowsPath(value).name if "\\" in value else PurePath(value).name
        if last and last != value:
            cut[value] = last
            return last
        return value

    recipe = {k: named(v) if k in _PATHS else v for k, v in config.recipe.items()}
    data = msgspec.structs.replace(config.data, name=named(config.data.name))
    return msgspec.structs.replace(config, recipe=recipe, data=data), cut


def _warnings(files: Mapping[str, bytes | Path]) -> list[str]:
    """Sentences about what looks like a path of a person's folder in a text."""
    told = []
    for name, content in files.items():
        found = _HOMES.findall(content.decode("utf-8", "replace")) if type(content) is bytes else []
        if found:
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            told.append(f"{name} holds what looks like a path: {one_line(found[0])}{more}")
    return told


def completed(card: str, config: Config, told: Told, folder: Path) -> str:
    """Return a card with what its header lacks for the Hub to know it; its body stays.

    Raises:
        CheckpointError: the header is no YAML, or its model index is none.
    """
    from huggingface_hub import ModelCard

    try:
        read = ModelCard(card)
        data = read.data
        before = data.to_dict()  # type: ignore[no-untyped-call]
        tags = data.get("tags") or []
        changes = {
            "library_name": data.get("library_name") or "rnntui",
            "pipeline_tag": data.get("pipeline_tag") or PIPELINES[config.task],
            "license": told.license or data.get("license"),
            "tags": tags if "rnntui" in tags else ["rnntui", *tags],
            "datasets": list(told.datasets) or data.get("datasets"),
        }
        for key, value in changes.items():
            if value is not None:
                data[key] = value
        now = data.to_dict()  # type: ignore[no-untyped-call]
        return card if now == before else str(read)
    except Exception as error:
        # The header is a person's: YAML of any kind, for which the client has no one error.
        if not isinstance(error, (ValueError, TypeError, KeyError, AttributeError)) and (
            type(error).__module__.partition(".")[0] != "yaml"
        ):
            raise
        said = one_line(str(error), 120)
        raise CheckpointError(
            f"the header of {folder / CARD} is not what the Hub reads ({said})",
            "mend it, or delete the card and a new one is written",
        ) from None


def header_of(card: str, lines: int = 40) -> str:
    """Return the head of a card, its header and the first lines after it."""
    head = card.splitlines()
    return "\n".join(head[:lines]) + ("\n..." if len(head) > lines else "")


def summary(config: Config) -> list[str]:
    """Sentences about what the configuration tells of its training."""
    told = []
    if config.recipe:
        corpus = config.recipe.get("corpus")
        of = f", among them corpus {json.dumps(corpus, ensure_ascii=False)}" if corpus else ""
        told.append(f"all {len(config.recipe)} keys of the recipe{of}")
    if config.recipe.get("text"):
        told.append("the training text itself, which the recipe holds")
    if config.vocabulary:
        units = {"char": "characters", "byte": "bytes", "word": "words"}[config.vocabulary.unit]
        told.append(f"the {config.symbols:,} {units} of its vocabulary")
    if config.series and config.series.column:
        columns = ", ".join((config.series.column, *config.series.covariates))
        told.append(f"the columns it learned: {one_line(columns, 200)}")
    if config.data.sha256:
        told.append("the checksum of its training text")
    return told
