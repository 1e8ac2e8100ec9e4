"""Fetching a model from the Hub: looked at first, bounded, verified, then entered in our index.

Only the files of the format are fetched, by their fixed names: nothing in a repository can name a
place. `config.json` comes first, and says how large the weights may be before they come. Everything
lies in the Hub's own cache, shared with other programs; what was whole once is not fetched twice.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnntui.checkpoints.config import Config
from rnntui.checkpoints.folder import (
    CARD,
    CONFIG,
    CONFIG_LIMIT,
    HISTORY,
    SAMPLES,
    WEIGHTS,
    read_config,
)
from rnntui.checkpoints.hub import index, place
from rnntui.checkpoints.hub.client import TIMEOUT, client
from rnntui.checkpoints.hub.errors import HubError, cut_off, explained, foreign, offline
from rnntui.checkpoints.hub.meter import Meter, Progress, ignore
from rnntui.checkpoints.hub.names import HubName
from rnntui.checkpoints.hub.near import with_near_names
from rnntui.checkpoints.hub.watch import Watch, watched_by
from rnntui.checkpoints.limits import HEADER_LIMIT, check_parameters, weight_bytes
from rnntui.display import human_bytes
from rnntui.errors import CheckpointError
from rnntui.files import file_problem

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoSibling

FILES = (CONFIG, CARD, HISTORY, SAMPLES, WEIGHTS)
"""What is fetched, in this order; the first and the last must be there."""
_NEEDED = (CONFIG, WEIGHTS)

_TEXT_LIMIT = 64 << 20
"""Bytes of a card, a history or samples; ours have a few hundred thousand."""
_ROOM = 1 << 20
"""Bytes that stay free on the disk."""
_COMMIT = re.compile("[0-9a-f]{40}|")


@dataclass(frozen=True)
class RemoteFile:
    """A file as the Hub describes it."""

    name: str
    size: int
    blob_id: str
    """Git's SHA-1 of it; of its pointer, for a large file."""
    sha256: str = ""
    """Of a large file's content; "" for a small one."""


@dataclass(frozen=True)
class Plan:
    """What a pull will fetch, found out before it does."""

    name: HubName
    commit: str
    files: tuple[RemoteFile, ...]
    licence: str = ""
    """As the card says; "" where it says nothing."""

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(file.size for file in self.files)


def look(name: HubName, watch: Watch | None = None) -> Plan:
    """Ask the Hub what a model consists of; nothing is fetched.

    Args:
        name: the model's.
        watch: who waits.

    Raises:
        HubError: it cannot be had, or is no model of ours.
    """
    if place.is_offline():
        raise offline(name)
    licence = ""
    with watched_by(watch or Watch()), with_near_names(name), explained(name):
        info = client().model_info(
            name.repo, revision=name.revision or None, files_metadata=True, timeout=TIMEOUT
        )
        commit = str(info.sha or "")  # of a repository without commits there is none
        if not _COMMIT.fullmatch(commit):  # the client makes it a part of paths
            raise ValueError(f"{commit!r} is no commit")
        if info.card_data and isinstance(info.card_data.license, str):
            licence = info.card_data.license
        known = {file.rfilename: file for file in info.siblings or ()}
        files = tuple(_remote(known[wanted]) for wanted in FILES if wanted in known)
    _check_files(name, files, sorted(known))
    return Plan(name, commit, files, licence)


def _remote(file: RepoSibling) -> RemoteFile:
    sha256 = file.lfs.sha256 if file.lfs else ""
    return RemoteFile(file.rfilename, int(file.size or 0), str(file.blob_id or ""), sha256)


def _check_files(name: HubName, files: tuple[RemoteFile, ...], known: list[str]) -> None:
    here = {file.name: file for file in files}
    for needed in _NEEDED:
        if needed not in here:
            if any(other.endswith((".bin", ".pt", ".pth", ".ckpt", ".pkl")) for other in known):
                fix = "`rnntui import` takes weights of torch, from a file that you trust"
                raise foreign(name, f"it has no {needed}, but pickles, which run code", fix)
            raise foreign(name, f"it has no {needed}")
    for file in files:
        limit = CONFIG_LIMIT if file.name == CONFIG else _TEXT_LIMIT
        if file.name != WEIGHTS and file.size > limit:
            what = f"its {file.name} has {human_bytes(file.size)}"
            raise HubError("large", f"{name}: {what}, more than any model's", "choose another")


