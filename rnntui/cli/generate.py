"""`rnntui generate`: text from a model, at reading pace on a terminal, at full speed in a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnntui.cli.output import print_json, print_text, say
from rnntui.errors import BadOption

if TYPE_CHECKING:
    from rnntui.data.vocabulary import Encoded
    from rnntui.inference.models import TextModel
    from rnntui.inference.sampling import Sampling

READING_PACE = 100
"""Characters per second on a terminal: 6,000 are a blur."""

_FRAME = 64
"""Characters written to a pipe at once."""

_MOST_STREAMS = 4096
"""Beyond, a step of a large model asks for gigabytes."""


def generate(
    model: Annotated[
        str, typer.Argument(metavar="[MODEL]", help="A name or a folder.", show_default=False)
    ] = "",
    prompt: Annotated[str | None, typer.Option(help="Text to go on from.")] = None,
    prompt_file: Annotated[
        str | None, typer.Option(help="Read the prompt from a file; - for standard input.")
    ] = None,
    length: Annotated[int, typer.Option(help="Characters to write.")] = 1000,
    temperature: Annotated[
        float | None, typer.Option(help="0 is greedy, 1 as learned, more is wilder.")
    ] = None,
    top_n: Annotated[
        int | None, typer.Option(help="Choose among the N likeliest; 0 for all.")
    ] = None,
    top_p: Annotated[
        float | None, typer.Option(help="Choose among the likeliest that make up this share.")
    ] = None,
    min_p: Annotated[
        float | None, typer.Option(help="Leave out what is below this share of the likeliest.")
    ] = None,
    repetition_penalty: Annotated[
        float | None, typer.Option(help="Above 1 avoids recent characters.")
    ] = None,
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
    text_model = _load(model)
    if length < 0:
        raise BadOption(f"--length is {length}", "choose 0 or more")
    if not 1 <= streams <= _MOST_STREAMS:
        raise BadOption(f"--streams is {streams}", f"choose 1 to {_MOST_STREAMS:,}")
    if pace is not None and not 0 <= pace < float("inf"):
        raise BadOption(f"--pace is {pace}", "choose 0 (full speed) or more")
    text = _prompt(prompt, prompt_file)
    sampling = text_model.sampling(
        temperature=temperature,
        top_n=top_n,
        top_p=top_p,
        min_p=min_p,
        repetition_penalty=repetition_penalty,
    )
    if streams > 1 or json:
        _whole(text_model, text, length, sampling, stop, seed, streams, json)
        return
    terminal = sys.stdout.isatty()
    _stream(
        text_model,
        text,
        length,
        sampling,
        stop,
        seed,
        pace=(READING_PACE if terminal else 0) if pace is None else pace,
    )


def write(model: str) -> None:
    """Write from a model until Ctrl-C: what `rnntui` alone does."""
    text_model = _load(model)
    terminal = sys.stdout.isatty()
    if terminal:
        say("Ctrl-C stops; `rnntui --help` shows what else there is")
    _stream(
        text_model,
        text_model.config.sampling.prompt or "",
        None if terminal else 1000,
        text_model.sampling(),
        None,
        None,
        pace=READING_PACE if terminal else 0,
    )


def _load(model: str) -> TextModel:
    from rnntui.inference.blas import hold_to_one_thread

    hold_to_one_thread()  # before NumPy is imported, which reads it once
    from rnntui.checkpoints.library import DEFAULTS
    from rnntui.inference.models import load

    return load(model or DEFAULTS["text"])


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


def _stream(
    model: TextModel,
    prompt: str,
    length: int | None,
    sampling: Sampling,
    stop: str | None,
    seed: int | None,
    pace: float,
) -> None:
    """Write as it comes; Ctrl-C ends it with exit code 130 and what was written kept."""
    from rnntui.display import visible
    from rnntui.inference.models import draw_seed
    from rnntui.inference.writing import Generation

    session = model.session(draw_seed() if seed is None else seed)
    run = Generation(session, prompt, length, sampling, model.folded(stop))
    _announce(model, sampling, run.seed, run.prompt)
    show = visible if sys.stdout.isatty() else str
    print_text(show(prompt))
    last = prompt[-1:]
    try:
        for piece in _paced(run, pace):
            print_text(show(piece))
            last = piece[-1:] or last
    finally:
        if sys.stdout.isatty() and last != "\n":
            print_text("\n")


def _paced(run: Any, pace: float) -> Iterator[str]:
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


def _whole(
    model: TextModel,
    prompt: str,
    length: int,
    sampling: Sampling,
    stop: str | None,
    seed: int | None,
    streams: int,
    json: bool,
) -> None:
    """Write whole texts: several, or as JSON. Ctrl-C prints what there is."""
    from dataclasses import asdict

    from rnntui.inference.models import draw_seed
    from rnntui.inference.writing import Generation

    seed = draw_seed() if seed is None else seed
    began = time.perf_counter()
    texts, interrupted = [""] * streams, False
    try:
        if streams == 1:
            run = Generation(model.session(seed), prompt, length, sampling, model.folded(stop))
            _announce(model, sampling, seed, run.prompt)
            while not run.done:
                texts[0] += run.next_frame(_FRAME)
        else:
            many = model.generate_many(
                streams, prompt, length, sampling=sampling, seed=seed, stop=stop
            )
            _announce(model, sampling, seed, many.prompt)
            for _ in many:
                texts = many.texts
    except KeyboardInterrupt:
        interrupted = True
    seconds = time.perf_counter() - began
    characters = sum(map(len, texts))
    if json:
        document = {
            "model": model.name,
            "prompt": prompt,
            **({"text": texts[0]} if streams == 1 else {"texts": texts}),
            "seed": seed,
            "settings": asdict(sampling) | {"length": length, "stop": stop, "streams": streams},
            "characters": characters,
            "seconds": round(seconds, 4),
            "characters_per_second": round(characters / seconds, 1) if seconds else 0.0,
        }
        print_json(document)
    else:
        from rnntui.display import visible

        show = visible if sys.stdout.isatty() else str
        for number, text in enumerate(texts, 1):
            print_text(f"--- {number} of {streams} ---\n{show(prompt + text)}\n")
    if interrupted:
        raise KeyboardInterrupt
