"""Saving a text with what is needed to have it again: `rnntui generate` from the file beside it."""

from __future__ import annotations

import json
import shlex
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

from rnntui.display import one_line
from rnntui.engine.parts import Settings
from rnntui.files import write_atomically
from rnntui.tui.manuscript import Passage


@dataclass(frozen=True)
class Saved:
    """A text as it is at one moment, and how it came about."""

    text: str
    document: str
    """JSON: the passages with their settings, and the command that writes the same."""

    @classmethod
    def of(cls, passages: list[Passage]) -> Saved:
        """Take down a text that may still be growing."""
        document = {"passages": [_passage(p) for p in passages], "command": command(passages)}
        text = "".join(passage.text for passage in passages)
        return cls(text, json.dumps(document, ensure_ascii=False, indent=2) + "\n")

    def write(self, path: Path) -> Path:
        """Write the text to `path`, the rest to the same name with `.json`; return that path.

        It may take a second where the disk is busy.

        Raises:
            FileProblem: the folder cannot be written.
        """
        write_atomically(path, self.text)
        beside = path.with_suffix(".json")
        write_atomically(beside, self.document)
        return beside

    def write_here(self) -> str:
        """Write it where the app was started; return what to say of it.

        Raises:
            FileProblem: the folder cannot be written.
        """
        path = Path.cwd() / f"rnntui-{time.strftime('%Y-%m-%d-%H%M%S')}.txt"
        beside = self.write(path)
        where = one_line(str(path), 200)
        return f"saved {where}, and how to have it again beside it ({beside.name})"


def command(passages: list[Passage]) -> str | None:
    """Return the command line that writes the same text.

    None where no single one does: knobs were turned in between, or it was written in several goes.
    """
    written = [passage for passage in passages if passage.kind == "written"]
    if len(written) != 1 or written[0].steered or written[0].begins or passages[-1] != written[0]:
        return None
    if not written[0].settings:  # of a session from elsewhere
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