def pull(
    name: HubName,
    plan: Plan | None = None,
    *,
    progress: Callable[[Progress], None] = ignore,
    watch: Watch | None = None,
) -> index.Pulled:
    """Fetch a model, unless it is whole in the Hub's cache, and enter it in the index.

    May be called in a thread; any number may go on at once.

    Args:
        name: the model's.
        plan: of `look`, if that was asked before.
        progress: told how far it is, in the thread that calls this.
        watch: who waits, can cancel, and is told what is waited for.

    Raises:
        HubError: it cannot be had, is no model of ours, arrives damaged, or was cancelled.
        CheckpointError: its configuration is damaged.
        FileProblem: the disk is full, and so on.
    """
    watch = watch or Watch()
    if place.is_offline():
        return _cached(name, offline(name))
    try:
        plan = plan or look(name, watch)
    except HubError as error:
        if error.reason != "unreachable":
            raise
        return _cached(name, error)
    meter = Meter(plan.bytes, progress)
    with watched_by(watch):
        folder = _fetch(plan, plan.files[0], meter).parent
        _check_weights(plan, read_config(folder))
        _check_room(plan, folder)
        for file in plan.files[1:]:
            _fetch(plan, file, meter)
    done = index.Pulled(name.repo, plan.commit, str(folder), name.revision)
    index.record(done)
    return done


def _check_weights(plan: Plan, config: Config) -> None:
    """Raise where the weights cannot be those of the configuration."""
    check_parameters(config, str(plan.name))
    size = plan.files[-1].size
    whole = weight_bytes(config)
    if not whole // 2 < size <= whole + HEADER_LIMIT + 8:
        raise CheckpointError(
            f"{plan.name}: its weights have {human_bytes(size)}, "
            f"but its config.json describes {human_bytes(whole // 2)} or {human_bytes(whole)}",
            "choose another model",
        )


def _check_room(plan: Plan, folder: Path) -> None:
    """Raise HubError where the disk has no room for what is not here yet."""
    missing = sum(file.size for file in plan.files if not (folder / file.name).exists())
    free = shutil.disk_usage(folder).free
    if missing and missing + _ROOM > free:
        raise HubError(
            "disk",
            f"{plan.name} needs {human_bytes(missing)}, and {folder.anchor or '.'} has "
            f"{human_bytes(free)} left for {place.cache()}",
            "free some space, or set HF_HOME to a folder on another disk",
        )


def _fetch(plan: Plan, file: RemoteFile, meter: Meter) -> Path:
    """Return where a file lies in the cache, fetched and verified."""
    for _ in range(2):
        meter.begin(file.name, file.size)
        path = _download(plan, file, meter)
        try:
            if _is(path, file):
                meter.end()
                return path
            _discard(path)
        except OSError as error:
            raise file_problem(error, path, "read") from error
    raise HubError(
        "damaged",
        f"{file.name} of {plan.name} arrived damaged, twice: it is not what the Hub says it is",
        "try again later, or tell its owner",
    )


def _download(plan: Plan, file: RemoteFile, meter: Meter) -> Path:
    import httpx2
    from huggingface_hub import hf_hub_download

    options: dict[str, Any] = {"tqdm_class": meter, "endpoint": place.endpoint()}
    with explained(plan.name):
        try:
            return Path(
                hf_hub_download(
                    plan.name.repo,
                    file.name,
                    revision=plan.commit,
                    cache_dir=place.cache(),
                    library_name="rnntui",
                    **options,
                )
            )
        except httpx2.RemoteProtocolError as error:
            raise cut_off() from error


def _is(path: Path, file: RemoteFile) -> bool:
    """Whether a file is what the Hub said of it: its own client compares no more than sizes."""
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    with path.open("rb") as opened:
        if file.sha256:
            return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256
        content = opened.read()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest() == file.blob_id


def _discard(path: Path) -> None:
    """Take a damaged file out of the cache, or the next look there would find it.

    Where a link in the cache leads out of the repository's folder there, what it leads to stays.
    """
    blob, repository = path.resolve(), path.parents[2].resolve()
    path.unlink(missing_ok=True)
    if blob.is_relative_to(repository):
        blob.unlink(missing_ok=True)


def _cached(name: HubName, otherwise: HubError) -> index.Pulled:
    """Return a model that another program, or an earlier pull, left in the Hub's cache.

    Args:
        name: the model's.
        otherwise: raised where it is not there, or not whole.
    """
    from huggingface_hub import try_to_load_from_cache

    here = index.find(name)
    if here and here.means(name) and all((Path(here.folder) / n).exists() for n in _NEEDED):
        return here
    found: list[Path] = []
    for needed in _NEEDED:
        with explained(name):
            path = try_to_load_from_cache(
                name.repo, needed, cache_dir=place.cache(), revision=name.revision or None
            )
        if not isinstance(path, str):
            raise otherwise
        found.append(Path(path))
    folder = found[0].parent
    read_config(folder)
    done = index.Pulled(name.repo, folder.name, str(folder), name.revision)
    index.record(done)
    return done
