"""Where the Hub is and where its cache lies, as the environment says.

The Hub's client reads the same variables, but once, when it is imported. They are read here when
they are needed and handed to it, so that what is set later counts.
"""

from __future__ import annotations

import os
from pathlib import Path

from rnntui import paths

_TRUE = ("1", "ON", "YES", "TRUE")


def endpoint() -> str:
    """The Hub's address, without a slash at its end."""
    return (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")


def is_offline() -> bool:
    """Whether `HF_HUB_OFFLINE` forbids the network."""
    value = os.environ.get("HF_HUB_OFFLINE") or os.environ.get("TRANSFORMERS_OFFLINE") or ""
    return value.upper() in _TRUE


def cache() -> Path:
    """The Hub's own cache, shared with every other program that uses it; an absolute path."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if os.environ.get(name):
            return _expanded(os.environ[name])
    home = os.environ.get("HF_HOME")
    if home:
        return _expanded(home) / "hub"
    return _expanded(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface" / "hub"


def _expanded(folder: str) -> Path:
    return paths.expanded(os.path.expandvars(folder)).absolute()


def has_token() -> bool:
    """Whether somebody is logged in, as far as the client knows."""
    from huggingface_hub import get_token

    return bool(get_token())
