"""Many judged texts: which are shown, in what order, and what is to be said of all."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from rnntui.display import one_line
from rnntui.engine.protocol import Verdict
from rnntui.tui.sentiment.reviews import MOST, Review, about_encoding, read_many

ORDERS = ("as in the file", "positive first", "negative first", "doubtful first")
"""What `Batch.order` may be, by its number."""

STEP = 0.05
"""How far a key moves a bound."""


def reading(path: Path) -> str:
    """Return what is said while a file is read."""
    return f"reading {one_line(path.name)} ..."


@dataclass
class Batch:
    """The texts of a file and their verdicts, as far as there are any."""

    name: str
    reviews: list[Review]
    verdicts: list[Verdict] = field(default_factory=list)
    """Of the first texts, in their order."""
    order: int = 0
    doubtful: bool = False
    """Whether only those are shown whose probability lies between the bounds."""
    low: float = 0.3
    high: float = 0.7
    model: str = ""
    """What judged it."""
    remark: str = ""
    """What is to be known of the file: that it was cut, or not all of it was read."""

    @classmethod
    def of_file(cls, path: Path) -> Batch:
        """Read a file of reviews.

        Raises:
            CorpusError: it cannot be read as text, or has no text.
        """
        reviews, cut = read_many(path)
        remarks = [f"the file has more than {MOST:,} texts; the first ones are judged"] * cut
        if said := about_encoding(path, (review.text for review in reviews)):
            remarks.append(said)
        return cls(path.name, reviews, remark="; ".join(remarks))

    def judged_by(self, model: str) -> None:
        """Be judged by a model; the verdicts of another one are gone."""
        if model != self.model:
            self.model, self.verdicts = model, []

    @property
    def done(self) -> bool:
        """Whether all are judged."""
        return len(self.verdicts) == len(self.reviews)

    def turn(self, low: int = 0, high: int = 0) -> None:
        """Move the bounds by so many steps; they never cross."""
        self.low = round(min(max(self.low + low * STEP, 0.0), self.high - STEP), 2)
        self.high = round(max(min(self.high + high * STEP, 1.0), self.low + STEP), 2)

    def shown(self) -> list[int]:
        """Return which of the judged texts are shown, in order."""
        scores = [verdict.score for verdict in self.verdicts]
        chosen = [
            i for i, score in enumerate(scores)
            if not self.doubtful or self.low <= score <= self.high
        ]  # fmt: skip
        match self.order:
            case 1:
                chosen.sort(key=lambda i: -scores[i])
            case 2:
                chosen.sort(key=lambda i: scores[i])
            case 3:
                chosen.sort(key=lambda i: abs(scores[i] - 0.5))
        return chosen

    def summary(self) -> str:
        """Return how many are judged, how many of them positive, and right where labels tell."""
        count = len(self.verdicts)
        if not count:
            return _texts(len(self.reviews))
        said = [_texts(count) if self.done else f"{count:,} of {len(self.reviews):,} judged"]
        said.append(f"{sum(v.score >= 0.5 for v in self.verdicts) / count:.0%} positive")
        told = [
            (review.label, verdict)
            for review, verdict in zip(self.reviews, self.verdicts, strict=False)
            if review.label is not None
        ]
        if told:
            right = sum((verdict.score >= 0.5) == label for label, verdict in told)
            said.append(f"{right / len(told):.1%} as labelled")
        return " · ".join(said)


def _texts(count: int) -> str:
    return f"{count:,} text{'s' * (count != 1)}"
