"""All of a comparison, made once and shown in three ways: as tables, as JSON, as a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from rnntui.compare.contenders import Contender, read_contenders
from rnntui.compare.race import Race, Standing, races, warnings
from rnntui.compare.settings import Difference, differences
from rnntui.compare.writing import Assignment, Sample, Writer, Written

Progress = Callable[[int, int, str], None]
"""Called before each contender writes, with its number from 0, how many there are, and its name; at
last with the number of all and no name."""


@dataclass(frozen=True)
class Comparison:
    """Contenders, in the order they were named, and what sets them apart."""

    contenders: tuple[Contender, ...]
    written: tuple[Written, ...]
    """One for each contender."""
    assignment: Assignment
    races: tuple[Race, ...]
    differences: tuple[Difference, ...]
    warnings: tuple[str, ...]

    def notes(self) -> list[str]:
        """What is to be known about single contenders, a line each; alike ones share theirs."""
        names: dict[str, list[str]] = {}
        for contender, written in zip(self.contenders, self.written, strict=True):
            for note in (*contender.notes, *written.notes):
                names.setdefault(note, []).append(contender.name)
        return [f"{', '.join(whose)}: {note}" for note, whose in names.items()]


def compare(
    names: Sequence[str], assignment: Assignment, progress: Progress | None = None
) -> Comparison:
    """Compare runs and models.

    Args:
        names: run folders, model folders, or names of the library.
        assignment: what each is to write.
        progress: called before each writes.

    Raises:
        RnntuiError: a name is nowhere, or the assignment makes no sense.
    """
    contenders = read_contenders(names)
    writer, written = Writer(assignment), []
    for number, contender in enumerate(contenders):
        if progress:
            progress(number, len(contenders), contender.name)
        written.append(writer.write(contender))
    if progress:
        progress(len(contenders), len(contenders), "")
    return Comparison(
        tuple(contenders), tuple(written), assignment, tuple(races(contenders)),
        tuple(differences(contenders)), tuple(warnings(contenders)),
    )  # fmt: skip


def as_json(comparison: Comparison) -> list[dict[str, Any]]:
    """Return the document of `rnntui compare --json`: one entry for each contender."""
    standings = {
        standing.contender.name: (race, standing)
        for race in comparison.races
        for standing in race.standings
    }
    return [
        _contender(contender)
        | {"race": _race(*standings[contender.name]) if contender.name in standings else None}
        | _written(written, comparison.assignment)
        | {"notes": [*contender.notes, *written.notes]}
        for contender, written in zip(comparison.contenders, comparison.written, strict=True)
    ]


def _contender(contender: Contender) -> dict[str, Any]:
    config = contender.config
    shape, data = (config.network, config.data) if config else (None, None)
    return {
        "name": contender.name,
        "parameters": contender.parameters,
        "val_loss": contender.val_loss,
        "seconds": contender.seconds,
        "epochs": contender.epochs,
        "test_loss": contender.test_loss,
        "accuracy": contender.accuracy,
        "test_accuracy": contender.test_accuracy,
        "symbols_per_second": contender.symbols_per_second,
        "task": config.task if config else None,
        "cell": shape.cell if shape else None,
        "layers": shape.layers if shape else None,
        "hidden": shape.hidden if shape else None,
        "unit": contender.unit or None,
        "corpus": data.name if data else None,
        "corpus_sha256": data.sha256 if data else None,
        "split": list(data.split) if data else None,
        "history": [msgspec.to_builtins(line) for line in contender.history],
    }


def _race(race: Race, standing: Standing) -> dict[str, Any]:
    reached = standing.reached
    return {
        "epochs": race.epochs[-1],
        "val_loss_by_epochs": standing.by_epochs[-1],
        "seconds": race.seconds[-1],
        "val_loss_by_seconds": standing.by_seconds[-1],
        "target": race.target,
        "seconds_to_target": reached.seconds if reached else None,
        "epochs_to_target": reached.epoch if reached else None,
    }


def _written(written: Written, assignment: Assignment) -> dict[str, Any]:
    baseline = written.baseline
    novelty = None
    if written.training_characters is not None:
        novelty = {
            "training_characters": written.training_characters,
            "held_out": vars(baseline) if baseline else None,
        }
    return {
        "prompt": assignment.prompt,
        "seed": assignment.seed,
        "samples": [_sample(sample) for sample in written.samples],
        "novelty": novelty,
    }


def _sample(sample: Sample) -> dict[str, Any]:
    found = sample.novelty
    return {
        "temperature": sample.temperature,
        "text": sample.text,
        "copied_share": found.share if found else None,
        "longest_run": found.longest if found else None,
        "longest_run_text": sample.copied if found else None,
        "longest_run_line": sample.line or None,
    }
