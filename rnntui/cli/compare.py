"""`rnntui compare`: runs and models beside each other, as tables, as JSON, as a page."""

from __future__ import annotations

import math
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnntui import paths
from rnntui.cli.given import not_empty
from rnntui.cli.output import print_json, print_table, print_text, say
from rnntui.cli.targets import check_target
from rnntui.errors import BadOption

if TYPE_CHECKING:
    from rnntui.compare.comparison import Comparison
    from rnntui.compare.race import Race
    from rnntui.compare.writing import Written

_LONGEST = 100_000
"""Characters of a sample at most, as in a recipe."""
_INDENT = "    "


def compare(
    names: Annotated[
        list[str],
        typer.Argument(metavar="RUN_OR_MODEL...", help="Run folders, model folders, or names."),
    ],
    html: Annotated[
        str, typer.Option(metavar="F", help="Write a report with curves here.", callback=not_empty)
    ] = "",
    prompt: Annotated[str, typer.Option(help="What every sample goes on from.")] = "",
    seed: Annotated[int, typer.Option(help="Of every sample.")] = 1,
    length: Annotated[int, typer.Option(help="Characters of a sample; 0 for none.")] = 400,
    temperatures: Annotated[str, typer.Option(help="One sample at each.")] = "0.3,0.5,0.7,1.0,1.2",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Compare runs and models: which learns faster, and what each has learned.

    Every sample has the same prompt, seed and temperatures. With the corpus here, it is told how
    much of a sample is copied from the training text, and how much of held-out text would be.
    """
    from rnntui.inference.blas import hold_to_one_thread

    hold_to_one_thread()  # before NumPy is imported, which reads it once
    from rnntui.compare.comparison import as_json
    from rnntui.compare.comparison import compare as make
    from rnntui.compare.writing import Assignment

    if not 0 <= length <= _LONGEST:
        raise BadOption(f"--length is {length}", f"choose 0 (no samples) to {_LONGEST:,}")
    if seed < 0:
        raise BadOption(f"--seed is {seed}", "choose 0 or more")
    page = _page(html, names) if html else None  # told now, not after minutes
    asked = prompt.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    comparison = make(
        names, Assignment(asked, seed, length, _temperatures(temperatures)), _progress
    )
    for warning in comparison.warnings:
        say(f"warning: {warning}")
    for note in comparison.notes():
        say(f"note: {note}")
    if json:
        print_json(as_json(comparison))
    else:
        _print(comparison)
    if page:
        from rnntui.compare.page import page_of
        from rnntui.files import write_atomically

        write_atomically(page, page_of(comparison).encode("utf-8", "replace"))
        say(f"the report is in {page}")


def _page(html: str, names: list[str]) -> Path:
    """Return where the report goes: neither over another's file nor into what is compared."""
    from rnntui.compare.contenders import read_contenders
    from rnntui.compare.page import is_page
    from rnntui.runs.folder import RunFolder

    if html == "-":
        raise BadOption("--html is -, and the tables are printed", "name a file")
    page = paths.expanded(html)
    for contender in read_contenders(names):
        folder = contender.folder
        if RunFolder(folder.parent).is_run():  # a run's checkpoint stands for all of the run
            folder = folder.parent
        if page.parent.resolve().is_relative_to(folder):
            raise BadOption(
                f"--html is {html}, inside of {contender.name}, which is compared",
                "name a file elsewhere, such as ~/report.html",
            )
    check_target(page, "--html", is_page)
    return page


def _temperatures(told: str) -> tuple[float, ...]:
    """Read `0.3,0.5`, or with blanks between; each once."""
    try:
        values = tuple(dict.fromkeys(float(part) for part in told.replace(",", " ").split()))
    except ValueError:
        values = ()
    if not values or not all(math.isfinite(value) and value >= 0 for value in values):
        raise BadOption(
            f"--temperatures is {told!r}", "give numbers from 0 with commas between: 0.5,1.0"
        )
    return values


def _progress(number: int, count: int, name: str) -> None:
    """Show whose turn it is on a terminal; the line goes when the last has written."""
    from rnntui.display import one_line

    if sys.stderr.isatty():
        text = f"{number + 1} of {count}: {one_line(name)}" if number < count else ""
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def _print(comparison: Comparison) -> None:
    _print_contenders(comparison)
    for race in comparison.races:
        _print_race(race)
    _print_settings(comparison)
    _print_novelty(comparison)
    _print_samples(comparison)


def _fitted(text: str, width: int) -> str:
    """Return a name as a table shows it: shortened on a terminal, whole in a pipe or file."""
    from rnntui.display import one_line, visible

    return one_line(text, max(width, 8)) if sys.stdout.isatty() else visible(text)


def _print_contenders(comparison: Comparison) -> None:
    from rnntui.display import human_count, human_seconds

    columns = {
        "network": [c.network for c in comparison.contenders],
        "parameters": [
            "?" if c.parameters is None else human_count(c.parameters)
            for c in comparison.contenders
        ],
        "val loss": [_number(c.val_loss) for c in comparison.contenders],
        "val right": [_share(c.accuracy) for c in comparison.contenders],
        "test": [_number(c.test_loss) for c in comparison.contenders],
        "test right": [_share(c.test_accuracy) for c in comparison.contenders],
        "epochs": ["-" if c.epochs is None else f"{c.epochs:.4g}" for c in comparison.contenders],
        "time": [
            "-" if c.seconds is None else human_seconds(c.seconds) for c in comparison.contenders
        ],
        "symbols/s": [
            "-" if c.symbols_per_second is None else f"{c.symbols_per_second:,.0f}"
            for c in comparison.contenders
        ],
    }
    for name in ("val right", "test", "test right"):  # of some tasks, or of finished models alone
        if set(columns[name]) == {"-"}:
            del columns[name]
    table = list(zip(*([name, *cells] for name, cells in columns.items()), strict=True))
    taken = sum(2 + max(len(row[i]) for row in table) for i in range(len(table[0])))
    room = shutil.get_terminal_size().columns - taken
    names = [_fitted(c.name, room) for c in comparison.contenders]
    named = [[name, *row] for name, row in zip(names, table[1:], strict=True)]
    print_table(["name", *table[0]], named)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _print_race(race: Race) -> None:
    from rnntui.display import human_seconds

    print_text("\nvalidation loss (lowest so far), by epochs\n")
    names = [_fitted(s.contender.name, 24) for s in race.standings]
    columns = [f"{epoch:.4g}" for epoch in race.epochs]
    _print_losses(columns, names, [s.by_epochs for s in race.standings])
    print_text("\nvalidation loss (lowest so far), by training time\n")
    columns = [human_seconds(moment) for moment in race.seconds]
    _print_losses(columns, names, [s.by_seconds for s in race.standings])
    print_text("\n")
    for verdict in race.verdicts():
        print_text(verdict + "\n")


def _print_losses(
    columns: list[str], names: list[str], losses: list[tuple[float | None, ...]]
) -> None:
    rows = [(n, *("-" if x is None else f"{x:.3f}" for x in row))
            for n, row in zip(names, losses, strict=True)]  # fmt: skip
    print_table(("", *columns), rows)


def _print_settings(comparison: Comparison) -> None:
    """Show the keys that differ, on a terminal in as many tables as its width asks for."""
    if not comparison.differences:
        return
    print_text("\nsettings that differ\n")
    keys = [difference.key for difference in comparison.differences]
    columns = [
        [
            _fitted(contender.name, 14),
            *(_fitted(d.values[i] or "-", 24) for d in comparison.differences),
        ]
        for i, contender in enumerate(comparison.contenders)
    ]
    first = ["key", *keys]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    while columns:
        count, taken = 0, _width(first)
        while count < len(columns) and (not count or taken + 2 + _width(columns[count]) <= room):
            taken += 2 + _width(columns[count])
            count += 1
        header, *rows = zip(first, *columns[:count], strict=True)
        print_table(header, rows)
        columns = columns[count:]
        print_text("\n" if columns else "")


def _width(column: list[str]) -> int:
    return max(map(len, column))


def _print_novelty(comparison: Comparison) -> None:
    """Show the share of copied 8-grams and the longest verbatim run of every sample."""
    judged = [
        (c.name, w)
        for c, w in zip(comparison.contenders, comparison.written, strict=True)
        if w.training_characters is not None
    ]
    if not judged:
        return
    print_text("\ncopied 8-grams, and the longest run copied in characters, by temperature\n")
    temperatures = [f"{t:g}" for t in comparison.assignment.temperatures]
    rows = [(_fitted(name, 20), *map(_copied, _figures(w)), _held_out(w)) for name, w in judged]
    print_table(("", *temperatures, "held-out text"), rows)


def _figures(written: Written) -> list[tuple[float | None, int]]:
    return [(s.novelty.share, s.novelty.longest) for s in written.samples if s.novelty]


def _copied(figures: tuple[float | None, int]) -> str:
    share, longest = figures
    return "-" if share is None else f"{share:.0%} {longest}"


def _held_out(written: Written) -> str:
    found = written.baseline
    if found is None:
        return "-"
    return f"{found.share:.0%} {found.longest:.0f} ({found.lowest:.0%} to {found.highest:.0%})"


def _print_samples(comparison: Comparison) -> None:
    from rnntui.display import visible

    show = visible if sys.stdout.isatty() else str
    assignment = comparison.assignment
    for index, temperature in enumerate(assignment.temperatures):
        samples = [
            (contender.name, written.samples[index])
            for contender, written in zip(comparison.contenders, comparison.written, strict=True)
            if written.samples
        ]
        if samples:
            print_text(f"\n--- temperature {temperature:g}, seed {assignment.seed} ---\n")
        for name, sample in samples:
            text = (assignment.prompt + sample.text).replace("\n", "\n" + _INDENT)
            print_text(f"{visible(name)}\n{show(_INDENT + text)}\n")
