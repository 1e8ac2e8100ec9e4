"""The messages between the app and its engine: one JSON object a line, UTF-8, both ways.

Both sides check what they read against these types (`engine.encoding`). It imports msgspec alone,
so that the app may load it before it paints. `scripts/generate_docs` makes `docs/protocol.md` from
the docstrings here and in `engine.parts`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from rnntui.engine.parts import (
    Alternative,
    Count,
    Facts,
    Figures,
    Listed,
    Place,
    Sampling,
    Settings,
)

PROTOCOL = 1
"""The version of these messages. It grows when an older side would misread a newer one."""

LONGEST_LINE = 64 << 20
"""Bytes; a longer line is skipped and answered with an error, so that no line can fill memory."""

# ---- requests: from the app to the engine ----


class Request(
    msgspec.Struct, frozen=True, tag_field="type", tag=str.lower, forbid_unknown_fields=True
):
    """What the app may ask. Those with a `request` number are answered once, with the same number.

    A request that fails is answered by `error`. Requests are taken in order, in mid-run too;
    answers may come in any order.
    """


class Hello(Request, frozen=True):
    """The first message. Answered by `ready`, or by an error when the versions differ."""

    request: int
    """Comes back in the answer."""
    version: int
    """`PROTOCOL` of the app."""


class Ping(Request, frozen=True):
    """Asks whether the engine's loop still turns. Answered by `pong`."""

    request: int
    """Comes back in the answer."""


class Load(Request, frozen=True):
    """Read a model into memory, or again if its files have changed. Answered by `loaded`."""

    request: int
    """Comes back in the answer."""
    model: str
    """A name of the library or a folder, as on the command line."""


class Unload(Request, frozen=True):
    """Let go of a model; runs that use it go on. Answered by `unloaded`."""

    request: int
    """Comes back in the answer."""
    model: str
    """Its folder, or a name it was loaded by."""


class Models(Request, frozen=True):
    """Ask what models the library has. Answered by `listing`."""

    request: int
    """Comes back in the answer."""


class Generate(Request, frozen=True):
    """Start a run. Answered by `started`, then frames, then `finished`.

    One message serves send, continue, regenerate, undo and branch. To go on from where a run was
    stopped, name the place and no seed; to regenerate, the place where its prompt ended and a new
    seed; to undo, an earlier place; to branch, one place in several runs with a seed each. Going on
    from a place with its own random numbers and unchanged settings writes the very text that the
    first run wrote or would have written.
    """

    run: int
    """A number that no run of this engine has had."""
    model: str
    """Loaded first when it is not yet."""
    prompt: str = ""
    """The text to go on from. Not read, and not repeated, when the engine still knows `after`."""
    after: Place | None = None
    """Where the prompt ends, if a run has been there: no reading, and the same random numbers."""
    then: str = ""
    """Text to read after the prompt or the place."""
    seed: Count | None = None
    """Decides every draw. Null goes on with the random numbers of `after`, else draws a seed."""
    stream: Count = 0
    """Which of the seed's independent streams: texts side by side share a seed."""
    settings: Settings = Settings()
    """How to write."""
    credit: Annotated[int, msgspec.Meta(ge=1, le=64)] = 4
    """Frames the engine may send before the first `credit`."""


class Steer(Request, frozen=True):
    """Change a run's settings from its next character on. Nothing if the run has ended."""

    run: int
    """The run."""
    settings: Settings
    """All of them, the unchanged ones too."""


class Pause(Request, frozen=True):
    """Let a run rest. Nothing if it has ended."""

    run: int
    """The run."""


class Resume(Request, frozen=True):
    """Let a paused run go on. Nothing if it has ended."""

    run: int
    """The run."""


class Stop(Request, frozen=True):
    """End a run. Its places stay known. Nothing if it has ended."""

    run: int
    """The run."""


class Credit(Request, frozen=True):
    """Let a run send more frames: one for each that has been shown, so that no queue grows."""

    run: int
    """The run."""
    frames: Annotated[int, msgspec.Meta(ge=1, le=64)] = 1
    """How many more."""


class Look(Request, frozen=True):
    """Ask what could come next at a place, under any settings. Answered by `looked`."""

    request: int
    """Comes back in the answer."""
    after: Place
    """Where to look."""
    sampling: Sampling = Sampling()
    """The settings to look through."""
    alternatives: Annotated[int, msgspec.Meta(ge=1, le=1024)] = 12
    """How many candidates."""


class Complete(Request, frozen=True):
    """Ask for a few likely words after a text being typed. Answered by `completion`.

    A newer one replaces it: the older then is answered with "".
    """

    request: int
    """Comes back in the answer."""
    model: str
    """Loaded first when it is not yet."""
    text: str
    """What has been typed; its last 500 characters are read."""
    length: Annotated[int, msgspec.Meta(ge=1, le=256)] = 24
    """Characters at most."""


