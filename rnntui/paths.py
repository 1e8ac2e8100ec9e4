"""Where rnntui keeps its files.

The operating system's own places (platformdirs), or one folder for all of them when `RNNTUI_HOME`
is set. Nothing here creates a folder: who writes, creates.
"""

from __future__ import annotations

import os
from pathlib import Path


def _place(kind: str) -> Path:
    home = os.environ.get("RNNTUI_HOME")
    if home:
        return expanded(home) / kind
    import platformdirs  # 6 ms, not needed when RNNTUI_HOME is set

    return Path(getattr(platformdirs, f"user_{kind}_dir")("rnntui", appauthor=False))


def expanded(path: str) -> Path:
    """Return a path with ~ replaced; unlike pathlib's, one that begins with ~nobody stays."""
    return Path(os.path.expanduser(path))  # noqa: PTH111


def data() -> Path:
    """The folder of what the user made and would miss: own models, runs."""
    return _place("data")


def cache() -> Path:
    """The folder of what can be made again: encoded corpora."""
    return _place("cache")


def state() -> Path:
    """The folder of logs, of sessions, and of what the app remembers between starts."""
    return _place("state")


def config() -> Path:
    """The folder of the settings file."""
    return _place("config")


def own_runs() -> Path:
    """The folder whose run folders are the user's own models, by name."""
    return data() / "runs"


def shipped_models() -> Path:
    """The folder of the models that ship: inside the wheel, or beside the package in a checkout."""
    inside = Path(__file__).parent / "pretrained"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "pretrained"
