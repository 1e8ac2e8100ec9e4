"""What each contender has learned: what it writes from one prompt and seed, and what of it is new.

Every model gets the same prompt, seed and temperatures and no other setting, its own suggestion
included. What goes wrong with one model or its corpus is a note, and the others go on.
"""

from __future__ import annotations

from dataclasses import dataclass

from rnntui.checkpoints.config import Config
from rnntui.compare.contenders import Contender
from rnntui.compare.corpora import LearnedText, find_learned_text
from rnntui.data.novelty import SMALL, Baseline, Novelty, TrainingText
from rnntui.data.vocabulary import explain
from rnntui.errors import RnntuiError
from rnntui.inference.models import TextModel, load
from rnntui.inference.sampling import Sampling
from rnntui.inference.writing import Generation

_FRAME = 256
"""Characters drawn between two looks at Ctrl-C."""


@dataclass(frozen=True)
class Assignment:
    """What all contenders are asked to write."""

    prompt: str = ""
    """"" begins after a newline."""
    seed: int = 1
    length: int = 400
    """Characters of a sample; 0 for no samples."""
    temperatures: tuple[float, ...] = (0.3, 0.5, 0.7, 1.0, 1.2)


@dataclass(frozen=True)
class Sample:
    """What a model wrote at one temperature."""

    temperature: float
    text: str
    """Without the prompt."""
    novelty: Novelty | None = None
    """None where the training text is not here."""
    line: int = 0
    """Line of the corpus, from 1, where the longest verbatim run begins; 0 for no run."""

    @property
    def copied(self) -> str:
        """The longest verbatim run."""
        found = self.novelty
        return self.text[found.start : found.start + found.longest] if found else ""


@dataclass(frozen=True)
class Written:
    """What one contender wrote."""

    samples: tuple[Sample, ...] = ()
    training_characters: int | None = None
    """Of the training part, where it is here."""
    baseline: Baseline | None = None
    """The novelty of held-out pages as long as the samples."""
    notes: tuple[str, ...] = ()


class Writer:
    """Lets contenders write, one after another.

    Keeps the last corpus, which the next contender likely shares, and no more than that one.
    """

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self._learned: LearnedText | None = None
        self._key: object = None

    def write(self, contender: Contender) -> Written:
        """Return what a contender writes, with its novelty where its corpus is here."""
        config = contender.config
        if contender.checkpoint is None or config is None or not self.assignment.length:
            return Written()
        if config.task != "text":  # a judge or a forecaster has nothing to write
            return Written()
        try:
            model = load(contender.checkpoint)
        except RnntuiError as error:
            return Written(notes=(f"writes nothing: {error}",))
        notes = tuple(explain(model.session(0).feed(self.assignment.prompt)))
        samples = tuple(self._sample(model, t) for t in self.assignment.temperatures)
        try:
            learned = self._learned_by(contender, config)
        except RnntuiError as error:
            return Written(samples, notes=(*notes, f"novelty is left out: {error}"))
        if len(learned.training) < SMALL:
            size = f"{len(learned.training):,} characters"
            note = f"its training text has {size}: under {SMALL:,} a network learns it by heart"
            notes = (*notes, note)
        judged = tuple(_judged(sample, learned.training) for sample in samples)
        baseline = learned.baseline(self.assignment.length)
        return Written(judged, len(learned.training), baseline, notes)

    def _sample(self, model: TextModel, temperature: float) -> Sample:
        task = self.assignment
        session = model.session(task.seed)
        run = Generation(session, task.prompt, task.length, Sampling(temperature), "")
        text = ""
        while not run.done:
            text += run.next_frame(_FRAME)
        return Sample(temperature, text)

    def _learned_by(self, contender: Contender, config: Config) -> LearnedText:
        key = (config.data, contender.unit)
        if self._learned is None or self._key != key:
            self._learned = None  # before the next is read: one in memory is enough
            self._learned, self._key = find_learned_text(config, contender.recipe), key
        return self._learned


def _judged(sample: Sample, training: TrainingText) -> Sample:
    found = training.novelty(sample.text)
    line = training.line(found.place) if found.longest else 0
    return Sample(sample.temperature, sample.text, found, line)
