"""`rnntui sentiment`: praise or complaint? Of arguments, of a file's lines, or of a pipe's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnntui.cli.given import not_empty
from rnntui.cli.output import print_json_line, print_table, print_text, say
from rnntui.cli.piping import piped_lines
from rnntui.errors import BadOption, CheckpointError

if TYPE_CHECKING:
    from rnntui.inference.sentiment import SentimentModel, Verdict


def sentiment(
    texts: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TEXT]...", help="Texts to judge, each by itself; - for a pipe."),
    ] = None,
    file: Annotated[
        str | None,
        typer.Option(help="Judge each line of a file, plain or gzip; - for standard input."),
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="Judge the file as one text, not line by line.")
    ] = False,
    model: Annotated[
        str, typer.Option(help="A name or a folder.", show_default="imdb-lstm", callback=not_empty)
    ] = "",
    trace: Annotated[
        bool, typer.Option("--trace", help="Tell the score after each word, and its share.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON line for each text.")] = False,
) -> None:
    """Judge texts: positive or negative, and how surely.

    Without TEXT and --file, standard input is read where it is no terminal: one text a line.
    """
    if texts == ["-"]:
        texts, file = None, "-"
    if texts and "-" in texts:
        raise BadOption("- among the texts is a pipe", "give it alone, or the texts alone")
    if texts and file is not None:
        raise BadOption("TEXT and --file both name what to judge", "give one of them")
    if whole and file is None:
        raise BadOption("--whole needs a file", "name it by --file")
    if not texts and file is None and sys.stdin.isatty():
        raise BadOption("no text to judge", "give one, or --file, or a pipe")
    judge = _load(model)
    if not json:
        say(f"{judge.name} · probability of positive")
    for text in _texts(texts, file, whole):
        verdict = judge.classify(text, trace=trace)
        if json:
            print_json_line(_document(verdict))
        else:
            _print(text, verdict)


def _load(model: str) -> SentimentModel:
    from rnntui.inference.blas import hold_to_one_thread

    hold_to_one_thread()  # before NumPy is imported, which reads it once
    from rnntui.checkpoints.library import DEFAULTS, default_model, find_model
    from rnntui.inference.loading import load_sentiment

    default = DEFAULTS["sentiment"]
    if not model:
        try:
            find_model(default)
        except CheckpointError:
            raise CheckpointError(
                f"the default model {default} is not here",
                f"train it: rnntui train sentiment --recipe {default}; or name another by --model",
            ) from None
    return load_sentiment(model or default_model(default))


def _texts(texts: list[str] | None, file: str | None, whole: bool) -> Iterator[str]:
    """Yield what is to be judged, one text after another, never more than one in memory."""
    if texts:
        for text in texts:
            yield text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return
    found = piped_lines() if file in (None, "-") else _lines(Path(str(file)))
    if whole:
        yield "\n".join(found)
    else:
        yield from found


def _lines(path: Path) -> Iterator[str]:
    from rnntui.data.reviews import lines

    return lines(path, "replace")


def _document(verdict: Verdict) -> dict[str, Any]:
    document: dict[str, Any] = {"label": verdict.label, "score": round(verdict.score, 6)}
    if verdict.trace is not None:
        document["trace"] = [
            {"word": word.text, "score": round(word.score, 6), "share": round(word.share, 6)}
            for word in verdict.trace
        ]
    if verdict.note:
        document["note"] = verdict.note
    return document


def _print(text: str, verdict: Verdict) -> None:
    from rnntui.display import one_line

    print_text(f"{verdict.label}  {verdict.score:6.1%}  {one_line(text.strip(), 80)}\n")
    if verdict.note:
        say(f"note: {verdict.note}")
    if verdict.trace:
        rows = [
            (
                word.text + ("" if word.known else " (unknown)"),
                f"{word.score:.3f}",
                f"{word.share:+.3f}",
            )
            for word in verdict.trace
        ]
        print_table(("word", "score", "share"), rows)
