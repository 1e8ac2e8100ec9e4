"""How much of a text a model has copied: asked by the Write mode, answered on the helper thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnntui.checkpoints.config import Config
from rnntui.engine.protocol import Copied, Copying

if TYPE_CHECKING:
    from rnntui.compare.corpora import LearnedText


class Library:
    """The training text last asked about: finding and indexing it takes a moment."""

    def __init__(self) -> None:
        self._sha256 = ""
        self._text: LearnedText | None = None

    def copied(self, request: Copying, config: Config) -> Copied:
        """Return what of a text stands in what a model learned.

        Args:
            request: the question.
            config: the model's.

        Raises:
            CorpusError: the training text is not here.
        """
        learned = self._learned(config)
        found = learned.training.novelty(request.text)
        baseline = learned.baseline(len(request.text))
        return Copied(
            request.request,
            config.data.name,
            found.grams,
            found.copied,
            request.text[found.start : found.start + found.longest],
            learned.training.line(found.place) if found.place >= 0 else 0,
            baseline.share if baseline else None,
        )

    def _learned(self, config: Config) -> LearnedText:
        if self._text is None or self._sha256 != config.data.sha256:
            # A slow import, and read by few: not at the engine's start.
            from rnntui.compare.corpora import find_learned_text

            self._text = None  # two texts at once might not fit
            self._text = find_learned_text(config, config.recipe)
            self._sha256 = config.data.sha256
        return self._text
