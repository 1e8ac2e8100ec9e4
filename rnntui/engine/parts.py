"""What the messages between the app and its engine hold: settings, places, figures, models."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

Count = Annotated[int, msgspec.Meta(ge=0)]
"""A number of things."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that messages hold."""


class Sampling(Part, frozen=True):
    """How the next character is chosen: `rnntui.inference.sampling.Sampling` on the wire."""

    temperature: float = 1.0
    """Divides the logits: 0 takes the most probable symbol, 1 the model's own distribution."""
    top_n: int = 0
    """Keep the n most probable symbols; 0 keeps all."""
    top_p: float = 1.0
    """Keep the fewest symbols that together have this probability."""
    min_p: float = 0.0
    """Keep symbols at least this fraction as probable as the most probable one."""
    repetition_penalty: float = 1.0
    """Above 1, recent symbols become less probable."""
    repetition_window: int = 64
    """How many symbols back the penalty looks."""


class Settings(Part, frozen=True):
    """All that may be turned while a run writes. Replaced as a whole, never changed."""

    sampling: Sampling = Sampling()
    """How characters are chosen."""
    length: Count | None = None
    """Characters the run writes; null never ends."""
    stop: str = ""
    """The run ends before this text; "" never does."""
    pace: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    """Characters a second; 0 is full speed."""
    figures: bool = False
    """Whether frames say what the model thought of each character. Costs a few per cent."""
    alternatives: Annotated[int, msgspec.Meta(ge=0, le=1024)] = 0
    """How many candidates for the next character each frame ends with; 0 for none."""
    sentiment: str = ""
    """A model of one direction that judges the text as it is written; "" for none."""


class Place(Part, frozen=True):
    """A moment in the text of a run, to which the engine can go back exactly.

    The engine remembers the last 16,000 characters or so of the last 32 runs, and where each began.
    """

    run: int
    """The run, finished or not."""
    position: Count
    """Characters of that run before this moment; 0 is where its prompt ended."""


class Alternative(Part, frozen=True, array_like=True):
    """One candidate for the next character; on the wire an array of these three."""

    symbol: str | int
    """The character, or the byte as a number from 0 to 255 for models of bytes."""
    raw: float
    """Its probability by the network alone."""
    kept: float
    """Its probability as it will be drawn: 0 when the settings have cut it."""


class Figures(Part, frozen=True):
    """What the network thought of each character of a frame, before any setting; one entry each."""

    nats: tuple[float, ...]
    """Surprise: minus the natural logarithm of the probability."""
    rank: tuple[int, ...]
    """1 for the most probable symbol."""
    entropy: tuple[float, ...]
    """Of the distribution the character was drawn from, in nats."""


class Facts(Part, frozen=True):
    """What there is to know about a loaded model."""

    name: str
    """As the library calls it."""
    folder: str
    """Its checkpoint, on the engine's machine."""
    task: str
    """What it does: text, sentiment or forecast."""
    parameters: int
    """Trained numbers."""
    cell: str
    """rnn, lstm or gru."""
    layers: int
    """Recurrent layers."""
    hidden: int
    """Width of each."""
    symbols: int
    """Size of the vocabulary; 0 where it has none."""
    unit: str
    """What a symbol is: char, byte or word; "" where there is no vocabulary."""
    lowercase: bool
    """Whether it reads and writes small letters only."""
    data: str
    """The corpus it was trained on, "" where nobody noted it."""
    suggested: dict[str, float]
    """The sampling settings that the model itself suggests, by name; the others have defaults."""
    prompt: str
    """A text it goes on from well, "" where it has no opinion."""
    metrics: dict[str, Any]
    """How well it does, as its `config.json` says."""
    bidirectional: bool = False
    """Whether it reads from both ends, and so has to read all anew after each word."""
    chat: bool = False
    """Whether it learned dialogues; any other model that writes continues what it is told."""
    revision: str = ""
    """The Hub's commit it is of, else the SHA-256 of its weights."""


class Listed(Part, frozen=True):
    """A model of the library, loaded or not."""

    name: str
    """What to load it by."""
    source: str
    """shipped, own or hub."""
    task: str
    """What it does; "?" where it is damaged."""
    parameters: int
    """Trained numbers; 0 where it is damaged."""
    bytes: int
    """Size of the weights."""
    folder: str
    """Its checkpoint, on the engine's machine."""
    metrics: dict[str, Any]
    """How well it does, as its `config.json` says."""
    problem: str
    """What is wrong with a damaged one, else ""."""
    bidirectional: bool = False
    """Whether it reads from both ends."""
    chat: bool = False
    """Whether it learned dialogues."""
    figure: str = ""
    """The one that tells most about it, in words; "" without one."""
    repo: str = ""
    """What the Hub calls one from there: owner/repo[@revision]."""
