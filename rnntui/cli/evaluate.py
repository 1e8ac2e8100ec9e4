"""`rnntui eval`: what a text costs a model, in nats and bits per character."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnntui.cli.evaluate_dynamic import Text, check_dynamic, evaluate_dynamically
from rnntui.cli.evaluate_sentiment import evaluate_sentiment, judges
from rnntui.cli.output import Talk, print_json, print_text, say
from rnntui.errors import BadOption, CheckpointError

if TYPE_CHECKING:
    from rnntui.data.reading import Errors
    from rnntui.inference.models import TextModel
    from rnntui.inference.scoring import Score

PARTS = ("all", "train", "val", "test")


def evaluate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A name or a folder.")],
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="The text to score, or a corpus's name.")
    ],
    split: Annotated[
        str,
        typer.Option(
            help="all, train, val or test. Default: the held-out part (test, else val) of the "
            "model's own corpus, all of any other text."
        ),
    ] = "",
    window: Annotated[
        int | None,
        typer.Option(help="Reset the state every N characters; carried through when left out."),
    ] = None,
    errors: Annotated[
        str, typer.Option(help="Invalid UTF-8: strict refuses, replace reads on.")
    ] = "strict",
    dynamic: Annotated[
        bool,
        typer.Option("--dynamic", help="Let the weights adapt to the text as they read it."),
    ] = False,
    text_column: Annotated[str, typer.Option(help="Of a CSV of reviews.")] = "",
    label_column: Annotated[str, typer.Option(help="Of a CSV of reviews.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Score a model on a text, or on labelled reviews, that it was not trained on."""
    from rnntui.inference.models import load

    if split and split not in PARTS:
        raise BadOption(f"--split is {split!r}", f"choose one of {', '.join(PARTS)}")
    if errors not in ("strict", "replace"):
        raise BadOption(f"--errors is {errors!r}", "choose strict or replace")
    if judges(model):
        if window is not None or dynamic:
            raise BadOption(f"{model} judges reviews", "leave --window and --dynamic out")
        repaired: Errors = "replace" if errors == "replace" else "strict"
        evaluate_sentiment(model, files, split, text_column, label_column, repaired, json)
        return
    text_model = load(model)
    if dynamic:
        check_dynamic(text_model, window)
    text = _read(text_model, files, split, errors)
    if dynamic:
        adapted = evaluate_dynamically(model, text_model, text, progress)
        score, how = adapted.score, adapted.how
    else:
        score, how = text_model.score_ids(text.ids, window, progress), {}
    if not score.characters:
        raise BadOption("this text is one character long", "bring a longer text")
    result = _result(text_model, text.part, window, score) | ({"dynamic": how} if dynamic else {})
    if json:
        print_json(result)
    else:
        _print(result, text.corpus.name)


def _result(model: TextModel, part: str, window: int | None, score: Score) -> dict[str, Any]:
    """Return the JSON document of a score; it has no word for one that is no number."""
    if not math.isfinite(score.nats_per_char):
        raise CheckpointError(
            f"{model.name} overflows on this text: its weights are too large",
            "fetch or train it again",
        )
    reset = window is not None or model.config.network.reads == "window"
    return {
        "task": "text",
        "model": model.name,
        "split": part,
        "state": "reset" if reset else "carried",
        "window": window if window is not None else model.config.network.window,
        "nats_per_char": score.nats_per_char,
        "bits_per_char": score.bits_per_char,
        "characters": score.characters,
    }


def _read(model: TextModel, files: list[str], split: str, errors: str) -> Text:
    """Read the text, and say which part of it is to be scored."""
    from rnntui.data.dialogues.scoring import corpus_to_score
    from rnntui.data.finding import find_corpora
    from rnntui.data.splits import bounds

    corpus, own = corpus_to_score(
        model.config,
        model.vocabulary,
        find_corpora(files, say=say),
        "replace" if errors == "replace" else "strict",
    )
    shares = corpus.split or model.config.data.split
    if split in PARTS[1:] and not own:
        say(f"note: this is not the text that {model.name} learned; cutting it the same way")
    part = split or _held_out(own, shares)
    first, end = bounds(len(corpus.ids), shares, part)  # type: ignore[arg-type]
    if end - first < 2:
        raise BadOption(
            f"{'this text' if part == 'all' else f'the {part} part of this text'} has "
            f"{end - first} symbols the model knows, too few to predict one from another",
            "bring a longer text" if part == "all" else "choose another --split",
        )
    if corpus.left_out:
        say(f"note: {corpus.left_out:,} characters the model has never seen were left out")
    return Text(corpus, corpus.ids[first:end], part, own)


def _print(result: dict[str, Any], corpus: str) -> None:
    from rnntui.display import visible

    how = f"state reset every {result['window']}" if result["state"] == "reset" else "state carried"
    if "dynamic" in result:
        how += f", weights adapting at {result['dynamic']['rate']:g}"
    print_text(
        f"{visible(result['model'])} on {visible(corpus)} "
        f"({result['split']}, {result['characters']:,} characters, {how}): "
        f"{result['nats_per_char']:.4f} nats, {result['bits_per_char']:.4f} bits per character\n"
    )


def _held_out(own: bool, split: tuple[float, float, float]) -> str:
    if not own:
        return "all"
    return "test" if split[2] else "val" if split[1] else "all"


def progress(done: int, total: int) -> None:
    """Show a percentage on the terminal, gone when done."""
    if sys.stderr.isatty():
        Talk(sys.stderr).write(f"\r{done / total:4.0%}" if done < total else "\r    \r")
