"""Saving a text with what is needed to have it again: `rnntui generate` from the file beside it."""

from __future__ import annotations

import json
import shlex
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from rnntui.display import one_line
from rnntui.engine.parts import Settings
from rnntui.files import write_atomically
from rnntui.tui.manuscript import Passage


def save_here(passages: list[Passage]) -> str:
    """Save a text where the app was started; return what to say of it.

    Raises:
        FileProblem: the folder cannot be written.
    """
    path = Path.cwd() / f"rnntui-{time.strftime('%Y-%m-%d-%H%M%S')}.txt"
    beside = save_text(path, passages)
    where = one_line(str(path), 200)
    return f"saved {where}, and how to have it again beside it ({beside.name})"


def save_text(path: Path, passages: list[Passage]) -> Path:
    """Write a text to `path`, and how it came about to the same name with `.json`.

    Args:
        path: of the text.
        passages: of the newest text, in order.

    Returns:
        The path of the second file.

    Raises:
        FileProblem: the folder cannot be written.
    """
    write_atomically(path, "".join(passage.text for passage in passages))
    beside = path.with_suffix(".json")
    document = {"passages": [_passage(p) for p in passages], "command": command(passages)}
    write_atomically(beside, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    return beside


def command(passages: list[Passage]) -> str | None:
    """Return the command line that writes the same text.

    None where no single one does: knobs were turned in between, or it was written in several goes.
    """
    written = [passage for passage in passages if passage.kind == "written"]
    if len(written) != 1 or written[0].steered or written[0].begins or passages[-1] != written[0]:
        return None
    passage, settings = written[0], written[0].settings[0][1]
    prompt = "".join(p.text for p in passages[:-1])
    words = ["rnntui", "generate", passage.model, "--prompt", prompt]
    words += ["--length", str(len(passage.text)), "--seed", str(passage.seed)]
    words += _options(settings)
    return shlex.join(words)


def _options(settings: Settings) -> list[str]:
    sampling = settings.sampling
    values = {
        "temperature": sampling.temperature,
        "top-n": sampling.top_n,
        "top-p": sampling.top_p,
        "min-p": sampling.min_p,
        "repetition-penalty": sampling.repetition_penalty,
    }
    return [word for name, value in values.items() for word in (f"--{name}", f"{value!r}")]


def _passage(passage: Passage) -> dict[str, Any]:
    kept = {k: v for k, v in asdict(passage).items() if k in ("kind", "text", "model", "seed")}
    kept["settings"] = [
        {"from": position, **msgspec.to_builtins(settings.sampling)}
        for position, settings in passage.settings
    ]
    return kept
