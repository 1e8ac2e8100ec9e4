"""The report as one HTML file: no script, nothing from elsewhere, readable in light and dark.

All text in it comes from outside (names, corpora, what models write), so all of it is escaped here,
at the last moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from rnntui import __version__
from rnntui.compare import figures
from rnntui.compare.charts import swatch
from rnntui.compare.comparison import Comparison
from rnntui.compare.contenders import Contender
from rnntui.compare.race import Race
from rnntui.compare.writing import Sample, Written
from rnntui.display import human_count, human_seconds, one_line, visible

# Nothing may be loaded or run, even if an escape were forgotten somewhere.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_BEGIN = '<!DOCTYPE html>\n<html lang="en">'
_MADE_BY = "<footer>rnntui compare, version "
"""At the end of a page: no other program's has it."""


def page_of(comparison: Comparison) -> str:
    """Return the report of a comparison."""
    count = len(comparison.contenders)
    title = f"{count} network{'' if count == 1 else 's'} compared"
    names = ", ".join(contender.name for contender in comparison.contenders)
    style = (Path(__file__).parent / "page.css").read_text("utf-8")
    body = "\n".join(_sections(comparison, title))
    return f"""{_BEGIN}
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{_shown(f"{title}: {names}", 200)}</title>
<style>
{style}</style>
</head>
<body>
{body}
{_MADE_BY}{__version__}</footer>
</body>
</html>
"""


def is_page(head: bytes, tail: bytes) -> bool:
    """Whether a file that begins and ends so is a report of ours."""
    return head.startswith(_BEGIN.encode()) and _MADE_BY.encode() in tail


def _sections(comparison: Comparison, title: str) -> Iterator[str]:
    yield f"<h1>{title}</h1>"
    yield f'<p class="soft">{_shown(_subject(comparison), 400)}</p>'
    yield from _warnings(comparison)
    yield _contenders(comparison)
    numbers = iter(range(1, 1000))
    groups = figures.groups(comparison)
    for group in groups:
        what = "Learning" if len(groups) == 1 else f"Learning: {_data(group[0][1])}"
        yield f"<h2>{_shown(what, 100)}</h2>"
        names = {contender.name for _, contender in group}
        for race in comparison.races:
            if names & {standing.contender.name for standing in race.standings}:
                yield "".join(f"<p>{_shown(verdict)}</p>" for verdict in race.verdicts())
                yield f'<div class="tables">{_race(race, comparison)}</div>'
        for figure in figures.curves_of(group):
            yield _figure(figure, next(numbers))
    yield from _settings(comparison)
    yield from _novelty(comparison, numbers)
    yield from _samples(comparison)


def _shown(text: str, longest: int | None = None) -> str:
    """Escape a text, with what could reorder or hide it made visible."""
    return escape(visible(text) if longest is None else one_line(text, longest))


def _data(contender: Contender) -> str:
    config = contender.config
    if config is None:
        return contender.name
    split = "/".join(f"{100 * share:g}" for share in config.data.split)
    return f"{config.data.name or 'an unnamed text'}, cut {split}"


def _subject(comparison: Comparison) -> str:
    """What they learned, in a line; nothing where it is not one thing."""
    texts = dict.fromkeys(_data(c) for c in comparison.contenders if c.config)
    return (
        f"Trained on {'; '.join(texts)} (percent for training, validation, test)." if texts else ""
    )


def _warnings(comparison: Comparison) -> Iterator[str]:
    if comparison.warnings:
        lines = "".join(f"<p>{_shown(f'Warning: {line}.')}</p>" for line in comparison.warnings)
        yield f'<div class="notes warn">{lines}</div>'
    notes = comparison.notes()
    if notes:
        lines = "".join(f"<p>{_shown(line)}</p>" for line in notes)
        yield f'<div class="notes soft">{lines}</div>'