class Copying(Request, frozen=True):
    """Ask how much of a text a model has copied from what it learned. Answered by `copied`."""

    request: int
    """Comes back in the answer."""
    model: str
    """Whose training text is meant; it must be where the engine is."""
    text: str
    """What was written."""


Requests = (
    Hello | Ping | Load | Unload | Models | Generate | Steer | Pause | Resume | Stop | Credit
    | Look | Complete | Copying
)  # fmt: skip
"""Any request."""


# ---- events: from the engine to the app ----


class Event(
    msgspec.Struct, frozen=True, tag_field="type", tag=str.lower, forbid_unknown_fields=True
):
    """What the engine says. Each names the request it answers, or the run it is about."""


class Ready(Event, frozen=True):
    """Answers `hello`."""

    request: int
    """The request it answers."""
    version: int
    """`PROTOCOL` of the engine."""
    program: str
    """Version of rnntui there."""
    pid: int
    """The engine's process, on its machine."""
    log: str
    """Where it writes what it has to say to nobody, on its machine."""


class Pong(Event, frozen=True):
    """Answers `ping`."""

    request: int
    """The request it answers."""


class Loaded(Event, frozen=True):
    """Answers `load`."""

    request: int
    """The request it answers."""
    facts: Facts
    """About the model."""


class Unloaded(Event, frozen=True):
    """Answers `unload`, also when the model was not loaded."""

    request: int
    """The request it answers."""


class Listing(Event, frozen=True):
    """Answers `models`."""

    request: int
    """The request it answers."""
    models: tuple[Listed, ...]
    """Shipped ones first, each source by name."""


class Started(Event, frozen=True):
    """A run has its model, has read its prompt, and now writes."""

    run: int
    """The run."""
    model: str
    """The model's own name."""
    seed: int
    """What decides the draws, so that the text can be had again."""
    resumed: bool
    """Whether it goes on from the place asked for; false when it has read the prompt instead."""
    notes: tuple[str, ...] = ()
    """Sentences about what the model could not read of the prompt."""


class Reading(Event, frozen=True):
    """How far a run is with reading a long prompt, before `started`; a few times a second."""

    run: int
    """The run."""
    done: int
    """Characters read."""
    total: int
    """Characters to read."""


class Frame(Event, frozen=True):
    """What a run wrote since its last frame: one character at first, then some 40 frames a second.

    Each uses up one credit.
    """

    run: int
    """The run."""
    seq: int
    """Counts the run's frames from 0."""
    text: str
    """The new characters; never ""."""
    characters: int
    """Characters the run has sent, these included: the position to name for going on after them."""
    characters_per_second: float
    """Over the last second or so."""
    nats_per_char: float | None = None
    """Mean surprise of the run's characters that figures were asked for; null before any."""
    figures: Figures | None = None
    """What the model thought of each character, when asked for."""
    alternatives: tuple[Alternative, ...] = ()
    """What may come next, most probable first, when asked for."""


class Finished(Event, frozen=True):
    """A run has ended: the last word about it, also after an error."""

    run: int
    """The run."""
    why: Literal["length", "stop", "stopped", "error"]
    """It is as long as asked; the stop text came; it was told to stop; an error told why."""
    characters: int
    """Characters it has sent."""
    seed: int | None
    """What decided the draws; null when it never started."""


class Looked(Event, frozen=True):
    """Answers `look`."""

    request: int
    """The request it answers."""
    alternatives: tuple[Alternative, ...]
    """Most probable first."""
    entropy: float
    """Of the network's own distribution there, in nats."""


class Completion(Event, frozen=True):
    """Answers `complete`."""

    request: int
    """The request it answers."""
    text: str
    """What may follow, on the same line; "" for nothing."""


class Copied(Event, frozen=True):
    """Answers `copying`."""

    request: int
    """The request it answers."""
    corpus: str
    """What the model learned."""
    grams: Count
    """Runs of eight characters in the text."""
    copied: Count
    """How many of them occur in the training text."""
    longest: str
    """The longest piece of the text that stands there word for word."""
    line: Count
    """The line of the training text it begins in, from 1; 0 where nothing does."""
    usual: float | None
    """The share of copied runs in pages of the corpus that the model has not learned, each as long
    as the text: what no copying would give. Null where it learned all of it."""


class Error(Event, frozen=True):
    """Something failed. The engine goes on; a run goes on too, unless `finished` follows."""

    what: str
    """What happened, as a sentence without a full stop."""
    fix: str = ""
    """What to do about it; "" where that is plain."""
    request: int | None = None
    """The request that failed, if it was one with a number."""
    run: int | None = None
    """The run it is about, if any."""


Events = (
    Ready | Pong | Loaded | Unloaded | Listing | Started | Reading | Frame | Finished | Looked
    | Completion | Copied | Error
)  # fmt: skip
"""Any event."""

RunEvents = Started | Reading | Frame | Finished | Error
"""What a run tells of itself."""
