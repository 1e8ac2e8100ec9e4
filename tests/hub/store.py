"""What a Hub keeps: repositories with their commits and files, who may read and write them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import yaml

LARGE = 10_000_000
"""Bytes from which a file goes to the large file storage, as weights always do."""


@dataclass(frozen=True)
class Stored:
    """A file of a commit."""

    content: bytes
    large: bool = False

    @property
    def blob_id(self) -> str:
        """Git's name for the content; of a large file's pointer, for one that is large."""
        content = self.pointer if self.large else self.content
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()

    @property
    def pointer(self) -> bytes:
        """What Git keeps of a large file."""
        return (
            "version https://git-lfs.github.com/spec/v1\n"
            f"oid sha256:{self.sha256}\nsize {len(self.content)}\n"
        ).encode()

    @property
    def sha256(self) -> str:
        """Of the content, the large file storage's name for it."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def etag(self) -> str:
        """What `resolve` answers with."""
        return self.sha256 if self.large else self.blob_id


def is_large(path: str, size: int) -> bool:
    """Whether a file goes to the large file storage."""
    return path.endswith(".safetensors") or size >= LARGE


@dataclass(frozen=True)
class Commit:
    """A state of a repository."""

    sha: str
    files: dict[str, Stored]
    message: str = ""


@dataclass
class Repo:
    """A model repository."""

    id: str
    """owner/name."""
    private: bool = False
    readers: set[str] = field(default_factory=set)
    """Users who may read a private or gated one, besides its owner."""
    gated: bool = False
    """Everybody sees that it is there; only `readers` get its files."""
    disabled: bool = False
    downloads: int = 0
    likes: int = 0
    commits: list[Commit] = field(default_factory=list)
    refs: dict[str, str] = field(default_factory=dict)
    """Branches and tags, each with its commit."""

    @property
    def owner(self) -> str:
        """The namespace."""
        return self.id.partition("/")[0]

    def may_see(self, user: str | None) -> bool:
        """Whether a user is told that it exists."""
        return not self.private or user == self.owner or user in self.readers

    def may_read(self, user: str | None) -> bool:
        """Whether a user gets its files."""
        approved = user == self.owner or user in self.readers
        return approved or not (self.private or self.gated)

    def commit(self, files: dict[str, Stored], message: str = "", branch: str = "main") -> str:
        """Add a commit with just these files, and move the branch to it; return its sha."""
        known = "".join(f"{path}:{file.etag}\n" for path, file in sorted(files.items()))
        sha = hashlib.sha1(f"{self.id}{len(self.commits)}{message}{known}".encode()).hexdigest()
        self.commits.append(Commit(sha, dict(files), message))
        self.refs[branch] = sha
        return sha

    def put(self, files: dict[str, bytes], message: str = "", branch: str = "main") -> str:
        """Add a commit that adds or replaces these files; return its sha."""
        before = self.at(branch)
        stored = {p: Stored(content, is_large(p, len(content))) for p, content in files.items()}
        return self.commit({**(before.files if before else {}), **stored}, message, branch)

    def at(self, revision: str) -> Commit | None:
        """Return the commit of a branch, tag or sha; None where there is none."""
        sha = self.refs.get(revision, revision)
        return next((commit for commit in self.commits if commit.sha == sha), None)

    def card(self) -> dict[str, object]:
        """The YAML header of the newest card."""
        head = self.at("main")
        readme = head.files.get("README.md") if head else None
        text = readme.content.decode("utf-8", "replace") if readme else ""
        if not text.startswith("---\n"):
            return {}
        found = yaml.safe_load(text.removeprefix("---\n").partition("\n---\n")[0])
        return found if isinstance(found, dict) else {}

    @property
    def tags(self) -> list[str]:
        """The card's tags, its library among them."""
        card = self.card()
        tags = card.get("tags") or []
        own = [card[key] for key in ("library_name", "pipeline_tag") if key in card]
        return [str(tag) for tag in [*own, *(tags if isinstance(tags, list) else [])]]


@dataclass
class User:
    """Somebody with a token."""

    name: str
    writes: bool = True
    """False for a token that only reads."""
