"""A model that writes, as an object that does what its task allows.

This is the Python API's front for text. It puts the other modules of the package together and takes
settings from where they come: the caller, the model's own suggestion, the defaults.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.config import Config, parameter_count
from rnntui.data.vocabulary import Ids, Vocabulary
from rnntui.errors import BadOption, CheckpointError
from rnntui.inference.generation import Session
from rnntui.inference.sampling import Sampling
from rnntui.inference.scoring import (
    Progress,
    Score,
    score_carried,
    score_contexts,
    score_windows,
)
from rnntui.inference.stepper import StreamNetwork
from rnntui.inference.streams import Streams
from rnntui.inference.windows import WindowNetwork
from rnntui.inference.writing import Generation, ManyGenerations


def draw_seed() -> int:
    """Return a seed for a caller who named none: small enough to type."""
    return secrets.randbelow(1 << 31)


@dataclass(frozen=True)
class TextModel:
    """A network that writes text."""

    name: str
    config: Config
    vocabulary: Vocabulary
    network: StreamNetwork | WindowNetwork

    @property
    def parameters(self) -> int:
        """Number of trained parameters."""
        return parameter_count(self.config)

    def sampling(
        self,
        *,
        temperature: float | None = None,
        top_n: int | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        repetition_penalty: float | None = None,
    ) -> Sampling:
        """Return settings: what is None falls back to the model's suggestion, then the default.

        Raises:
            BadOption: a value makes no sense.
        """
        return Sampling.suggested(
            self.config.sampling, temperature=temperature, top_n=top_n, top_p=top_p, min_p=min_p,
            repetition_penalty=repetition_penalty,
        )  # fmt: skip

    def session(self, seed: int | None = None, stream: int = 0) -> Session:
        """Start a text that can be steered, rewound and branched; a seed is drawn when None."""
        return Session(self.network, self.vocabulary, draw_seed() if seed is None else seed, stream)

    def streams(self, count: int, seed: int | None = None) -> Streams:
        """Start `count` texts that grow side by side; a seed is drawn when None.

        Raises:
            BadOption: no stream, or the seed is negative.
        """
        if count < 1:
            raise BadOption(f"streams is {count}", "choose 1 or more")
        return Streams(self.network, self.vocabulary, draw_seed() if seed is None else seed, count)

    def generate(
        self,
        prompt: str = "",
        length: int | None = 500,
        *,
        temperature: float | None = None,
        top_n: int | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        repetition_penalty: float | None = None,
        seed: int | None = None,
        stop: str | None = None,
    ) -> Generation:
        """Write on from a prompt.

        Args:
            prompt: not repeated in what comes out.
            length: characters to write; None never ends.
            temperature: as `Sampling`; so are the four after it.
            top_n: see there.
            top_p: see there.
            min_p: see there.
            repetition_penalty: see there.
            seed: the same seed, prompt and settings give the same text; drawn when None.
            stop: end where the text ends with this, which is not part of it.

        Returns:
            An iterator of characters; its `seed` says what was drawn, its `prompt` what was read.

        Raises:
            BadOption: a setting makes no sense.
        """
        sampling = self.sampling(
            temperature=temperature, top_n=top_n, top_p=top_p, min_p=min_p,
            repetition_penalty=repetition_penalty,
        )  # fmt: skip
        return Generation(self.session(seed), prompt, length, sampling, self.folded(stop))

    def generate_many(
        self,
        streams: int,
        prompt: str = "",
        length: int = 500,
        *,
        sampling: Sampling | None = None,
        seed: int | None = None,
        stop: str | None = None,
    ) -> ManyGenerations:
        """Write several texts at once; arguments as for `generate`.

        Returns:
            An iterator of frames, each the next piece of every text; `texts` holds them whole.
        """
        texts = self.streams(streams, seed)
        return ManyGenerations(
            texts, prompt, length, sampling or self.sampling(), self.folded(stop)
        )

    def folded(self, stop: str | None) -> str:
        """Return a stop text as the model would write it."""
        return (stop or "").lower() if self.vocabulary.lowercase else stop or ""

    def score(self, text: str, window: int | None = None) -> Score:
        """Return what a text costs this model; what its vocabulary lacks is left out.

        Args:
            text: at least two characters.
            window: reset the state every so many characters; None carries it.

        Raises:
            CorpusError: nothing to predict is left of the text.
        """
        folded = text.lower() if self.vocabulary.lowercase else text
        return self.score_ids(self.vocabulary.encode_known(folded)[0], window)

    def score_ids(
        self, ids: Ids, window: int | None = None, progress: Progress | None = None
    ) -> Score:
        """Return what an encoded text costs this model; `ids` may be memory-mapped.

        Raises:
            BadOption: a window below 1, or one for a network that has its own.
            CorpusError: fewer than two symbols.
        """
        if window is not None and window < 1:
            raise BadOption(f"--window is {window}", "choose 1 or more")
        if isinstance(self.network, WindowNetwork):
            if window is not None:
                own = self.network.window
                raise BadOption(f"the model reads windows of {own} anyway", "leave out --window")
            return score_contexts(self.network, self.vocabulary, ids, progress=progress)
        if window is not None:
            return score_windows(self.network, self.vocabulary, ids, window, progress=progress)
        return score_carried(self.network, self.vocabulary, ids, progress=progress)


def build_text_model(
    config: Config, weights: Mapping[str, NDArray[np.floating]], name: str
) -> TextModel:
    """Make a model from weights in memory, which are copied; training draws its samples so.

    Args:
        config: of a text model.
        weights: by the names of `tensor_shapes`.
        name: for messages.

    Raises:
        CheckpointError: it is no model that writes characters, or suggests nonsense.
    """
    if config.task != "text" or config.vocabulary is None:
        raise CheckpointError(f"{name} is a model for {config.task}", "name one that writes text")
    if config.vocabulary.unit == "word":
        raise CheckpointError(
            f"{name} writes words", "this rnntui writes with models of characters or bytes"
        )
    try:
        Sampling.suggested(config.sampling)
    except BadOption as error:
        raise CheckpointError(
            f"{name} suggests a setting that makes no sense: {error.what}", "mend its config.json"
        ) from None
    build = WindowNetwork.build if config.network.reads == "window" else StreamNetwork.build
    vocabulary = Vocabulary.from_config(config.vocabulary)
    return TextModel(name, config, vocabulary, build(config, weights))


def name_of(folder: Path) -> str:
    """Return what people call the model in a checkpoint's folder."""
    # A run folder's checkpoints are all called best and last; the run's name tells them apart.
    if folder.name in ("best", "last"):
        return folder.parent.name
    from rnntui.checkpoints.library import repository_of

    return repository_of(folder) or folder.name


def load(model: str | Path) -> TextModel:
    """Load a trained model that writes; `loading.load` takes those of other tasks too.

    Args:
        model: a folder that holds config.json, or a name that `rnntui list` shows.

    Raises:
        CheckpointError: there is no such model, it is damaged, or for another task.
    """
    from rnntui.checkpoints.folder import read_checkpoint
    from rnntui.checkpoints.library import find_model

    folder = find_model(str(model)).resolve()
    checkpoint = read_checkpoint(folder)
    if checkpoint.config.task != "text":
        raise CheckpointError(
            f"{model} is a model for {checkpoint.config.task}", "name one that writes text"
        )
    return build_text_model(checkpoint.config, checkpoint.weights, name_of(folder))
