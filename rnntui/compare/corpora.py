"""The text a model learned, found again where it is here: to ask what of a sample is copied.

A corpus is looked for by the names and paths of the recipe, then by the name the model gives it,
and taken only if its text is the very one by its SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rnntui.checkpoints.config import Config
from rnntui.data.dialogues.scoring import rendered
from rnntui.data.finding import find_corpora
from rnntui.data.novelty import Baseline, TrainingText
from rnntui.data.reading import Errors, read_text
from rnntui.data.splits import Part, Split, bounds
from rnntui.display import one_line
from rnntui.errors import CorpusError, RnntuiError

_LARGEST = 300_000_000
"""Characters of a corpus that are searched: in memory each takes one byte to four."""


class LearnedText:
    """A corpus as one model saw it: lower-cased if the model is, and cut as the model's was.

    Args:
        text: the whole.
        config: the model's.
    """

    def __init__(self, text: str, config: Config) -> None:
        bytewise = config.vocabulary is not None and config.vocabulary.unit == "byte"
        symbols = text.encode("utf-8", "replace") if bytewise else text
        split = config.data.split
        self.training = TrainingText(_cut(symbols, split, "train"))
        # The test part where there is one: the validation part helped to choose the model.
        self._held_out = _cut(symbols, split, "test") or _cut(symbols, split, "val")
        self._baselines: dict[int, Baseline | None] = {}

    def baseline(self, characters: int) -> Baseline | None:
        """Return the novelty of held-out pages, None where there is no such page."""
        if characters not in self._baselines:
            found = self.training.baseline(self._held_out, characters)
            self._baselines[characters] = found
        return self._baselines[characters]


def _cut(symbols: str | bytes, split: Split, part: Part) -> str:
    """Return a part of a text; its bounds are in symbols, which are characters or UTF-8 bytes."""
    piece = symbols[slice(*bounds(len(symbols), split, part))]
    return piece if isinstance(piece, str) else piece.decode("utf-8", "replace")


def find_learned_text(config: Config, recipe: dict[str, Any] | None) -> LearnedText:
    """Find and read the text that a model learned.

    Raises:
        CorpusError: it is not here, or what is here by its name is another text.
    """
    errors: Errors = "replace" if (recipe or {}).get("errors") == "replace" else "strict"
    lowercase = config.vocabulary is not None and config.vocabulary.lowercase
    problem: RnntuiError | None = None
    for names in _candidates(config, recipe):
        try:
            files = find_corpora(names)
            if config.chat is not None:
                files = [rendered(files, config.chat, errors)]
            text, sha256 = _read(files, lowercase, errors)
        except RnntuiError as error:
            problem = problem or error
            continue
        if sha256 == config.data.sha256:
            return LearnedText(text, config)
        problem = CorpusError(
            f"{one_line(', '.join(names))} is not the text it learned",
            "it has changed since, or another text has its name",
        )
    raise problem or CorpusError("nothing says which text it learned", "")


def _candidates(config: Config, recipe: dict[str, Any] | None) -> Iterator[Sequence[str]]:
    """Yield the lists of names or files that may be the corpus."""
    named = (recipe or {}).get("corpus")
    if isinstance(named, list | tuple) and named and all(isinstance(n, str) for n in named):
        yield named
    if config.data.name:
        yield [config.data.name]


def _read(files: Sequence[Path], lowercase: bool, errors: Errors) -> tuple[str, str]:
    """Return a corpus and its SHA-256.

    Raises:
        CorpusError: it cannot be read as text, or is too large to be searched.
    """
    for file in files:
        if not file.is_file():
            raise CorpusError(f"{one_line(str(file))} is not here", "bring it back")
    digest, pieces, characters = hashlib.sha256(), [], 0
    for piece in read_text(files, lowercase=lowercase, errors=errors):
        digest.update(piece.encode())
        pieces.append(piece)
        characters += len(piece)
        if characters > _LARGEST:
            raise CorpusError(f"its corpus has more than {_LARGEST:,} characters", "")
    return "".join(pieces), digest.hexdigest()
