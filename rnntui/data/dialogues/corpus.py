"""Dialogues as a text to learn: each by a template, whole in one part, in an order of no meaning.

Which part a dialogue belongs to follows from a hash of what is said in it, so it is the same in
every selection of corpora; and the dialogues stand in the order of their hashes, so that each part
is a stretch of the text, and neighbours have nothing to do with each other.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from rnntui import paths
from rnntui.checkpoints.chat import Chat
from rnntui.checkpoints.config import Unit
from rnntui.data.corpus import Corpus, read_corpus
from rnntui.data.dialogues.cleaning import Cleaned, clean_dialogues
from rnntui.data.dialogues.reading import Dialogue, read_dialogues
from rnntui.data.reading import Errors
from rnntui.data.splits import Part, Split, check_split, exact_split
from rnntui.errors import CorpusError
from rnntui.files import write_atomically

_SEED = b"rnntui dialogues 1\n"
"""Goes into every dialogue's hash. Another one would cut every corpus anew."""


@dataclass(frozen=True)
class Dialogues:
    """Cleaned dialogues in the order in which they are learned."""

    sources: dict[str, str]
    """Name and SHA-256 of each corpus as read."""
    places: tuple[float, ...]
    """(dialogues,): each one's place between 0 and 1, by its hash; ascending."""
    said: tuple[Dialogue, ...]
    """(dialogues,): the dialogues."""
    cleaned: Cleaned

    def part(self, split: Split, part: Part) -> tuple[Dialogue, ...]:
        """Return the dialogues of a part, whose places lie between two sums of the shares."""
        train, val = (bisect_left(self.places, round(sum(split[:n]), 9)) for n in (1, 2))
        first, end = {
            "all": (0, None), "train": (0, train), "val": (train, val), "test": (val, None),
        }[part]  # fmt: skip
        return self.said[first:end]


def collect(files: Sequence[Path], errors: Errors = "strict") -> Dialogues:
    """Read and clean the dialogues of some files.

    All are held in memory at once, as the order needs them.

    Raises:
        CorpusError: a file cannot be read, or there are no dialogues in it.
    """
    sources: dict[str, str] = {}
    read: list[Dialogue] = []
    for file in files:
        found = list(read_dialogues(file, errors))
        digest = hashlib.sha256("\n\n".join("\n".join(d) for d in found).encode("utf-8", "replace"))
        sources[file.name.split(".")[0]] = digest.hexdigest()
        read += found
    said, cleaned = clean_dialogues(read)
    if not said:
        names = ", ".join(str(f) for f in files)
        raise CorpusError(f"{names}: no dialogue of two utterances is left", "bring more of them")
    order = sorted(said, key=lambda pair: _place(pair[0]))
    return Dialogues(
        sources, tuple(_place(raw) for raw, _ in order), tuple(d for _, d in order), cleaned
    )


def _place(dialogue: Dialogue) -> float:
    """Return a dialogue's place between 0 and 1, by its hash."""
    digest = hashlib.sha256(_SEED + "\n".join(dialogue).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:6], "big") / (1 << 48)


def read_dialogue_corpus(
    files: Sequence[Path],
    split: Split,
    *,
    unit: Unit = "char",
    lowercase: bool = False,
    errors: Errors = "strict",
) -> Corpus:
    """Read, clean, cut and encode dialogues, to learn from.

    Args:
        files: in any order; one that is named twice is read once.
        split: shares of the parts, by dialogues.
        unit: as `read_corpus`; so are the two after it.
        lowercase: see there.
        errors: see there.

    Returns:
        A corpus that says how it is cut, in `split`, and what its template is, in `chat`.

    Raises:
        CorpusError: as `collect`.
        FileProblem: the cache cannot be written.
    """
    check_split(split)
    dialogues = collect(files, errors)
    chat = Chat(split=split, sources=dialogues.sources)
    text = write_text(dialogues, chat, files[0])
    return with_template(read_corpus([text], unit=unit, lowercase=lowercase), dialogues, chat)


def write_text(dialogues: Dialogues, chat: Chat, file: Path) -> Path:
    """Write the text of all dialogues into the cache, called as the first of their files is."""
    text = text_of(dialogues.said, chat).encode("utf-8", "replace")
    name = file.name.split(".")[0]
    path = paths.cache() / "texts" / hashlib.sha256(text).hexdigest()[:16] / f"{name}.txt"
    if not path.exists():
        write_atomically(path, text)
    return path


def text_of(dialogues: Iterable[Dialogue], chat: Chat) -> str:
    """Return some dialogues as one text, by a template."""
    return "".join(map(chat.dialogue, dialogues))


def with_template(corpus: Corpus, dialogues: Dialogues, chat: Chat) -> Corpus:
    """Return a corpus with how it is cut and what its template is."""

    def symbols(part: Part) -> int:
        text = text_of(dialogues.part(chat.split, part), chat)
        folded = text.lower() if corpus.vocabulary.lowercase else text
        return len(corpus.vocabulary.encode_known(folded)[0])

    return replace(
        corpus,
        split=exact_split(symbols("train"), symbols("val"), len(corpus.ids)),
        chat=msgspec.structs.replace(chat, sources=dialogues.sources),
        notes=dialogues.cleaned.notes(),
    )