def _table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of cells that are HTML already; the first column names the row."""
    right = [all(_numeric(cell) for cell in column) for column in zip(*rows, strict=True)]
    aligned = [' class="number"' if numeric else "" for numeric in right]
    head = "".join(
        f'<th scope="col"{a}>{cell}</th>' for a, cell in zip(aligned, header, strict=True)
    )
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f"<td{a}>{cell}</td>" for a, cell in zip(aligned[1:], row[1:], strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide"><table><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _numeric(cell: str) -> bool:
    return cell.removeprefix('<span class="best">')[:1] in set("0123456789–?")


def _named(number: int, contender: Contender) -> str:
    return f"{swatch(number)}{_shown(contender.name, 60)}"


def _contenders(comparison: Comparison) -> str:
    contenders = comparison.contenders
    columns = {
        "network": [_shown(c.network) for c in contenders],
        "parameters": ["?" if c.parameters is None else human_count(c.parameters)
                       for c in contenders],
        "validation loss": [_loss(c.val_loss) for c in contenders],
        "validation, right": [_share(c.accuracy) for c in contenders],
        "test loss": [_loss(c.test_loss) for c in contenders],
        "test, right": [_share(c.test_accuracy) for c in contenders],
        "epochs": ["–" if c.epochs is None else f"{c.epochs:.4g}" for c in contenders],
        "time": ["–" if c.seconds is None else human_seconds(c.seconds) for c in contenders],
        "symbols/s": ["–" if c.symbols_per_second is None else f"{c.symbols_per_second:,.0f}"
                      for c in contenders],
    }  # fmt: skip
    for name in ("validation, right", "test loss", "test, right"):  # of some tasks, or finished
        if set(columns[name]) == {"–"}:
            del columns[name]
    header = ["", *columns]
    cells = zip(*columns.values(), strict=True)
    rows = [[_named(n, c), *row]
            for n, (c, row) in enumerate(zip(contenders, cells, strict=True))]  # fmt: skip
    caption = "Losses in nats per symbol, the lowest of each run; symbols a second in training."
    return _table(caption, header, rows)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2%}"


def _loss(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _race(race: Race, comparison: Comparison) -> str:
    """The lowest validation loss so far, by epochs and by time."""
    numbers = {c.name: number for number, c in enumerate(comparison.contenders)}
    names = [_named(numbers[s.contender.name], s.contender) for s in race.standings]
    by_epochs = [s.by_epochs for s in race.standings]
    by_seconds = [s.by_seconds for s in race.standings]
    epochs = [f"{epoch:.4g}" for epoch in race.epochs]
    moments = [human_seconds(moment) for moment in race.seconds]
    return _losses("Lowest validation loss after so many epochs.", epochs, names, by_epochs) + (
        _losses("Lowest validation loss after so much training time.", moments, names, by_seconds)
    )


def _losses(
    caption: str,
    header: Sequence[str],
    names: Sequence[str],
    losses: Sequence[Sequence[float | None]],
) -> str:
    """A table of losses, the lowest of each column in bold."""
    best = [min((x for x in column if x is not None), default=None)
            for column in zip(*losses, strict=True)]  # fmt: skip
    rows = [
        [name, *(f'<span class="best">{x:.3f}</span>' if x is not None and x == lowest
                 else "–" if x is None else f"{x:.3f}"
                 for x, lowest in zip(row, best, strict=True))]
        for name, row in zip(names, losses, strict=True)
    ]  # fmt: skip
    return _table(caption, ["", *header], rows)


def _figure(figure: figures.Figure, number: int) -> str:
    return (
        f'<figure><div class="panels">{"".join(figure.panels)}</div>'
        f"<figcaption><b>Figure {number}.</b> {_shown(figure.caption)}</figcaption></figure>"
    )


def _settings(comparison: Comparison) -> Iterator[str]:
    if not comparison.differences:
        return
    yield "<h2>Settings that differ</h2>"
    header = ["", *(_named(n, c) for n, c in enumerate(comparison.contenders))]
    rows = [
        [f"<code>{_shown(d.key, 60)}</code>", *(_shown(v, 120) if v else "–" for v in d.values)]
        for d in comparison.differences
    ]
    yield _table("All other keys of their recipes are alike.", header, rows)


def _novelty(comparison: Comparison, numbers: Iterator[int]) -> Iterator[str]:
    found = list(figures.novelty_of(comparison))
    if found:
        yield "<h2>Does it copy?</h2>"
    for figure in found:
        yield _figure(figure, next(numbers))


def _samples(comparison: Comparison) -> Iterator[str]:
    pairs = list(zip(comparison.contenders, comparison.written, strict=True))
    if not any(written.samples for _, written in pairs):
        return
    task = comparison.assignment
    prompt = f"the prompt “{task.prompt}”" if task.prompt else "a newline"
    told = "the longest run that stands in the training text word for word is marked"
    marked = f"; {told}" if any(w.training_characters is not None for _, w in pairs) else ""
    yield "<h2>What each has learned to write</h2>"
    yield f'<p class="soft">{_shown(f"All go on from {prompt} with seed {task.seed}{marked}.")}</p>'
    for index, temperature in enumerate(task.temperatures):
        yield f"<h3>Temperature {temperature:g}</h3>"
        boxes = "".join(
            _sample(number, contender, written, written.samples[index], task.prompt)
            for number, (contender, written) in enumerate(pairs)
            if written.samples
        )
        yield f'<div class="samples">{boxes}</div>'


def _sample(
    number: int, contender: Contender, written: Written, sample: Sample, prompt: str
) -> str:
    caption = _named(number, contender)
    text = _shown(sample.text)
    found = sample.novelty
    if found is not None and found.share is not None:
        caption += f"<br>{found.share:.0%} of 8-grams copied, longest run {found.longest}"
        caption += f" (line {sample.line:,})" if sample.line else ""
        first, end = found.start, found.start + found.longest
        text = (
            f"{_shown(sample.text[:first])}<mark>{_shown(sample.text[first:end])}</mark>"
            f"{_shown(sample.text[end:])}"
        )
    before = f'<span class="prompt">{_shown(prompt)}</span>' if prompt else ""
    # A parser drops a newline right after <pre>, so that one is spent there.
    return f"<figure><figcaption>{caption}</figcaption><pre>\n{before}{text}</pre></figure>"
