"""Messages of writing: runs, what may come next, completions, what is copied."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from rnntui.engine.parts import Alternative, Count, Figures, Place, Sampling, Settings
from rnntui.engine.protocol.base import Error, Event, Request


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
    sentiment: tuple[float, ...] = ()
    """Probability of positive after each word that ended, or the last few of many; when asked
    for. Of the last 50 to 250 words."""


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


Requests = Generate | Steer | Pause | Resume | Stop | Credit | Look | Complete | Copying
"""What writing can be asked."""

Events = Started | Reading | Frame | Finished | Looked | Completion | Copied
"""What it says."""

RunEvents = Started | Reading | Frame | Finished | Error
"""What a run tells of itself."""
