"""`rnntui generate`: text from a model, at reading pace on a terminal, at full speed in a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnntui.cli.knob_options import (
    MinP,
    ModelName,
    RepetitionPenalty,
    Temperature,
    TopN,
    TopP,
)
from rnntui.cli.output import print_json, print_text, say
from rnntui.errors import BadOption

if TYPE_CHECKING:
    from rnntui.data.vocabulary import Encoded
    from rnntui.inference.models import TextModel
    from rnntui.inference.sampling import Sampling
    from rnntui.inference.writing import Generation
    from rnntui.knobs import Knobs

_LENGTH = 1000
"""Characters, where nothing says how many."""

_FRAME = 64
"""Characters written to a pipe at once."""

_MOST_STREAMS = 4096
"""Beyond, a step of a large model asks for gigabytes."""


def generate(
    model: ModelName = "",
    prompt: Annotated[str | None, typer.Option(help="Text to go on from.")] = None,
    prompt_file: Annotated[
        str | None, typer.Option(help="Read the prompt from a file; - for standard input.")
    ] = None,
    length: Annotated[int | None, typer.Option(help="Characters to write. [1000]")] = None,
    temperature: Temperature = None,
    top_n: TopN = None,
    top_p: TopP = None,
    min_p: MinP = None,
    repetition_penalty: RepetitionPenalty = None,
    stop: Annotated[str | None, typer.Option(help="End before this text.")] = None,
    seed: Annotated[int | None, typer.Option(help="Makes the text repeatable.")] = None,
    streams: Annotated[int, typer.Option(help="Write so many texts side by side.")] = 1,
    pace: Annotated[
        float | None,
        typer.Option(help="Characters a second, 0 for full speed. [100 on a terminal, else 0]"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write text with a model, going on from a prompt or from nothing.

    The prompt is repeated before what is written, except in JSON.
    """
    _check(length, streams, pace)
    options = {
        "temperature": temperature, "top_n": top_n, "top_p": top_p, "min_p": min_p,
        "repetition_penalty": repetition_penalty, "seed": seed,
    }  # fmt: skip
    text_model, knobs = _load(model, options)
    text = _prompt(prompt, prompt_file)
    whole = _length(knobs) or _LENGTH if length is None else length
    order = _Order(text, whole, _sampling(text_model, knobs), stop, _seed(knobs))
    if streams > 1 or json:
        _whole(text_model, order, streams, json)
        return
    _stream(text_model, order, _pace(knobs) if pace is None else pace)


def write(model: str) -> None:
    """Write from a model until Ctrl-C: what `rnntui` alone does."""
    text_model, knobs = _load(model, {})
    terminal = sys.stdout.isatty()
    if terminal:
        say("Ctrl-C stops; `rnntui --help` shows what else there is")
    prompt = text_model.config.sampling.prompt or ""
    length = _length(knobs) or (None if terminal else _LENGTH)
    order = _Order(prompt, length, _sampling(text_model, knobs), seed=_seed(knobs))
    _stream(text_model, order, _pace(knobs))


@dataclass(frozen=True)
class _Order:
    """What is to be written."""

    prompt: str
    length: int | None
    """Characters; None never ends."""
    sampling: Sampling
    stop: str | None = None
    seed: int | None = None


def _check(length: int | None, streams: int, pace: float | None) -> None:
    if length is not None and length < 0:
        raise BadOption(f"--length is {length}", "choose 0 or more")
    if not 1 <= streams <= _MOST_STREAMS:
        raise BadOption(f"--streams is {streams}", f"choose 1 to {_MOST_STREAMS:,}")
    if pace is not None and not 0 <= pace < float("inf"):
        raise BadOption(f"--pace is {pace}", "choose 0 (full speed) or more")


def _load(model: str, options: Mapping[str, Any]) -> tuple[TextModel, Knobs]:
    """Load a model, the configured one if none is named, and see where its knobs stand."""
    from rnntui import settings

    configured = settings.read()
    configured.knobs(options)  # what is out of range is told before a model is loaded

    from rnntui.inference.blas import hold_to_one_thread

    hold_to_one_thread()  # before NumPy is imported, which reads it once
    from msgspec.structs import asdict as fields

    from rnntui.checkpoints.library import DEFAULTS, default_model
    from rnntui.inference.models import load

    text_model = load(model or configured.settings.model or default_model(DEFAULTS["text"]))
    return text_model, configured.knobs(options, fields(text_model.config.sampling))


def _sampling(model: TextModel, knobs: Knobs) -> Sampling:
    names = ("temperature", "top_n", "top_p", "min_p", "repetition_penalty")
    values: dict[str, Any] = {name: knobs.value(name) for name in names}
    return model.sampling(**values)


def _seed(knobs: Knobs) -> int | None:
    value = knobs.value("seed")
    return None if value is None else int(value)


def _length(knobs: Knobs) -> int | None:
    """The characters that environment or settings ask for; endless is for the app."""
    value = knobs.value("length")
    return None if value is None else int(value)


