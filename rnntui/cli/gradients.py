"""`rnntui gradients`: how far back each network's gradient reaches, trained and fresh."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnntui.cli.output import print_json, print_table, print_text, say
from rnntui.errors import BadOption, CorpusError, RnntuiError

if TYPE_CHECKING:
    from rnntui.data.vocabulary import Ids
    from rnntui.inference.models import TextModel
    from rnntui.training.gradients import Reach

_MARKS = (1, 4, 16, 64)
"""Distances whose gradient the table tells."""
_BARS = "▁▂▃▄▅▆▇█"
_FLOOR = -8.0
"""log10 of the smallest relative gradient that the curves tell from nothing."""
_WRITTEN = 4000
"""Characters a model writes where its corpus is not here."""


def gradients(
    models: Annotated[
        list[str], typer.Argument(metavar="RUN_OR_MODEL...", help="Names or folders.")
    ],
    text: Annotated[
        str, typer.Option(help="A text to read; the held-out part of a model's own by default.")
    ] = "",
    distance: Annotated[int, typer.Option(help="Steps to look back.")] = 100,
    streams: Annotated[int, typer.Option(help="Places in the text to average over.")] = 32,
    fresh: Annotated[bool, typer.Option(help="Measure each untrained, too.")] = True,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure the loss's gradient against distance in time, and the recurrent matrices."""
    if not 1 <= distance <= 10_000:
        raise BadOption(f"--distance is {distance}", "choose 1 to 10000")
    if not 1 <= streams <= 10_000:
        raise BadOption(f"--streams is {streams}", "choose 1 to 10000")
    from rnntui.checkpoints.folder import read_checkpoint
    from rnntui.checkpoints.library import find_model
    from rnntui.extras import require_torch
    from rnntui.inference.models import load

    folders = [find_model(model) for model in models]
    require_torch("measuring gradients")
    from rnntui.training.gradients import measure

    rows: list[tuple[str, str, str, Reach]] = []
    for folder in folders:
        model = load(folder)
        weights = read_checkpoint(folder.resolve()).weights
        ids = _text(model, text)
        for state in ("trained", "fresh") if fresh else ("trained",):
            reach = measure(
                model.config,
                weights if state == "trained" else None,
                ids,
                distance=distance,
                streams=streams,
                seed=int(model.config.recipe.get("seed", 1)),
            )
            rows.append((model.name, state, model.config.network.cell, reach))
    if json:
        print_json([_document(*row) for row in rows])
    else:
        _print(rows)


def _text(model: TextModel, file: str) -> Ids:
    """What a model is to read: a file, its own held-out text, or what it writes itself."""
    from rnntui.data.corpus import read_corpus
    from rnntui.data.finding import find_corpora
    from rnntui.data.splits import bounds

    if file:
        ids = read_corpus([Path(file)], vocabulary=model.vocabulary).ids
        if len(ids) < 2:
            raise CorpusError(
                f"{file} has {len(ids)} symbols that {model.name} knows", "name a longer text"
            )
        return ids
    data = model.config.data
    try:
        named = model.config.recipe.get("corpus") or [data.name]
        corpus = read_corpus(find_corpora(named), vocabulary=model.vocabulary)
    except RnntuiError:
        corpus = None
    if corpus is not None and corpus.sha256 == data.sha256:
        part = "test" if data.split[2] else "val" if data.split[1] else "all"
        return corpus.ids[slice(*bounds(len(corpus.ids), data.split, part))]  # type: ignore[arg-type]
    say(f"note: {model.name}'s own text is not here: it reads what it writes itself")
    written = "".join(model.generate("", _WRITTEN, temperature=1.0, seed=1))
    return model.vocabulary.encode_known(written)[0]


def _document(name: str, state: str, cell: str, reach: Reach) -> dict[str, Any]:
    import msgspec

    from rnntui.training.gradients import POWERS

    return {
        "name": name,
        "weights": state,
        "cell": cell,
        "reach": reach.reach(),
        "powers": list(POWERS),
        **msgspec.to_builtins(reach),
    }


def _print(rows: list[tuple[str, str, str, Reach]]) -> None:
    from rnntui.display import one_line
    from rnntui.training.gradients import POWERS

    shown = [mark for mark in _MARKS if mark < max(len(row[3].state) for row in rows)]
    header = ("name", "weights", "cell", *(f"{mark} back" for mark in shown), "1 % at")
    print_table(
        header,
        [
            (
                one_line(name, 30),
                state,
                cell,
                *(_share(reach, mark) for mark in shown),
                str(reach.reach()),
            )
            for name, state, cell, reach in rows
        ],
    )
    print_text(
        "\nThe gradient of a step's loss by the state some steps back, against that by the\n"
    )
    print_text("state it was computed from. Distance to the right, a factor of ten a level:\n\n")
    width = max(len(_label(row)) for row in rows)
    for row in rows:
        print_text(f"{_label(row).ljust(width)}  {_curve(row[3])}\n")
    print_text(
        f"\nRecurrent matrices: largest |eigenvalue|, and the norm of power {POWERS[-1]}\n\n"
    )
    print_table(
        ("name", "weights", "layer", "gate", "largest", f"power {POWERS[-1]}"),
        [
            (
                one_line(name, 30),
                state,
                f"{matrix.layer}" + (" back" if matrix.direction == "backward" else ""),
                matrix.gate,
                f"{matrix.radius:.2f}",
                f"1e{matrix.powers[-1]:+.1f}",
            )
            for name, state, _, reach in rows
            for matrix in reach.matrices
        ],
    )


def _label(row: tuple[str, str, str, Reach]) -> str:
    from rnntui.display import one_line

    return f"{one_line(row[0], 30)} ({row[2]}, {row[1]})"


def _share(reach: Reach, distance: int) -> str:
    if distance >= len(reach.state):
        return "-"
    share = reach.relative(distance)
    return f"{share:.2g}" if share >= 1e-3 else f"{share:.0e}"


def _curve(reach: Reach, columns: int = 50) -> str:
    """The relative gradient as a row of bars, on a logarithmic scale from 1e-8 to 1."""
    shown = []
    for column in range(min(columns, len(reach.state))):
        share = reach.relative(column * len(reach.state) // min(columns, len(reach.state)))
        level = (math.log10(share) - _FLOOR) / -_FLOOR if share > 0 else 0.0
        shown.append(_BARS[max(0, min(7, int(level * 8)))] if share > 10**_FLOOR else "·")
    return "".join(shown)
