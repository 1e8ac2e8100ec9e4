"""Sending a model to the Hub: a look at what is there, then one commit, all of it or nothing."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rnntui.checkpoints.folder import CARD, CONFIG, CONFIG_LIMIT
from rnntui.checkpoints.hub.client import client
from rnntui.checkpoints.hub.errors import HubError, explained, host, no_token, page
from rnntui.checkpoints.hub.names import HubName
from rnntui.checkpoints.hub.parcel import Parcel
from rnntui.checkpoints.hub.place import has_token, is_offline
from rnntui.display import one_line

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_HARMLESS = (".gitattributes", ".gitignore", CARD, "LICENSE", "LICENSE.md", "LICENSE.txt")
"""Files of a repository that holds no model yet."""


@dataclass(frozen=True)
class Target:
    """The repository that a model goes to, as it is now."""

    name: HubName
    private: bool = False
    """Whether it is, or will be when it is made."""
    commit: str | None = None
    """The newest; None where the repository is still to be made."""
    files: tuple[str, ...] = ()
    card: str | None = None
    """Its card; None where it has none."""

    @property
    def exists(self) -> bool:
        """Whether it is there."""
        return self.commit is not None


def look(name: HubName, private: bool) -> Target:
    """Ask the Hub what lies under a name, and whether a model of ours may go there.

    Args:
        name: with a branch, or without.
        private: whether a new repository is to be private.

    Raises:
        HubError: nobody is logged in, the name holds something else, the repository is public and
            was to be private, or the Hub cannot be asked.
    """
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    with _asking(name):
        api = client()
        try:
            info = api.model_info(name.repo, revision=name.revision or None, files_metadata=True)
        except GatedRepoError:
            raise
        except RepositoryNotFoundError:
            if name.revision:
                raise HubError(
                    "revision",
                    f"{name.repo} is not there yet, so it has no branch {name.revision!r:.80}",
                    "leave the @ out; a new repository begins with its main branch",
                ) from None
            return Target(name, private)
        sizes = {file.rfilename: file.size or 0 for file in info.siblings or ()}
        if private and not info.private:
            raise HubError(
                "forbidden",
                f"{name.repo} is public already, so what is pushed there is too",
                f"make it private on its settings page ({page(name)}/settings), or "
                "choose another name",
            )
        if max(sizes.get(CARD, 0), sizes.get(CONFIG, 0)) > CONFIG_LIMIT:
            raise _not_ours(name, sizes)
        _check_ours(api, name, info.sha, sizes)
        card = _fetch(api, name, info.sha, CARD) if sizes.get(CARD) else None
        return Target(name, bool(info.private), info.sha, tuple(sorted(sizes)), card)


def send(
    parcel: Parcel, target: Target, message: str, progress: Callable[[int], None] | None = None
) -> str:
    """Send a model's files in one commit, to a repository that is made when it is missing.

    Args:
        parcel: what goes.
        target: as `look` found it; a repository that changed since is left alone.
        message: of the commit.
        progress: told how many bytes of the weights have been read, first to know their checksum
            and then to send them; what it raises ends the push before anything is committed.

    Returns:
        The commit.

    Raises:
        HubError: the token may not write there, the name is taken, too much was asked, the
            connection broke, or somebody else pushed meanwhile.
    """
    from huggingface_hub import CommitOperationAdd

    name = target.name
    with _asking(name), ExitStack() as opened:

        def given(content: bytes | Path) -> bytes | Path | BinaryIO:
            if isinstance(content, bytes) or progress is None:
                return content
            return opened.enter_context(_Told(content, progress))

        api = client()
        if not target.exists:
            api.create_repo(name.repo, private=target.private, exist_ok=False)
        operations = [
            CommitOperationAdd(path_in_repo=path, path_or_fileobj=given(content))
            for path, content in parcel.files.items()
        ]
        done = api.create_commit(
            name.repo,
            operations,
            commit_message=message,
            revision=name.revision or None,
            parent_commit=target.commit,
        )
        return str(done.oid)


class _Told(io.BufferedReader):
    """A file that tells how far it was read."""

    def __init__(self, path: Path, progress: Callable[[int], None]) -> None:
        super().__init__(io.FileIO(path))
        self._progress = progress

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self._progress(self.tell())
        return data


@contextmanager
def _asking(name: HubName) -> Iterator[None]:
    """Explain what goes wrong on the way out, where it is said differently than on the way in."""
    if is_offline():
        raise HubError(
            "offline", "HF_HUB_OFFLINE forbids to push", "unset HF_HUB_OFFLINE and push again"
        )
    if not has_token():
        raise no_token("push")
    try:
        with explained(name, "push to"):
            yield
    except HubError as error:
        raise _outward(error, name) from error.__cause__


def _outward(error: HubError, name: HubName) -> HubError:
    """Return an error in the words of a push."""
    cause = error.__cause__
    status = getattr(getattr(cause, "response", None), "status_code", 0)
    if isinstance(cause, ValueError) and "metadata" in str(cause):  # asked before all else is sent
        said = one_line(str(cause).partition("\n")[2] or str(cause), 200)
        return HubError(
            "server", f"{host()} refuses the header of the card: {said}", "mend the card's header"
        )
    if error.reason in ("unreachable", "cut"):
        why = one_line(str(cause or ""), 120)
        return HubError(
            "cut",
            f"the connection to {host()} broke while {name} was pushed"
            + (f": {why}" if why else ""),
            "push again: what came whole is not sent twice",
        )
    if status == 409:
        return HubError(
            "name", f"{name.repo} was made meanwhile, or is taken", "push again, or choose a name"
        )
    if status == 412:
        return HubError(
            "server",
            f"{name.repo} was changed by somebody while you pushed",
            "look, and push again",
        )
    return error


def _check_ours(api: HfApi, name: HubName, commit: str | None, sizes: dict[str, int]) -> None:
    """Raise HubError where a repository holds anything but a model of ours."""
    if all(file in _HARMLESS for file in sizes):
        return
    told: object = None
    if sizes.get(CONFIG):
        with contextlib.suppress(ValueError, RecursionError):
            told = json.loads(_fetch(api, name, commit, CONFIG))
    if not isinstance(told, dict) or not str(told.get("format")).startswith("rnntui/"):
        raise _not_ours(name, sizes)


def _not_ours(name: HubName, files: Iterable[str]) -> HubError:
    others = ", ".join(file for file in files if file not in _HARMLESS)
    return HubError(
        "name",
        f"{name.repo} holds something that is no model of rnntui ({one_line(others)})",
        "choose another name",
    )


def _fetch(api: HfApi, name: HubName, commit: str | None, file: str) -> str:
    """Return a small file of a repository as text."""
    with tempfile.TemporaryDirectory() as scratch:
        path = api.hf_hub_download(name.repo, file, revision=commit, local_dir=scratch)
        return Path(path).read_bytes().decode("utf-8", "replace")