def _pace(knobs: Knobs) -> float:
    """That of a reader on a terminal; whatever reads a pipe needs none."""
    return float(knobs.value("pace") or 0) if sys.stdout.isatty() else 0.0


def _prompt(prompt: str | None, prompt_file: str | None) -> str:
    if prompt is not None and prompt_file is not None:
        raise BadOption("--prompt and --prompt-file both name the prompt", "give one of them")
    if prompt_file is None:
        return (prompt or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if prompt_file == "-":
        text = sys.stdin.buffer.read().decode("utf-8-sig", "replace")
        return text.replace("\r\n", "\n").replace("\r", "\n")
    from rnntui.data.reading import read_text

    return "".join(read_text([Path(prompt_file)], errors="replace"))


def _announce(model: TextModel, sampling: Sampling, seed: int, read: Encoded) -> None:
    from rnntui.data.vocabulary import explain

    changed = [f"temperature {sampling.temperature:g}"]
    changed += [f"top-n {sampling.top_n}"] if sampling.top_n else []
    changed += [f"top-p {sampling.top_p:g}"] if sampling.top_p < 1 else []
    changed += [f"min-p {sampling.min_p:g}"] if sampling.min_p else []
    say(f"{model.name} · {' · '.join(changed)} · seed {seed}")
    for sentence in explain(read):
        say(f"note: {sentence}")


def _begin(model: TextModel, order: _Order) -> Generation:
    """Read the prompt, and say what is about to be written."""
    from rnntui.inference.models import draw_seed
    from rnntui.inference.writing import Generation

    session = model.session(draw_seed() if order.seed is None else order.seed)
    run = Generation(session, order.prompt, order.length, order.sampling, model.folded(order.stop))
    _announce(model, order.sampling, run.seed, run.prompt)
    return run


def _stream(model: TextModel, order: _Order, pace: float) -> None:
    """Write as it comes; Ctrl-C ends it with exit code 130 and what was written kept."""
    from rnntui.display import visible

    run = _begin(model, order)
    show = visible if sys.stdout.isatty() else str
    print_text(show(order.prompt))
    last = order.prompt[-1:]
    try:
        for piece in _paced(run, pace):
            print_text(show(piece))
            last = piece[-1:] or last
    finally:
        if sys.stdout.isatty() and last != "\n":
            print_text("\n")


def _paced(run: Generation, pace: float) -> Iterator[str]:
    """Yield pieces of a run: at full speed frame by frame, else some thirty times a second."""
    if not pace:
        while not run.done:
            yield run.next_frame(_FRAME)
        return
    began, written = time.perf_counter(), 0
    while not run.done:
        due = int((time.perf_counter() - began) * pace) + 1 - written
        if due > 0:
            piece = run.next_frame(min(due, _FRAME))
            written += max(1, len(piece))
            yield piece
        time.sleep(max(1 / 30, 1 / pace) if pace < 1000 else 1 / 60)


def _whole(model: TextModel, order: _Order, streams: int, json: bool) -> None:
    """Write whole texts: several, or as JSON. Ctrl-C prints what there is."""
    from rnntui.inference.models import draw_seed

    seed = draw_seed() if order.seed is None else order.seed
    order = replace(order, seed=seed)
    began = time.perf_counter()
    texts, interrupted = [""] * streams, False
    try:
        for so_far in _texts(model, order, streams):
            texts = so_far
    except KeyboardInterrupt:
        interrupted = True
    seconds = time.perf_counter() - began
    if json:
        print_json(_document(model, order, texts, seconds))
    else:
        _print_texts(order.prompt, texts)
    if interrupted:
        raise KeyboardInterrupt


def _texts(model: TextModel, order: _Order, streams: int) -> Iterator[list[str]]:
    """Yield all texts as they are so far, again and again until they are whole."""
    if streams == 1:
        run, text = _begin(model, order), ""
        while not run.done:
            text += run.next_frame(_FRAME)
            yield [text]
        return
    many = model.generate_many(
        streams,
        order.prompt,
        order.length or 0,
        sampling=order.sampling,
        seed=order.seed,
        stop=order.stop,
    )
    _announce(model, order.sampling, many.seed, many.prompt)
    for _ in many:
        yield many.texts


def _document(
    model: TextModel, order: _Order, texts: list[str], seconds: float
) -> dict[str, object]:
    settings = asdict(order.sampling) | {
        "length": order.length,
        "stop": order.stop,
        "streams": len(texts),
    }
    characters = sum(map(len, texts))
    return {
        "model": model.name,
        "prompt": order.prompt,
        **({"text": texts[0]} if len(texts) == 1 else {"texts": texts}),
        "seed": order.seed,
        "settings": settings,
        "characters": characters,
        "seconds": round(seconds, 4),
        "characters_per_second": round(characters / seconds, 1) if seconds else 0.0,
    }


def _print_texts(prompt: str, texts: list[str]) -> None:
    from rnntui.display import visible

    show = visible if sys.stdout.isatty() else str
    for number, text in enumerate(texts, 1):
        print_text(f"--- {number} of {len(texts)} ---\n{show(prompt + text)}\n")
