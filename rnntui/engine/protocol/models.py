"""Messages about the models that are there."""

from __future__ import annotations

from rnntui.engine.parts import Facts, Listed
from rnntui.engine.protocol.base import Event, Request


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


Requests = Load | Unload | Models
"""What can be asked of the library."""

Events = Loaded | Unloaded | Listing
"""What is said of it."""
